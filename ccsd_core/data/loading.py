"""The batches of each rank for each optimiser step, prepared ahead of time by worker processes.

    batch of step s   │ 0  1  2  3 │ 4  5  6  7 │     indices, contiguous shares
                        └─ rank 0 ─┘ └─ rank 1 ─┘
    its StepBatch       [0 1 2] [3]                   micro-batches of at most 3
                        and the presence of all eight

For a GPU a thread unpacks and pins the next batch while the current one is computed.

Patches do not depend on the process that draws them, so the numbers of ranks and workers do not
change a batch.
"""

import math
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool
from numpy.typing import NDArray
from torch import Tensor

from ccsd_core.data.background import in_background
from ccsd_core.data.patches import Batch, Patch, PatchSampler
from ccsd_core.data.processes import call_in_processes
from ccsd_core.domain.region import Region
from ccsd_core.errors import ConfigError


@dataclass(frozen=True, slots=True, eq=False)
class StepBatch:
    """The part of one optimiser step's batch that one rank computes.

    Args:
        parts: Its part of the batch, in micro-batches.
        batch_present: Whether each sample of the whole batch, over all ranks, has each sequence.
    """

    parts: tuple[Batch, ...]
    batch_present: Bool[Tensor, "b m"]


def step_batches(
    sampler: PatchSampler,
    *,
    steps: range,
    rank: int = 0,
    world: int = 1,
    micro_batch: int | None = None,
    workers: int = 0,
    pinned: bool = False,
) -> Generator[StepBatch, None, None]:
    """One rank's batches, step by step; they do not depend on the number of workers.

    Closing the iterator, or dropping it, ends the workers.

    Args:
        sampler: Draws the patches.
        steps: The optimiser steps.
        rank: Rank of this process.
        world: Number of ranks.
        micro_batch: Largest number of patches in a micro-batch; None for the rank's whole part.
        workers: Number of processes that draw patches; 0 for the current process.
        pinned: Whether to put batches into pinned memory for a GPU, prepared by a thread.

    Raises:
        ConfigError: If the batch cannot be shared evenly.
        ResourceError: If a worker dies, or a prepared case cannot be read.
    """
    if sampler.batch % world:
        raise ConfigError(
            f"data.batch = {sampler.batch} cannot be divided evenly among {world} devices: "
            f"make it a multiple of {world}, or use another number of devices"
        )
    share = sampler.batch // world
    batches = _batches(sampler, steps, rank * share, share, micro_batch or share, workers)
    return in_background(_pinned(batches)) if pinned else batches


def _batches(
    sampler: PatchSampler, steps: range, first: int, share: int, micro_batch: int, workers: int
) -> Generator[StepBatch, None, None]:
    indices = (step * sampler.batch + first + i for step in steps for i in range(share))
    # two steps ahead, so that a device does not wait for a step's last patches
    ahead = max(2, math.ceil(2 * share / max(workers, 1)))
    drawn = call_in_processes(_PatchDrawer(sampler).draw, indices, workers=workers, ahead=ahead)
    for step in steps:
        patches = [_unpacked(one) for one in islice(drawn, share)]
        parts = tuple(Batch.of(patches[i : i + micro_batch]) for i in range(0, share, micro_batch))
        yield StepBatch(parts, sampler.presence(step))


def _pinned(batches: Generator[StepBatch, None, None]) -> Generator[StepBatch, None, None]:
    with closing(batches):
        for batch in batches:
            yield StepBatch(tuple(part.pinned() for part in batch.parts), batch.batch_present)


class _Packed(NamedTuple):
    """A patch as sent through the pipe: half floats, and one bit per voxel and region."""

    images: NDArray[np.float16]
    present: NDArray[np.bool_]
    bits: NDArray[np.uint8]
    id: str


@dataclass(frozen=True, slots=True)
class _PatchDrawer:
    """Draws patches in a worker process."""

    sampler: PatchSampler

    def draw(self, index: int) -> _Packed:
        patch = self.sampler.sample(index)
        bits = np.packbits(patch.regions.numpy())
        return _Packed(patch.images.numpy(), patch.present.numpy(), bits, patch.id)


def _unpacked(packed: _Packed) -> Patch:
    shape = (len(Region), *packed.images.shape[1:])
    regions = np.unpackbits(packed.bits, count=math.prod(shape)).view(bool).reshape(shape)
    images, present, regions = (
        torch.from_numpy(a) for a in (packed.images, packed.present, regions)
    )
    return Patch(images, present, regions, packed.id)
