"""Evaluates one subset for the window: its nested labels, volumes, Dice, agreement and HD95."""

import math
import time
from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING

import numpy as np

from ccsd_app.session.degraded_views import Measures
from ccsd_app.worker import protocol
from ccsd_app.worker.shared_array import share_array
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.region import Region
from ccsd_core.errors import CaseError

if TYPE_CHECKING:
    from ccsd_core.evaluation.metrics.surface import Surface


class SubsetEvaluator:
    """Evaluates the subsets of one case. The full set has to be the first, unless it is known.

    Args:
        case: The case.
        full: The prediction from all sequences, if it is stored.
    """

    def __init__(self, case: Case, full: NestedLabels | None = None) -> None:
        self._case = case
        truth = case.reference_regions
        self._reference = (
            None if truth is None else NestedLabels.around(truth.sum(axis=0, dtype=np.uint8))
        )
        self._full_prediction = full
        self._takes_full = True
        self._predictions: dict[ModalitySubset, NestedLabels] = {}
        self._reference_surfaces: dict[Region, Surface] = {}

    def of_other_images(self, full: NestedLabels) -> "SubsetEvaluator":
        """An evaluator of other images of the case, compared with the same labels.

        Args:
            full: The prediction from all sequences of the undegraded images.
        """
        other = copy(self)
        other._full_prediction = full
        other._predictions = {}
        other._takes_full = False
        return other

    def set_full_prediction(self, full: NestedLabels) -> None:
        """Set the prediction from all sequences, which was stored."""
        self._full_prediction = full

    def evaluate(
        self, generation: int, subset: ModalitySubset, predict: Callable[[], NestedLabels]
    ) -> protocol.SubsetFinished:
        """Predict one subset and evaluate it."""
        start = time.perf_counter()
        nested_labels = predict()
        milliseconds = (time.perf_counter() - start) * 1000
        self._predictions[subset] = nested_labels
        if self._takes_full and subset == self._case.available:
            self._full_prediction = nested_labels
        return protocol.SubsetFinished(
            generation,
            subset,
            share_array(nested_labels.values),
            nested_labels.offset,
            *self.measures(nested_labels),
            milliseconds,
        )

    def measures(self, nested_labels: NestedLabels) -> Measures:
        """Volumes in mL, Dice with the expert labels (None without any), and agreement."""
        from ccsd_core.evaluation.metrics.nested_dice import dice_by_region

        assert self._full_prediction is not None, "the full set has to be computed first"
        counts = np.bincount(nested_labels.values.ravel(), minlength=len(Region) + 1)
        return (
            {r: int(counts[r + 1 :].sum()) * self._case.grid.voxel_ml for r in Region},
            None if self._reference is None else dice_by_region(nested_labels, self._reference),
            dice_by_region(nested_labels, self._full_prediction),
        )

    @property
    def against_expert(self) -> bool:
        """Whether `score` is Dice with the expert labels."""
        return self._reference is not None

    def score(self, nested_labels: NestedLabels) -> dict[Region, float]:
        """Dice of a prediction with the expert labels by region.

        Without any: with the prediction from all sequences, undegraded.
        """
        from ccsd_core.evaluation.metrics.nested_dice import dice_by_region

        other = self._full_prediction if self._reference is None else self._reference
        assert other is not None, "the full set has to be computed first"
        return dice_by_region(nested_labels, other)

    def hd95_mm(
        self,
        subset: ModalitySubset,
        predict: Callable[[], NestedLabels],
        raise_if_cancelled: Callable[[], None],
    ) -> dict[Region, float]:
        """HD95 of a subset against the expert, by region; nan where a side is empty.

        Args:
            subset: The subset.
            predict: Called only if the subset was evaluated by an earlier process.
            raise_if_cancelled: Called between the regions; what it raises ends the work.

        Raises:
            CaseError: If there are no expert labels.
        """
        from ccsd_core.evaluation.metrics.surface import hausdorff95_mm

        if self._reference is None:
            raise CaseError(f"case {self._case.id!r}: {self._case.labels_absence}")
        if subset not in self._predictions:
            self._predictions[subset] = predict()
        distances: dict[Region, float] = {}
        for region in Region:
            raise_if_cancelled()
            if region not in self._reference_surfaces:
                self._reference_surfaces[region] = self._surface(self._reference, region)
            ours, theirs = (
                self._surface(self._predictions[subset], region),
                self._reference_surfaces[region],
            )
            distances[region] = hausdorff95_mm(ours, theirs) if ours and theirs else math.nan
        return distances

    def _surface(self, nested_labels: NestedLabels, region: Region) -> "Surface":
        from ccsd_core.evaluation.metrics.surface import Surface

        cropped = Surface.of(nested_labels.values > region, spacing_mm=self._case.grid.spacing_mm)
        return Surface(cropped.points_voxel + np.array(nested_labels.offset), cropped.spacing_mm)
