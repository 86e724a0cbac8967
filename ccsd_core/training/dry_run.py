"""Dry run: size of the network, memory and time of a run, before it starts.

Forward and backward passes of a micro-batch of noise on this device; no data is read and nothing is
written.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from ccsd_core.data.loading import StepBatch
from ccsd_core.inference.hardware.ranks import process_count
from ccsd_core.progress import Progress, Steps
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.diagnosis import explain_out_of_memory
from ccsd_core.training.launch import close_process_group, launch, resolved_precision
from ccsd_core.training.memory_estimate import BYTES_PER_PARAMETER, MemoryEstimate, estimate_memory
from ccsd_core.training.saved_tensors import SavedTensorCounter, noise_batch
from ccsd_core.training.schedule import heaviest_step
from ccsd_core.training.state import fresh_state
from ccsd_core.training.step import optimiser_step

MAX_CONTEXT_BYTES = 2**30
"""Upper limit for the CUDA context of a process, which takes some hundred megabytes."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """Size, memory and time of a run.

    Args:
        device, precision: Device and precision that were measured.
        parameters: Number of the network's parameters.
        state_mb: Megabytes of weights, gradients, optimiser and running average.
        activations_mb: Megabytes that a micro-batch keeps for its backward pass.
        peak_mb: Peak GPU memory of this process in megabytes: torch's reserved memory, and the CUDA
            context; None on a CPU.
        micro_batch: Patches in one micro-batch on this device.
        accumulated: Micro-batches of one optimiser step on one device.
        micro_batch_s: Seconds of one micro-batch, forward and backward with its share of the
            optimiser; the first one is a warm-up and is not counted.
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
        """Hours of the whole run, without reading, validating and writing."""
        return self.steps * self.step_s / 3600


def dry_run(
    config: TrainingConfig,
    *,
    device: str = "auto",
    on_estimate: Callable[[MemoryEstimate], None] = lambda _: None,
) -> Steps[DryRun]:
    """Build everything and run two steps of one micro-batch; the second one is timed.

    Both use the level with the most subsets, which needs the most memory. On a CPU the memory is
    estimated and reported first, and a step that would not fit is not run.

    Args:
        config: Configuration of the run.
        device: `auto`, `cpu`, `cuda`, `cuda:N`.
        on_estimate: Called with the estimate, before a step is taken.

    Raises:
        BadInputError: If the estimate for a CPU exceeds its memory.
        ResourceError: If memory runs out; the message names settings to lower.
    """
    config = resolved_precision(config, device)
    share = config.data.batch // process_count()
    micro_batch = min(config.engine.micro_batch or share, share)
    yield Progress(0, 3, "building the network")
    with explain_out_of_memory(config):
        fabric = launch(config, device)
        state = fresh_state(config, fabric, [], None)
        if fabric.device.type == "cpu":
            expected = yield from estimate_memory(config, state, fabric, micro_batch=micro_batch)
            on_estimate(expected)
            expected.check(config)
        # Two parts if the batch is split: summing their criticality is part of the time of a step.
        parts = 1 if share <= micro_batch else 2
        part = noise_batch(micro_batch, config.data.patch)
        batch = StepBatch((part,) * parts, part.present.repeat(parts, 1))
        yield Progress(1, 3, "first step")
        # Counted for one part, because the next one would reuse the same memory.
        alone = StepBatch((part,), part.present)
        ramp = config.distillation.ramp
        step = heaviest_step(seed=config.seed, steps=config.steps, ramp=ramp)
        kept = SavedTensorCounter(state.network)
        with torch.autograd.graph.saved_tensors_hooks(kept.pack, kept.unpack):
            optimiser_step(config, state, fabric, alone, step=step)
        yield Progress(2, 3, "timed step")
        cuda = fabric.device.type == "cuda"
        if cuda:
            torch.cuda.reset_peak_memory_stats(fabric.device)
        begun = time.perf_counter()
        optimiser_step(config, state, fabric, batch, step=step)
        if cuda:
            torch.cuda.synchronize(fabric.device)
        seconds = (time.perf_counter() - begun) / parts
        close_process_group(fabric)
    parameters = sum(p.numel() for p in state.network.parameters())
    yield Progress(3, 3, "done")
    return DryRun(
        device=torch.cuda.get_device_name(fabric.device) if cuda else "CPU",
        precision=config.engine.precision,
        parameters=parameters,
        state_mb=parameters * BYTES_PER_PARAMETER / 1e6,
        activations_mb=kept.bytes / 1e6,
        peak_mb=_peak_bytes(fabric.device) / 1e6 if cuda else None,
        micro_batch=micro_batch,
        accumulated=-(-share // micro_batch),
        micro_batch_s=seconds,
        steps=config.steps,
    )


def _peak_bytes(device: torch.device) -> int:
    """Peak GPU memory of this process: torch's reserved memory, and the CUDA context.

    The context is the memory in use apart from torch's. Memory of other processes cannot be
    distinguished from it, so at most `MAX_CONTEXT_BYTES` are counted.
    """
    free, total = torch.cuda.mem_get_info(device)
    context = total - free - torch.cuda.memory_reserved(device)
    return torch.cuda.max_memory_reserved(device) + min(max(context, 0), MAX_CONTEXT_BYTES)
