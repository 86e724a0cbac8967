"""Requirements of a run before it starts: size of the network, memory, time.

One real micro-batch goes forwards and backwards on this device, filled with noise; nothing is
read from the data and nothing is written.
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
"""Largest size counted for the CUDA context of a process, which takes some hundred megabytes."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """Size, memory and time of a run.

    Args:
        device, precision: Device and arithmetic that were measured.
        parameters: Number of the network's parameters.
        state_mb: Megabytes of weights, gradients, optimiser and running average.
        activations_mb: Megabytes that a micro-batch keeps for its backward pass.
        peak_mb: Largest use of a GPU's memory by this process in megabytes: what torch reserved,
            and the CUDA context; None on a CPU.
        micro_batch: Patches at once on this device.
        accumulated: Micro-batches of one optimiser step on one device.
        micro_batch_s: Seconds of one micro-batch, forwards and backwards with its share of the
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
        """Hours of the whole run, without reading, validating and writing."""
        return self.steps * self.step_s / 3600


def dry_run(
    config: TrainingConfig,
    *,
    device: str = "auto",
    on_estimate: Callable[[MemoryEstimate], None] = lambda _: None,
) -> Steps[DryRun]:
    """Build everything and take two steps of one micro-batch; the second one is timed.

    Both are steps of the level with the most subsets, for which the memory has to suffice.

    On a CPU the memory is estimated and reported first, and a step that would not fit is not tried.

    Args:
        config: Configuration of the run.
        device: `auto`, `cpu`, `cuda`, `cuda:N`.
        on_estimate: Called with the estimate, before a step is taken.

    Raises:
        BadInputError: If by the estimate it does not fit on a CPU.
        ResourceError: If it does not fit; the message names settings to lower.
    """
    config = resolved_precision(config, device)
    share = config.data.batch // process_count()
    at_once = min(config.engine.micro_batch or share, share)
    yield Progress(0, 3, "building the network")
    with explain_out_of_memory(config):
        fabric = launch(config, device)
        state = fresh_state(config, fabric, [], None)
        if fabric.device.type == "cpu":
            expected = yield from estimate_memory(config, state, fabric, at_once=at_once)
            on_estimate(expected)
            expected.check(config)
        # Where the batch is cut, two parts: summing their criticality belongs to the time of a
        # step.
        parts = 1 if share <= at_once else 2
        part = noise_batch(at_once, config.data.patch)
        batch = StepBatch((part,) * parts, part.present.repeat(parts, 1))
        yield Progress(1, 3, "first step")
        # Counted over one part: the next one would reuse the same memory, and not be counted.
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
        micro_batch=at_once,
        accumulated=-(-share // at_once),
        micro_batch_s=seconds,
        steps=config.steps,
    )


def _peak_bytes(device: torch.device) -> int:
    """Largest use of a GPU's memory by this process: what torch reserved, and the CUDA context.

    The context is what is in use beside torch's memory. Memory of other processes looks the same,
    so no more than `MAX_CONTEXT_BYTES` of it counts.
    """
    free, total = torch.cuda.mem_get_info(device)
    context = total - free - torch.cuda.memory_reserved(device)
    return torch.cuda.max_memory_reserved(device) + min(max(context, 0), MAX_CONTEXT_BYTES)
