"""What a run would take, before it is begun: size of the network, memory, time.

One real micro-batch goes forwards and backwards on this device, filled with noise; nothing is
read from the data and nothing is written.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ccsd_core.data.loading import StepBatch
from ccsd_core.data.patches import Batch
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.progress import Progress, Steps
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.diagnosis import memory_told
from ccsd_core.training.launch import launch, leave, processes, resolved_precision
from ccsd_core.training.state import fresh_state
from ccsd_core.training.step import optimiser_step

BYTES_A_PARAMETER = 4 * 5
"""Weight, gradient, Adam's two moments and the running average, four bytes each."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What was found.

    Args:
        device, precision: What it was found on.
        parameters: Of the network.
        state_mb: Memory of weights, gradients, optimiser and running average.
        activations_mb: What a micro-batch keeps for its backward pass.
        peak_mb: Most memory that was in use, where the device tells (CUDA); else None.
        micro_batch: Patches at once on this device.
        accumulated: Micro-batches of one optimiser step on one device.
        micro_batch_s: Time of one micro-batch, forwards and backwards with its share of the
            optimiser; the first one, which also warms up, is not counted.
        steps: Optimiser steps of the run.
    """

    device: str
    precision: str
    parameters: int
    state_mb: float
    activations_mb: float
    peak_mb: float | None
    micro_batch: int
    accumulated: int
    micro_batch_s: float
    steps: int

    @property
    def step_s(self) -> float:
        return self.accumulated * self.micro_batch_s

    @property
    def hours(self) -> float:
        """Of the whole run, without reading, validating and writing."""
        return self.steps * self.step_s / 3600


def dry_run(config: TrainingConfig, *, device: str = "auto") -> Steps[DryRun]:
    """Build everything and take two steps of one micro-batch; the second one is timed.

    Raises:
        ResourceError: If it does not fit; the message names settings to lower.
    """
    config = resolved_precision(config, device)
    share = config.data.batch // processes()
    at_once = min(config.engine.micro_batch or share, share)
    yield Progress(0, 3, "building the network")
    with memory_told(config):
        fabric = launch(config, device)
        state = fresh_state(config, fabric, [], None)
        # Where the batch is cut, two parts: their survey belongs to the time of a step.
        parts = 1 if share <= at_once else 2
        batch = _noise(config, at_once, parts=parts)
        yield Progress(1, 3, "first step")
        kept = _Kept(state.network)
        with torch.autograd.graph.saved_tensors_hooks(kept.pack, kept.unpack):
            optimiser_step(config, state, fabric, batch, step=0)
        yield Progress(2, 3, "timed step")
        cuda = fabric.device.type == "cuda"
        if cuda:
            torch.cuda.reset_peak_memory_stats(fabric.device)
        begun = time.perf_counter()
        optimiser_step(config, state, fabric, batch, step=1)
        if cuda:
            torch.cuda.synchronize(fabric.device)
        seconds = (time.perf_counter() - begun) / parts
        leave(fabric)
    parameters = sum(p.numel() for p in state.network.parameters())
    yield Progress(3, 3, "done")
    return DryRun(
        device=torch.cuda.get_device_name(fabric.device) if cuda else "CPU",
        precision=config.engine.precision,
        parameters=parameters,
        state_mb=parameters * BYTES_A_PARAMETER / 1e6,
        activations_mb=kept.bytes / parts / 1e6,
        peak_mb=torch.cuda.max_memory_allocated(fabric.device) / 1e6 if cuda else None,
        micro_batch=at_once,
        accumulated=-(-share // at_once),
        micro_batch_s=seconds,
        steps=config.steps,
    )


class _Kept:
    """Counts what autograd keeps for the backward pass, each storage once, without weights."""

    def __init__(self, network: nn.Module) -> None:
        self.bytes = 0
        self._seen = {p.untyped_storage().data_ptr() for p in network.parameters()}

    def pack(self, tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in self._seen:
            self._seen.add(storage.data_ptr())
            self.bytes += storage.nbytes()
        return tensor

    @staticmethod
    def unpack(tensor: Tensor) -> Tensor:
        return tensor


def _noise(config: TrainingConfig, count: int, *, parts: int) -> StepBatch:
    """Micro-batches of noise with a block of every region in it."""
    patch = config.data.patch
    images = torch.randn(count, len(Modality), *patch)
    present = torch.ones(count, len(Modality), dtype=torch.bool)
    regions = torch.zeros(count, len(Region), *patch, dtype=torch.bool)
    for region in Region:
        inner = tuple(slice(n // 4 + region, 3 * n // 4 - region) for n in patch)
        regions[(slice(None), region, *inner)] = True
    part = Batch(images, present, regions, ("noise",) * count)
    return StepBatch((part,) * parts, present.repeat(parts, 1))
