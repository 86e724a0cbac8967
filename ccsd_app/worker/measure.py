"""From a depth map to what the window shows of it: the map itself and its numbers."""

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ccsd_app.worker import protocol
from ccsd_app.worker.parcel import pack
from ccsd_core.domain.case import Case
from ccsd_core.domain.depth import Depth
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.errors import CaseError

if TYPE_CHECKING:
    from ccsd_core.evaluation.metrics.surface import Surface


class Measure:
    """Measures the subsets of one case. The full set has to be the first."""

    def __init__(self, case: Case) -> None:
        self._case = case
        truth = case.reference_regions
        self._truth = None if truth is None else Depth.around(truth.sum(axis=0, dtype=np.uint8))
        self._full: Depth | None = None
        self._found: dict[ModalitySubset, Depth] = {}
        self._true_surfaces: dict[Region, Surface] = {}

    def finished(
        self, generation: int, subset: ModalitySubset, predict: Callable[[], Depth]
    ) -> protocol.SubsetFinished:
        """Predict one subset and measure it."""
        start = time.perf_counter()
        depth = predict()
        milliseconds = (time.perf_counter() - start) * 1000
        self._found[subset] = depth
        if subset == self._case.available:
            self._full = depth
        assert self._full is not None, "the full set has to be computed first"
        counts = np.bincount(depth.values.ravel(), minlength=len(Region) + 1)
        return protocol.SubsetFinished(
            generation,
            subset,
            pack(depth.values),
            depth.offset,
            {r: int(counts[r + 1 :].sum()) * self._case.grid.voxel_ml for r in Region},
            None if self._truth is None else dice_by_region(depth, self._truth),
            dice_by_region(depth, self._full),
            milliseconds,
        )

    def hd95_mm(
        self,
        subset: ModalitySubset,
        predict: Callable[[], Depth],
        pulse: Callable[[], None],
    ) -> dict[Region, float]:
        """HD95 of a subset against the expert, by region; nan where a side is empty.

        Args:
            subset: The subset.
            predict: Asked only where the subset was measured by an earlier process.
            pulse: Called between the regions; what it raises ends the work.

        Raises:
            CaseError: If there are no expert labels.
        """
        from ccsd_core.evaluation.metrics.surface import hausdorff95_mm

        if self._truth is None:
            raise CaseError(f"case {self._case.id!r}: {self._case.labels_absence}")
        if subset not in self._found:
            self._found[subset] = predict()
        distances: dict[Region, float] = {}
        for region in Region:
            pulse()
            if region not in self._true_surfaces:
                self._true_surfaces[region] = self._surface(self._truth, region)
            ours, theirs = self._surface(self._found[subset], region), self._true_surfaces[region]
            distances[region] = hausdorff95_mm(ours, theirs) if ours and theirs else math.nan
        return distances

    def _surface(self, depth: Depth, region: Region) -> "Surface":
        from ccsd_core.evaluation.metrics.surface import Surface

        cut = Surface.of(depth.values > region, spacing_mm=self._case.grid.spacing_mm)
        return Surface(cut.points_voxel + np.array(depth.offset), cut.spacing_mm)


def dice_by_region(prediction: Depth, truth: Depth) -> dict[Region, float]:
    """Dice of each region, over the smallest box that holds both maps."""
    from ccsd_core.evaluation.metrics.registry import dice

    cuts = [cut for cut in (prediction, truth) if cut.values.size] or [prediction]
    a, b, c = (min(edges) for edges in zip(*(cut.offset for cut in cuts), strict=True))
    d, e, f = (max(edges) for edges in zip(*(cut.end for cut in cuts), strict=True))
    ours, theirs = (depth.within((a, b, c), (d, e, f)) for depth in (prediction, truth))
    return {r: float(dice(ours > r, theirs > r)) for r in Region}
