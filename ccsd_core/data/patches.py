"""Drawing training batches: which case, where in it, how varied; all from (seed, step) alone.

Because a batch depends on nothing but the run's seed and the step's number, a resumed run
sees exactly the batches that an uninterrupted one would have seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from ccsd_core.data.augment import vary
from ccsd_core.data.dataset import TrainingCase


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What one optimiser step sees."""

    images: Float[Tensor, "b m x y z"]
    present: Bool[Tensor, "b m"]
    regions: Bool[Tensor, "b r x y z"]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchSampler:
    """Draws batches from cases in memory.

    Args:
        cases: The cases.
        patch: Voxels of a patch.
        batch: Patches a batch.
        foreground: Fraction of patches centred on a tumour voxel; the rest lie anywhere.
        augment: Whether patches are varied.
        seed: Of the run.
        prefer: Cases whose id starts with this are drawn with probability `prefer_share`.
        prefer_share: See `prefer`; unused where no or every case is preferred.
    """

    cases: Sequence[TrainingCase]
    patch: tuple[int, int, int]
    batch: int
    foreground: float
    augment: bool
    seed: int
    prefer: str = ""
    prefer_share: float = 0.5

    def draw(self, step: int) -> Batch:
        """The batch of one step."""
        samples = [self._one(step * self.batch + i) for i in range(self.batch)]
        images, regions, chosen = zip(*samples, strict=True)
        return Batch(
            torch.stack(images),
            torch.stack([case.present for case in chosen]),
            torch.stack(regions),
            tuple(case.id for case in chosen),
        )

    def _one(self, index: int) -> tuple[Tensor, Tensor, TrainingCase]:
        rng = np.random.default_rng((self.seed, index))
        case = self._choose(rng)
        start = self._place(case, rng)
        images = _cut(case.images.float(), start, self.patch)
        regions = _cut(case.regions, start, self.patch)
        if self.augment:
            images, regions = vary(images, regions, seed=int(rng.integers(2**28)))
        return images, regions, case

    def _choose(self, rng: np.random.Generator) -> TrainingCase:
        preferred = [c for c in self.cases if self.prefer and c.id.startswith(self.prefer)]
        others = [c for c in self.cases if not self.prefer or not c.id.startswith(self.prefer)]
        if preferred and others:
            pool = preferred if rng.random() < self.prefer_share else others
        else:
            pool = list(self.cases)
        return pool[int(rng.integers(len(pool)))]

    def _place(self, case: TrainingCase, rng: np.random.Generator) -> tuple[int, int, int]:
        """The patch's first voxel: centred (with jitter) on a tumour voxel, or anywhere."""
        shape = case.images.shape[1:]
        room = [max(n - p, 0) for n, p in zip(shape, self.patch, strict=True)]
        centred = rng.random() < self.foreground
        # every region has its turn, so that a small core is not drowned by its oedema
        voxels = case.regions[int(rng.integers(len(case.regions)))].nonzero() if centred else None
        if voxels is None or len(voxels) == 0:
            x, y, z = (int(rng.integers(r + 1)) for r in room)
            return x, y, z
        centre = voxels[int(rng.integers(len(voxels)))].tolist()
        jitter = [int(rng.integers(-(p // 4), p // 4 + 1)) for p in self.patch]
        x, y, z = (
            min(max(c + j - p // 2, 0), r)
            for c, j, p, r in zip(centre, jitter, self.patch, room, strict=True)
        )
        return x, y, z


def _cut(volume: Tensor, start: tuple[int, int, int], patch: tuple[int, int, int]) -> Tensor:
    """A patch of a volume (c x y z), padded with background where the volume is smaller."""
    window = tuple(slice(s, s + p) for s, p in zip(start, patch, strict=True))
    cut = volume[(slice(None), *window)]
    pads = [p for n, want in zip(reversed(cut.shape[1:]), reversed(patch), strict=True)
            for p in (0, want - n)]  # fmt: skip
    return functional.pad(cut, pads)
