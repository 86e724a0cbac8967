"""Drawing training patches: case, position and augmentation, all determined by (seed, index).

    step s   0               1                        sample i of step s has the index
    index    0  1  2 … b−1 │ b  b+1 … 2b−1 │ …        s·batch + i, on any rank

Because a patch depends only on the run's seed and its index, a resumed run gets exactly the batches
of an uninterrupted run, and so does a run on more devices.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from ccsd_core.data.augment import Variation
from ccsd_core.data.case_set import CaseSet, TrainingCase
from ccsd_core.data.choices import Augment


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """One training patch; the images are float16, like those of the cases."""

    images: Float[Tensor, "m x y z"]
    present: Bool[Tensor, " m"]
    regions: Bool[Tensor, "r x y z"]
    id: str


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Patches that go through the network together.

    Args:
        images: Normalised patches; float16 if they come from a `PatchSampler`.
        present: Whether each patch has each sequence.
        regions: Regions WT, TC, ET by the expert.
        ids: Cases of the patches.
    """

    images: Float[Tensor, "b m x y z"]
    present: Bool[Tensor, "b m"]
    regions: Bool[Tensor, "b r x y z"]
    ids: tuple[str, ...]

    @classmethod
    def of(cls, patches: Sequence[Patch]) -> "Batch":
        """A batch of stacked patches."""
        return cls(
            torch.stack([patch.images for patch in patches]),
            torch.stack([patch.present for patch in patches]),
            torch.stack([patch.regions for patch in patches]),
            tuple(patch.id for patch in patches),
        )

    def pinned(self) -> "Batch":
        """A copy in pinned memory, for asynchronous copies to a GPU."""
        return Batch(self.images.pin_memory(), self.present, self.regions.pin_memory(), self.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchSampler:
    """Draws patches from cases.

    Args:
        cases: Cases that patches are cut from.
        patch: Voxels of a patch.
        batch: Patches of one optimiser step, over all ranks.
        foreground: Fraction of patches centred on a tumour voxel; the position of the others is
            uniform.
        augment: Kind of augmentation.
        seed: Seed of the run.
        prefer: Cases whose id starts with this are drawn with probability `prefer_share`.
        prefer_share: Probability of a preferred case; not used if no or all cases are preferred.
    """

    cases: CaseSet
    patch: tuple[int, int, int]
    batch: int
    foreground: float
    augment: Augment
    seed: int
    prefer: str = ""
    prefer_share: float = 0.5

    def sample(self, index: int) -> Patch:
        """The patch of an index."""
        rng = self._rng(index)
        case = self.cases[self._choose(rng)]
        start = self._place(case, rng)
        if self.augment == "none":
            images, regions = (_cut(v, start, self.patch) for v in (case.images, case.regions))
            return Patch(images, case.present, regions, case.id)
        variation = Variation.draw(rng, sequences=len(case.images), augment=self.augment)
        source_shape = variation.source_shape(self.patch)
        begin = tuple(
            s - (r - p) // 2 for s, r, p in zip(start, source_shape, self.patch, strict=True)
        )
        images, regions = (_cut(v, begin, source_shape) for v in (case.images, case.regions))
        images, regions = variation.apply(images.float(), regions, patch=self.patch)
        return Patch(images.half(), case.present, regions, case.id)

    def presence(self, step: int) -> Bool[Tensor, "b m"]:
        """Whether each sample of a step, on all ranks, has each sequence (b, m)."""
        chosen = [self._choose(self._rng(step * self.batch + i)) for i in range(self.batch)]
        return self.cases.present[chosen]

    def draw(self, step: int) -> Batch:
        """The whole batch of a step."""
        return Batch.of([self.sample(step * self.batch + i) for i in range(self.batch)])

    def _rng(self, index: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, index))

    def _choose(self, rng: np.random.Generator) -> int:
        """The case; drawn first, so that `presence` needs no other random number."""
        pool = list(range(len(self.cases)))
        if self.prefer:
            likes = [id.startswith(self.prefer) for id in self.cases.ids]
            if any(likes) and not all(likes):
                wanted = bool(rng.random() < self.prefer_share)
                pool = [i for i in pool if likes[i] is wanted]
        return pool[int(rng.integers(len(pool)))]

    def _place(self, case: TrainingCase, rng: np.random.Generator) -> tuple[int, int, int]:
        """The patch's first voxel: centred (with jitter) on a tumour voxel, or anywhere."""
        shape = case.regions.shape[1:]
        room = [max(n - p, 0) for n, p in zip(shape, self.patch, strict=True)]
        centred = rng.random() < self.foreground
        # regions have equal probability, so that a small core is not dominated by its oedema
        region = case.regions[int(rng.integers(len(case.regions)))].numpy()
        # numpy's search takes 0.5 ms for a 1 mm volume, torch's 6 ms
        voxels = np.flatnonzero(region) if centred else np.empty(0, np.intp)
        if voxels.size == 0:
            x, y, z = (int(rng.integers(r + 1)) for r in room)
            return x, y, z
        centre = np.unravel_index(voxels[int(rng.integers(voxels.size))], region.shape)
        jitter = [int(rng.integers(-(p // 4), p // 4 + 1)) for p in self.patch]
        x, y, z = (
            min(max(int(c) + j - p // 2, 0), r)
            for c, j, p, r in zip(centre, jitter, self.patch, room, strict=True)
        )
        return x, y, z


def _cut(volume: Tensor, start: tuple[int, ...], size: tuple[int, ...]) -> Tensor:
    """A box of a volume (c x y z), with background beyond the volume."""
    box, pads = [slice(None)], []
    for lo, n, whole in zip(start, size, volume.shape[1:], strict=True):
        box.append(slice(max(lo, 0), max(lo + n, 0)))
        pads = [max(-lo, 0), max(lo + n - whole, 0), *pads]
    return functional.pad(volume[tuple(box)], pads)
