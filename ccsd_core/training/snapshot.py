"""A run's state on disk, enough to go on exactly where it stopped: safetensors and JSON.

RUN/checkpoints/step-00000400/
├── network.safetensors
├── average.safetensors      the running average of the weights
├── optimizer.safetensors    AdamW's moments, by parameter
└── state.json               step, configuration, cases, training cases
"""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from ccsd_core.errors import CheckpointError
from ccsd_core.storage.checkpoint import load_tensors, read_json, replaced_folder, save_tensors
from ccsd_core.training.config import TrainingConfig

FOLDER = "checkpoints"


@dataclass(frozen=True, slots=True, eq=False)
class RunState:
    """What training carries from step to step.

    Args:
        network: The network that is trained.
        average: Running average of its weights.
        optimizer: AdamW over the network's parameters.
        cases: Ids of the cases in memory, in order: the batches depend on it.
        trained: Ids of all cases that the weights have seen, earlier runs' included.
    """

    network: nn.Module
    average: nn.Module
    optimizer: torch.optim.Optimizer
    cases: tuple[str, ...]
    trained: tuple[str, ...]


def save_snapshot(run: Path, state: RunState, config: TrainingConfig, *, step: int) -> Path:
    """Write a checkpoint after `step` steps atomically, then drop all but the newest.

    Raises:
        ResourceError: If the disk refuses; older checkpoints stay.
    """
    folder = run / FOLDER / f"step-{step:08d}"
    with replaced_folder(folder) as new:
        save_tensors(new / "network.safetensors", state.network.state_dict())
        save_tensors(new / "average.safetensors", state.average.state_dict())
        save_tensors(new / "optimizer.safetensors", _moments(state))
        saved = {
            "step": step,
            "config": config.model_dump(mode="json"),
            "cases": state.cases,
            "trained": state.trained,
        }
        (new / "state.json").write_text(json.dumps(saved, indent=2), encoding="utf-8")
    for old in snapshots(run)[: -config.keep]:
        shutil.rmtree(old)
    return folder


def snapshots(run: Path) -> list[Path]:
    """Checkpoints of a run, oldest first; half-written ones are not among them."""
    found = [p for p in (run / FOLDER).glob("step-*") if re.fullmatch(r"step-\d{8}", p.name)]
    return sorted(found)


def load_snapshot(folder: Path, state: RunState, config: TrainingConfig) -> tuple[int, RunState]:
    """Fill `state`'s modules and optimiser from a checkpoint.

    Returns:
        The number of steps done, and the state with the cases that the weights have seen.

    Raises:
        CheckpointError: If it is damaged, or belongs to another configuration or other data.
    """
    saved = read_json(folder / "state.json")
    theirs, ours = saved.get("config"), config.model_dump(mode="json")
    if theirs != ours:
        keys = sorted(
            k for k in ours if not isinstance(theirs, Mapping) or theirs.get(k) != ours[k]
        )
        raise CheckpointError(
            f"{folder} was trained with another configuration ({', '.join(keys)} differ): "
            "resume with the same one, or start a new run with --init"
        )
    if saved.get("cases") != list(state.cases):
        changed = sorted(set(_names(saved.get("cases"))) ^ set(state.cases)) or ["the order"]
        raise CheckpointError(
            f"{folder} was trained on other cases ({', '.join(changed[:5])}): give the same --data "
            "to resume, or start a new run with --init"
        )
    try:
        state.network.load_state_dict(load_tensors(folder / "network.safetensors"))
        state.average.load_state_dict(load_tensors(folder / "average.safetensors"))
        _restore_moments(state, load_tensors(folder / "optimizer.safetensors"))
        return int(str(saved["step"])), replace(state, trained=_names(saved["trained"]))
    except (RuntimeError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{folder} does not fit this network: {error}") from error


def _names(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _moments(state: RunState) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for name, parameter in state.network.named_parameters():
        for key, value in state.optimizer.state.get(parameter, {}).items():
            tensors[f"{name}|{key}"] = torch.as_tensor(value)
    return tensors


def _restore_moments(state: RunState, tensors: Mapping[str, Tensor]) -> None:
    for name, parameter in state.network.named_parameters():
        moments = {
            key.split("|")[1]: value for key, value in tensors.items() if key.split("|")[0] == name
        }
        if moments:
            state.optimizer.state[parameter] = {
                key: value.to(parameter.device) if value.ndim else value
                for key, value in moments.items()
            }
