"""From a depth map to what the window shows of it: the map itself and its numbers."""

import time
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ccsd_app.worker import protocol
from ccsd_app.worker.parcel import pack
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region

Corner = tuple[int, int, int]


class Depth(Protocol):
    """How many of the nested regions each voxel lies in, cut out to where any is.

    It is `ccsd_core.inference.case_grid.Depth`, described here so that torch is not imported.
    """

    @property
    def values(self) -> NDArray[np.uint8]: ...
    @property
    def offset(self) -> Corner: ...


class Measure:
    """Measures the subsets of one case. The full set has to be the first."""

    def __init__(self, case: Case) -> None:
        self._case = case
        truth = case.reference_regions
        self._truth = None if truth is None else Cut.around(truth.sum(axis=0, dtype=np.uint8))
        self._full: Cut | None = None

    def finished(
        self, generation: int, subset: ModalitySubset, predict: Callable[[], Depth]
    ) -> protocol.Finished:
        """Predict one subset and measure it."""
        start = time.perf_counter()
        predicted = predict()
        milliseconds = (time.perf_counter() - start) * 1000
        depth = Cut(predicted.values, predicted.offset)
        if subset == self._case.available:
            self._full = depth
        assert self._full is not None, "the full set has to be computed first"
        counts = np.bincount(depth.values.ravel(), minlength=len(Region) + 1)
        return protocol.Finished(
            generation,
            subset,
            pack(depth.values),
            depth.offset,
            {r: int(counts[r + 1 :].sum()) * self._case.grid.voxel_ml for r in Region},
            None if self._truth is None else dice_by_region(depth, self._truth),
            dice_by_region(depth, self._full),
            milliseconds,
        )


class Cut:
    """A depth map cut out of a grid that is 0 everywhere else."""

    def __init__(self, values: NDArray[np.uint8], offset: Corner) -> None:
        self.values = values
        self.offset = offset

    @classmethod
    def around(cls, depth: NDArray[np.uint8]) -> "Cut":
        """Of a whole grid."""
        box: list[slice] = []
        for axis in range(3):
            others = tuple(a for a in range(3) if a != axis)
            hit = np.flatnonzero(depth.any(axis=others))
            if hit.size == 0:
                return cls(np.zeros((0, 0, 0), np.uint8), (0, 0, 0))
            box.append(slice(int(hit[0]), int(hit[-1]) + 1))
        x, y, z = box
        return cls(depth[x, y, z].copy(), (x.start, y.start, z.start))

    @property
    def end(self) -> Corner:
        x, y, z = (a + n for a, n in zip(self.offset, self.values.shape, strict=True))
        return x, y, z

    def within(self, start: Corner, end: Corner) -> NDArray[np.uint8]:
        """The map on a part of the grid that holds all of it."""
        found = np.zeros([b - a for a, b in zip(start, end, strict=True)], np.uint8)
        if self.values.size:
            place = [
                slice(o - a, o - a + n)
                for o, a, n in zip(self.offset, start, self.values.shape, strict=True)
            ]
            found[tuple(place)] = self.values
        return found


def dice_by_region(prediction: Cut, truth: Cut) -> dict[Region, float]:
    """Dice of each region, over the smallest box that holds both maps."""
    from ccsd_core.evaluation.metrics import dice

    cuts = [cut for cut in (prediction, truth) if cut.values.size] or [prediction]
    start = (min(c.offset[0] for c in cuts), min(c.offset[1] for c in cuts),
             min(c.offset[2] for c in cuts))  # fmt: skip
    end = (max(c.end[0] for c in cuts), max(c.end[1] for c in cuts), max(c.end[2] for c in cuts))
    ours, theirs = prediction.within(start, end), truth.within(start, end)
    return {r: float(dice(ours > r, theirs > r)) for r in Region}
