"""A case as it looks degraded in several ways at once: images and results, for films.

The window holds one set of degraded images at a time. A film needs many, so they are computed in
one request, and each is made into a state when it is drawn
(`ccsd_app.viewmodel.exporting.degraded_views`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_app.session.result import SubsetResult
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region


@dataclass(frozen=True, slots=True)
class DegradedView:
    """What a picture of degraded images shows.

    Args:
        degradations: What is done to sequences.
        subset: The sequences given to the model.
        background: The sequence whose image is drawn.
    """

    degradations: Degradations
    subset: ModalitySubset
    background: Modality


@dataclass(frozen=True, slots=True)
class DegradedViewsKey:
    """Several views of the open case.

    Args:
        views: The views.
        label: A text for the status line.
    """

    views: tuple[DegradedView, ...]
    label: str


Measures = tuple[Mapping[Region, float], Mapping[Region, float] | None, Mapping[Region, float]]
"""Volumes in mL, Dice and agreement by region."""


@dataclass(frozen=True, slots=True, eq=False)
class DegradedViews:
    """Images and results of several views, in their order.

    Args:
        images: Images of the background sequences, uint8 (view, x, y, z), on the case's grid.
        ranges: The intensities that 0 and 255 stand for, by view.
        nested_labels: Nested labels, uint8 (view, x, y, z), cropped to what any view has.
        offset_voxel: Position of that crop's first voxel on the case's grid.
        results: Volumes in mL, Dice with the expert labels (None without any) and agreement with
            the undegraded prediction from all sequences: by region, by view.
    """

    images: NDArray[np.uint8]
    ranges: tuple[tuple[float, float], ...]
    nested_labels: NDArray[np.uint8]
    offset_voxel: tuple[int, int, int]
    results: tuple[Measures, ...]

    def image(self, index: int) -> NDArray[np.float32]:
        """The image of a view, float32 (x, y, z), in the case's intensities."""
        low, high = self.ranges[index]
        return (low + self.images[index] * np.float32((high - low) / 255)).astype(np.float32)

    def result(self, index: int, subset: ModalitySubset) -> SubsetResult:
        """The result of a view."""
        volumes_ml, dice, agreement = self.results[index]
        labels = self.nested_labels[index]
        return SubsetResult(subset, labels, self.offset_voxel, volumes_ml, dice, agreement, 0.0)


def bytes_of(image: NDArray[np.generic]) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """An image as bytes, and the intensities that 0 and 255 stand for."""
    values = image.astype(np.float32)
    low, high = float(values.min()), float(values.max())
    scale = 255 / (high - low) if high > low else 0.0
    return np.rint((values - low) * scale).astype(np.uint8), (low, high)
