"""One region of a prediction and of the expert labels, and cached quantities of the pair.

What depends only on the expert labels (surface, lesions) is in `ReferenceRegion`, which is shared
by all 15 subsets of a case.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.metrics.lesion_scores import LesionScores, lesion_scores
from ccsd_core.evaluation.metrics.lesions import Lesions
from ccsd_core.evaluation.metrics.surface import Mask, Spacing, Surface, hausdorff95_mm


@dataclass(frozen=True, eq=False)
class ReferenceRegion:
    """The expert's mask of one region.

    Args:
        mask: Shape (x, y, z).
        spacing_mm: Edge lengths of a voxel.
        voxel_ml: Volume of a voxel.
    """

    mask: Mask
    spacing_mm: Spacing = (1.0, 1.0, 1.0)
    voxel_ml: float = 0.001

    @cached_property
    def voxels(self) -> int:
        return int(np.count_nonzero(self.mask))

    @cached_property
    def surface(self) -> Surface:
        return Surface.of(self.mask, spacing_mm=self.spacing_mm)

    @cached_property
    def lesions(self) -> Lesions:
        return Lesions(self.mask, self.surface, self.voxel_ml)


@dataclass(frozen=True, eq=False)
class RegionPair:
    """A predicted region and the true one, voxel by voxel on the case's own grid.

    Args:
        prediction: The predicted mask.
        truth: The expert's mask, of the same shape.

    Raises:
        BadInputError: If the shapes differ.
    """

    prediction: Mask
    truth: ReferenceRegion

    def __post_init__(self) -> None:
        if self.prediction.shape != self.truth.mask.shape:
            raise BadInputError(
                f"a prediction of shape {self.prediction.shape} cannot be compared with a "
                f"reference of shape {self.truth.mask.shape}: resample both to one grid"
            )

    @cached_property
    def predicted(self) -> int:
        return int(np.count_nonzero(self.prediction))

    @property
    def true(self) -> int:
        return self.truth.voxels

    @cached_property
    def shared(self) -> int:
        return int(np.count_nonzero(self.prediction & self.truth.mask))

    @cached_property
    def surface(self) -> Surface:
        """Surface of the predicted region."""
        return Surface.of(self.prediction, spacing_mm=self.truth.spacing_mm)

    @cached_property
    def hd95_mm(self) -> float:
        """95th percentile of the surface distances in mm; neither region may be empty."""
        return hausdorff95_mm(self.surface, self.truth.surface)

    @cached_property
    def lesion_wise(self) -> LesionScores:
        return lesion_scores(
            self.prediction, self.surface, self.truth.lesions, distance_mm=self._distance_mm
        )

    def _distance_mm(self, one: Surface, other: Surface) -> float:
        """HD95 of two surfaces in mm; reuses that of the whole region if it is a single lesion."""
        if one is self.surface and other is self.truth.surface:
            return self.hd95_mm
        return hausdorff95_mm(one, other)
