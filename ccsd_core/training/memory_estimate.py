"""Estimating the memory of a step on a CPU before running it.

Linux kills a process that needs more memory than available, without a message. Therefore the
activations that a step keeps for its backward pass are counted in two small boxes and extrapolated
to the patch: they grow linearly with the voxels, except for a part that belongs to the weights.

    kept
     │                             ×  the patch: estimated
     │        ×  large box
     │  ×  small box               both counted, in forward passes
     └───────────────────────── voxels
"""

import math
from dataclasses import dataclass

import torch
from lightning_fabric import Fabric

from ccsd_core.errors import BadInputError
from ccsd_core.inference.memory import free_bytes
from ccsd_core.progress import Progress, Steps
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.diagnosis import memory_advice
from ccsd_core.training.objective.objective import StepPlan
from ccsd_core.training.saved_tensors import SavedTensorCounter, noise_batch
from ccsd_core.training.schedule import draw_step, heaviest_step
from ccsd_core.training.state import RunState

BYTES_PER_PARAMETER = 4 * 5
"""Weight, gradient, Adam's two moments and the running average, four bytes each."""

PEAK_FACTOR = 1.2
"""Peak memory of a step relative to its kept activations: 1.17 for `light` on a CPU (one
measurement)."""

Box = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """The memory that a step is expected to need.

    Args:
        parameters: Number of the network's parameters.
        state_bytes: Bytes of weights, gradients, optimiser and running average.
        kept_bytes: Bytes that a micro-batch keeps for its backward pass.
        free_bytes: Bytes that are free on this machine now.
        box: The larger of the counted boxes; the patch itself if it is small.
    """

    parameters: int
    state_bytes: int
    kept_bytes: int
    free_bytes: int
    box: Box

    @property
    def needed_bytes(self) -> int:
        """Bytes that the step needs at its peak."""
        return self.state_bytes + round(PEAK_FACTOR * self.kept_bytes)

    def check(self, config: TrainingConfig) -> None:
        """Check that a step fits, because the system would kill it without a message.

        Raises:
            BadInputError: If it does not fit, with sizes and settings to lower.
        """
        if self.needed_bytes > self.free_bytes:
            raise BadInputError(
                f"a step needs about {self.needed_bytes / 1e9:.1f} GB of memory, "
                f"{self.free_bytes / 1e9:.1f} GB are free, so no step was tried: "
                f"{memory_advice(config)}, or use a machine with more memory"
            )


def estimate_memory(
    config: TrainingConfig, state: RunState, fabric: Fabric, *, micro_batch: int
) -> Steps[MemoryEstimate]:
    """Count kept activations in small boxes, and extrapolate to the patch.

    Args:
        config: Configuration of the run.
        state: State of the run before its first step; it is not changed.
        fabric: Devices of the run.
        micro_batch: Patches in a micro-batch.
    """
    patch = config.data.patch
    boxes = _boxes(config)
    counted: list[int] = []
    for i, box in enumerate(boxes):
        sides = " × ".join(map(str, box))
        yield Progress(i, len(boxes), f"estimating the memory from a box of {sides} voxels")
        counted.append(_kept_bytes(config, state, fabric, box))
    if len(boxes) == 1:
        bytes_per_patch = float(counted[0])
    else:
        small, large = map(math.prod, boxes)
        bytes_per_voxel = (counted[1] - counted[0]) / (large - small)
        bytes_per_patch = counted[1] + bytes_per_voxel * (math.prod(patch) - large)
    parameters = sum(p.numel() for p in state.network.parameters())
    return MemoryEstimate(
        parameters=parameters,
        state_bytes=parameters * BYTES_PER_PARAMETER,
        kept_bytes=round(micro_batch * bytes_per_patch),
        free_bytes=free_bytes(fabric.device),
        box=boxes[-1],
    )


def _boxes(config: TrainingConfig) -> list[Box]:
    """A small box and one twice as large; only the patch if it is hardly larger."""
    x, y, z = (
        min(side, times * divisor)
        for side, times, divisor in zip(
            # three along x, which torch's bf16 needs, see `launch.resolved_precision`
            config.data.patch,
            (3, 2, 2),
            config.model.divisors,
            strict=True,
        )
    )
    small, large = (x, y, z), (x, y, min(config.data.patch[2], 2 * z))
    if math.prod(large) * 2 > math.prod(config.data.patch):
        return [config.data.patch]
    return [small, large]


def _kept_bytes(config: TrainingConfig, state: RunState, fabric: Fabric, box: Box) -> int:
    part = noise_batch(1, box)
    images, present, regions = map(fabric.to_device, (part.images, part.present, part.regions))
    when = {"seed": config.seed, "steps": config.steps, "ramp": config.distillation.ramp}
    draw = draw_step(heaviest_step(**when), **when)
    kept = SavedTensorCounter(state.network)
    with torch.autograd.graph.saved_tensors_hooks(kept.pack, kept.unpack):
        state.objective(images, present, regions, StepPlan(present, draw, None))
    return kept.bytes
