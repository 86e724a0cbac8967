"""What training carries from step to step, and how it begins."""

import copy
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from lightning_fabric import Fabric
from lightning_fabric.wrappers import _FabricModule, _FabricOptimizer
from torch import nn

from ccsd_core.errors import CheckpointError
from ccsd_core.inference.load import find_model
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.network import CcsdNetwork
from ccsd_core.storage.checkpoint import load_model_file
from ccsd_core.training.config import TrainingConfig
from ccsd_core.training.launch import sum_over_ranks
from ccsd_core.training.objective import Objective


@dataclass(slots=True, eq=False)
class RunState:
    """The changing part of a run.

    Args:
        network: The network that is trained.
        average: Running average of its weights.
        optimizer: AdamW over the network's parameters.
        objective: Computes losses with `network`, wrapped for devices, precision and ranks.
        cases: Ids of the cases in memory, in order: the batches depend on it.
        trained: Ids of all cases that the weights have seen, earlier runs' included.
        best: Best validation score so far, and after which step; None before the first.
        validated: After which step the last validation was.
        skipped: Steps in a row that fp16 had to leave out.
    """

    network: CcsdNetwork
    average: CcsdNetwork
    optimizer: _FabricOptimizer
    objective: _FabricModule
    cases: tuple[str, ...]
    trained: tuple[str, ...]
    best: tuple[float, int] | None = None
    validated: int = 0
    skipped: int = 0


def fresh_state(
    config: TrainingConfig,
    fabric: Fabric,
    cases: Sequence[str],
    init: Path | None,
    *,
    sources: Collection[str] = (),
) -> RunState:
    """A run that has not begun: random weights, or those of the model `init`.

    Args:
        config: The run.
        fabric: Its devices.
        cases: Ids of the cases that are trained on.
        init: A model to start from.
        sources: Ids of the patients that mixed cases were made of.

    Raises:
        CheckpointError: If `init` is no model, or another network.
    """
    engine = config.engine
    # Whatever was drawn before (a DataLoader draws, a warm cache does not), weights are the seed's.
    torch.manual_seed(config.seed)
    network = build_network(config.model, activation_checkpointing=engine.activation_checkpointing)
    inherited = set[str]() if init is None else _load_into(network, find_model(init), config.model)
    network.to(fabric.device)
    network.to(memory_format=torch.channels_last_3d)  # pyright: ignore[reportCallIssue]
    average = copy.deepcopy(network).requires_grad_(requires_grad=False)
    if engine.compile:
        compile_network(network)
    objective = Objective(
        network,
        distillation=config.distillation,
        losses=config.losses,
        reduce=partial(sum_over_ranks, fabric),
    )
    wrapped = fabric.setup_module(objective, move_to_device=False)
    optimizer = fabric.setup_optimizers(
        torch.optim.AdamW(
            network.parameters(),
            lr=config.optim.learning_rate,
            weight_decay=config.optim.weight_decay,
        )
    )
    assert isinstance(optimizer, _FabricOptimizer), "one optimiser in, one out"
    trained = tuple(sorted({*cases, *sources, *inherited}))
    return RunState(network, average, optimizer, wrapped, tuple(cases), trained)


def compile_network(network: CcsdNetwork) -> None:
    """Compile encoders and decoder in place; names of parameters stay."""
    for part in (network.shared, *network.specific, network.decoder):
        assert isinstance(part, nn.Module)
        part.compile()


def _load_into(network: CcsdNetwork, path: Path, config: ModelConfig) -> set[str]:
    """Load a model's weights; returns the cases they were trained on."""
    tensors, manifest = load_model_file(path)
    ours = config.model_dump(mode="json")
    theirs = ModelConfig.model_validate(manifest.model).model_dump(mode="json")
    differing = sorted(key for key in ours if theirs[key] != ours[key])
    if differing:
        raise CheckpointError(
            f"{path} ({manifest.name}) is another network: model.{', model.'.join(differing)} "
            "differ from the configuration"
        )
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        raise CheckpointError(
            f"{path} ({manifest.name}): the weights do not fit their manifest"
        ) from error
    return set(manifest.training_cases)
