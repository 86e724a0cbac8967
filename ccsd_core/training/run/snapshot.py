"""A run's state on disk, enough to resume exactly: safetensors and JSON.

RUN/checkpoints/step-00000400/
├── network.safetensors
├── average.safetensors      the running average of the weights
├── optimizer.safetensors    state of the optimiser, by parameter
└── state.json               step, configuration, cases, best validation, loss scale of fp16
"""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import torch
from pydantic import ValidationError
from torch import Tensor

from ccsd_core.errors import CheckpointError
from ccsd_core.storage.models.checkpoint import (
    load_tensors,
    read_json,
    replaced_folder,
    save_tensors,
)
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.state import RunState

FOLDER = "checkpoints"
MODEL = "model"
"""Folder of the run's model, next to that of the checkpoints."""
Scaler = Mapping[str, float]
"""State of fp16's loss scale; empty for other precisions."""


def save_snapshot(
    run: Path, state: RunState, config: TrainingConfig, *, step: int, scaler: Scaler | None = None
) -> Path:
    """Write a checkpoint after `step` steps atomically, then remove all but the newest.

    Raises:
        ResourceError: If it cannot be written; older checkpoints are kept.
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
            "best": state.best,
            "validated": state.validated,
            "scaler": dict(scaler or {}),
        }
        (new / "state.json").write_text(json.dumps(saved, indent=2), encoding="utf-8")
    for old in snapshots(run)[: -config.engine.keep]:
        shutil.rmtree(old)
    return folder


def snapshots(run: Path) -> list[Path]:
    """Complete checkpoints of a run, oldest first."""
    found = [p for p in (run / FOLDER).glob("step-*") if re.fullmatch(r"step-\d{8}", p.name)]
    return sorted(found)


def check_snapshot(folder: Path, config: TrainingConfig) -> TrainingConfig:
    """Check that a run can be resumed from a checkpoint with a configuration; reads no tensor.

    Returns:
        The configuration of the checkpoint.

    Raises:
        CheckpointError: If it is damaged, or belongs to another configuration.
    """
    saved = _read_state(folder)
    try:
        theirs = TrainingConfig.model_validate(saved.get("config"))
    except ValidationError as error:
        raise CheckpointError(f"{folder}: its configuration is not readable: {error}") from error
    changed = config.differences(theirs)
    if not set(changed) <= TrainingConfig.resumable_changes():
        differences = "; ".join(
            f"{n} was {_text(was)}, is {_text(now)}" for n, (now, was) in changed.items()
        )
        length = (
            " A run keeps its length, since learning rate and distillations follow it from the "
            "first step."
            if {"steps", "epochs"} & set(changed)
            else ""
        )
        raise CheckpointError(
            f"{folder} was trained with other settings ({differences}).{length} Leave the "
            f"configuration out, and --resume takes the run's own, or start a new run with "
            f"--init {folder.parents[1] / MODEL}"
        )
    return theirs


def _read_state(folder: Path) -> dict[str, object]:
    try:
        return read_json(folder / "state.json")
    except CheckpointError as error:
        raise CheckpointError(f"{error}{_way_out(folder)}") from error


def _way_out(damaged: Path) -> str:
    """Advice if the newest checkpoint is damaged."""
    run = damaged.parents[1]
    older = [path.name for path in snapshots(run) if path.name < damaged.name]
    if older:
        return (
            f"; an older checkpoint, {older[-1]}, is next to it: move {damaged.name} out of "
            f"{damaged.parent}, and --resume continues from there"
        )
    return f"; start a new run, with --init {run / MODEL} if the model there is intact"


def _text(value: object) -> str:
    """A setting's value, as in a configuration file if possible."""
    return "not set" if value is None else json.dumps(value, ensure_ascii=False)


def load_snapshot(folder: Path, state: RunState, config: TrainingConfig) -> tuple[int, Scaler]:
    """Fill `state` from a checkpoint.

    Returns:
        The number of steps done, and the state of fp16's loss scale.

    Raises:
        CheckpointError: If it is damaged, or belongs to another configuration or other data.
    """
    saved = _read_state(folder)
    check_snapshot(folder, config)
    if saved.get("cases") != list(state.cases):
        changed = sorted(set(_names(saved.get("cases"))) ^ set(state.cases)) or ["the order"]
        raise CheckpointError(
            f"{folder} was trained on other cases ({', '.join(changed[:5])}): give the same --data "
            "to resume, or start a new run with --init"
        )
    names = ("network", "average", "optimizer")
    try:
        tensors = [load_tensors(folder / f"{name}.safetensors") for name in names]
    except CheckpointError as error:
        raise CheckpointError(f"{error}{_way_out(folder)}") from error
    try:
        state.network.load_state_dict(tensors[0])
        state.average.load_state_dict(tensors[1])
        _restore_moments(state, tensors[2])
        state.trained = _names(saved["trained"])
        best = saved["best"]
        state.best = (float(best[0]), int(best[1])) if isinstance(best, list) else None
        state.validated = int(str(saved["validated"]))
        scaler = saved["scaler"]
        return int(str(saved["step"])), scaler if isinstance(scaler, dict) else {}
    except (RuntimeError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{folder} does not fit this network: {error}") from error


def _names(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _moments(state: RunState) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for name, parameter in state.network.named_parameters():
        for key, value in state.optimizer.state.get(parameter, {}).items():
            if value is None:  # SGD without a momentum
                continue
            tensors[f"{name}|{key}"] = torch.as_tensor(value)
    return tensors


def _restore_moments(state: RunState, tensors: Mapping[str, Tensor]) -> None:
    moments: dict[str, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        name, _, what = key.partition("|")
        moments.setdefault(name, {})[what] = value
    for name, parameter in state.network.named_parameters():
        if name in moments:
            state.optimizer.state[parameter] = {
                what: value.to(parameter.device) if value.ndim else value
                for what, value in moments[name].items()
            }
