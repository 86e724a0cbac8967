"""From a segmentation to what the window shows of it: a cropped depth map and its numbers."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ccsd_app.worker import protocol
from ccsd_app.worker.parcel import pack
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import Segmentation

Depth = NDArray[np.uint8]
Box = tuple[slice, slice, slice]


class Measure:
    """Measures the subsets of one case. The full set has to be the first.

    Regions are nested, so one small integer a voxel holds all three: how many regions it lies
    in. Everything outside the box of a depth map is 0, so scores are taken over the box that
    holds both sides.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        truth = case.reference_regions
        self._truth = None if truth is None else depth_map(truth)
        self._full: Depth | None = None

    def finished(
        self, generation: int, subset: ModalitySubset, predict: Callable[[], Segmentation]
    ) -> protocol.Finished:
        """Predict one subset and measure it."""
        start = time.perf_counter()
        segmentation = predict()
        milliseconds = (time.perf_counter() - start) * 1000
        depth = depth_map(segmentation.regions)
        if subset == self._case.available:
            self._full = depth
        assert self._full is not None, "the full set has to be computed first"
        box = tight_box(depth > 0)
        return protocol.Finished(
            generation,
            subset,
            pack(depth[box]),
            (box[0].start, box[1].start, box[2].start),
            {r: int((depth[box] > r).sum()) * self._case.grid.voxel_ml for r in Region},
            None if self._truth is None else dice_by_region(depth, self._truth),
            dice_by_region(depth, self._full),
            milliseconds,
        )


def depth_map(regions: NDArray[np.bool_]) -> Depth:
    """How many of the nested regions (3, x, y, z) each voxel lies in."""
    return regions.sum(axis=0, dtype=np.uint8)


def dice_by_region(prediction: Depth, truth: Depth) -> dict[Region, float]:
    """Dice of each region of two depth maps."""
    from ccsd_core.evaluation.metrics import dice

    box = tight_box((prediction > 0) | (truth > 0))
    return {r: float(dice(prediction[box] > r, truth[box] > r)) for r in Region}


def tight_box(mask: NDArray[np.bool_]) -> Box:
    """The smallest box that holds every True voxel; an empty one at the origin without any."""
    sides: list[slice] = []
    for axis in range(3):
        others = tuple(a for a in range(3) if a != axis)
        hit = np.flatnonzero(mask.any(axis=others))
        if hit.size == 0:
            return slice(0, 0), slice(0, 0), slice(0, 0)
        sides.append(slice(int(hit[0]), int(hit[-1]) + 1))
    return sides[0], sides[1], sides[2]
