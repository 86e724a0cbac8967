"""How much memory a step will take on a CPU, told before it is tried.

Linux ends a process that asks for more memory than there is, without a word. So what a step keeps
for its backward pass is counted in two small boxes, and from there in the patch: all but a part
that belongs to the weights grows with the voxels.

    kept
     │                             ×  the patch: estimated
     │        ×  large box
     │  ×  small box               both counted, forwards only
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
from ccsd_core.training.diagnosis import ways_out
from ccsd_core.training.kept import Kept, noise
from ccsd_core.training.objective.objective import Plan
from ccsd_core.training.schedule import draw_of
from ccsd_core.training.state import RunState

BYTES_A_PARAMETER = 4 * 5
"""Weight, gradient, Adam's two moments and the running average, four bytes each."""

WORKING = 1.2
"""What a step takes at its peak, in units of what it keeps: `light` on a CPU took 1.17 (once)."""

Box = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """What a step is expected to take.

    Args:
        parameters: Of the network.
        state_bytes: Weights, gradients, optimiser and running average.
        kept_bytes: What a micro-batch keeps for its backward pass.
        free_bytes: What is free on this machine now.
        box: The larger of the boxes that were counted; the patch itself where that is small.
    """

    parameters: int
    state_bytes: int
    kept_bytes: int
    free_bytes: int
    box: Box

    @property
    def needed_bytes(self) -> int:
        """What the step takes at its peak."""
        return self.state_bytes + round(WORKING * self.kept_bytes)

    def check(self, config: TrainingConfig) -> None:
        """Refuse a step that would not fit: it would be ended by the system, without a word.

        Raises:
            BadInputError: If so, with sizes and settings to lower.
        """
        if self.needed_bytes > self.free_bytes:
            raise BadInputError(
                f"a step needs about {self.needed_bytes / 1e9:.1f} GB of memory, "
                f"{self.free_bytes / 1e9:.1f} GB are free, so no step was tried: "
                f"{ways_out(config)}, or use a machine with more memory"
            )


def estimate_memory(
    config: TrainingConfig, state: RunState, fabric: Fabric, *, at_once: int
) -> Steps[MemoryEstimate]:
    """Count in small boxes, and estimate for the patch.

    Args:
        config: The run.
        state: At its beginning; is not changed.
        fabric: Where it runs.
        at_once: Patches of a micro-batch.
    """
    patch = config.data.patch
    boxes = _boxes(config)
    counted: list[int] = []
    for i, box in enumerate(boxes):
        sides = " × ".join(map(str, box))
        yield Progress(i, len(boxes), f"estimating the memory from a box of {sides} voxels")
        counted.append(_kept(config, state, fabric, box))
    if len(boxes) == 1:
        a_patch = float(counted[0])
    else:
        small, large = map(math.prod, boxes)
        a_voxel = (counted[1] - counted[0]) / (large - small)
        a_patch = counted[1] + a_voxel * (math.prod(patch) - large)
    parameters = sum(p.numel() for p in state.network.parameters())
    return MemoryEstimate(
        parameters=parameters,
        state_bytes=parameters * BYTES_A_PARAMETER,
        kept_bytes=round(at_once * a_patch),
        free_bytes=free_bytes(fabric.device),
        box=boxes[-1],
    )


def _boxes(config: TrainingConfig) -> list[Box]:
    """A small box and one twice as large; the patch alone where it is hardly larger."""
    x, y, z = (
        min(side, times * divisor)
        for side, times, divisor in zip(
            # three along x: torch's bf16 needs them, see `launch.resolved_precision`
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


def _kept(config: TrainingConfig, state: RunState, fabric: Fabric, box: Box) -> int:
    part = noise(1, box)
    images, present, regions = map(fabric.to_device, (part.images, part.present, part.regions))
    draw = draw_of(0, seed=config.seed, steps=config.steps, ramp=config.distillation.ramp)
    kept = Kept(state.network)
    with torch.autograd.graph.saved_tensors_hooks(kept.pack, kept.unpack):
        state.objective(images, present, regions, Plan(present, draw, None))
    return kept.bytes
