"""The state of a training run, and its initialisation."""

import copy
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from lightning_fabric import Fabric
from lightning_fabric.wrappers import _FabricModule, _FabricOptimizer
from torch import nn

from ccsd_core.model.build import build_network
from ccsd_core.model.network import CcsdNetwork
from ccsd_core.training.build_objective import build_objective
from ccsd_core.training.config.config import OptimConfig, TrainingConfig
from ccsd_core.training.init import InitialWeights
from ccsd_core.training.launch import sum_over_ranks


@dataclass(slots=True, eq=False)
class RunState:
    """The mutable state of a run.

    Args:
        network: The network that is trained.
        average: Running average of its weights.
        optimizer: Optimiser of the network's parameters.
        objective: Computes losses with `network`, wrapped for devices, precision and ranks.
        cases: Ids of the cases in memory; batches depend on their order.
        trained: Ids of all cases that the weights were trained on, including earlier runs.
        best: Best validation score so far, and its step; None before the first validation.
        validated: Step of the last validation.
        skipped: Number of consecutive steps that fp16 skipped.
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

    def set_cases(self, cases: Sequence[str], *, sources: Collection[str] = ()) -> None:
        """Set the training cases after they are opened.

        Args:
            cases: Their ids, in order.
            sources: Ids of the patients that mixed cases were made from.
        """
        self.cases = tuple(cases)
        self.trained = tuple(sorted({*self.trained, *cases, *sources}))


def fresh_state(
    config: TrainingConfig,
    fabric: Fabric,
    cases: Sequence[str],
    initial_weights: InitialWeights | None,
) -> RunState:
    """The state of a run before its first step: random weights, or those of `initial_weights`.

    Args:
        config: Configuration of the run.
        fabric: Devices and ranks of the run.
        cases: Ids of the cases that are trained on.
        initial_weights: Weights to start from; None for random ones.
    """
    engine = config.engine
    # Weights depend only on the seed, whatever random numbers were drawn before (a DataLoader
    # draws).
    torch.manual_seed(config.seed)
    network = build_network(config.model, activation_checkpointing=engine.activation_checkpointing)
    if initial_weights is not None:
        initial_weights.load_into(network)
    network.to(fabric.device)
    network.to(memory_format=torch.channels_last_3d)  # pyright: ignore[reportCallIssue]
    average = copy.deepcopy(network).requires_grad_(requires_grad=False)
    if engine.compile:
        compile_network(network)
    objective = build_objective(
        network,
        distillation=config.distillation,
        losses=config.losses,
        reduce=partial(sum_over_ranks, fabric),
    )
    wrapped = fabric.setup_module(objective, move_to_device=False)
    optimizer = fabric.setup_optimizers(optimiser_of(network, config.optim))
    assert isinstance(optimizer, _FabricOptimizer), "one optimiser in, one out"
    seen_before = () if initial_weights is None else tuple(initial_weights.trained)
    state = RunState(network, average, optimizer, wrapped, (), seen_before)
    state.set_cases(cases)
    return state


def optimiser_of(network: nn.Module, config: OptimConfig) -> torch.optim.Optimizer:
    """A new optimiser for the network's parameters."""
    parameters, rate, decay = network.parameters(), config.learning_rate, config.weight_decay
    if config.optimiser == "sgd":
        # Nesterov momentum needs a positive momentum
        return torch.optim.SGD(
            parameters,
            lr=rate,
            weight_decay=decay,
            momentum=config.momentum,
            nesterov=config.momentum > 0,
        )
    kind = torch.optim.Adam if config.optimiser == "adam" else torch.optim.AdamW
    return kind(parameters, lr=rate, weight_decay=decay)


def compile_network(
    network: CcsdNetwork, *, backend: str = "inductor", fullgraph: bool = False
) -> None:
    """Compile encoders and decoder in place; parameter names do not change.

    Args:
        network: The network.
        backend: As of `torch.compile`.
        fullgraph: Whether an operation that cannot be part of the graph is an error, as opposed to
            splitting the graph.
    """
    for part in (network.shared, *network.specific, network.decoder):
        assert isinstance(part, nn.Module)
        part.compile(backend=backend, fullgraph=fullgraph)
