"""Probabilities as sent to the window: one byte each, cropped to those that are drawn."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.box import tight_box
from ccsd_core.domain.byte_probability import as_bytes
from ccsd_core.domain.nested_labels import Corner

LEAST = 0.01
"""Voxels where even the whole tumour is less probable than this are not sent."""


class RegionProbabilities(Protocol):
    """What is used of `ccsd_core.inference.probabilities.Probabilities`."""

    @property
    def offset(self) -> Corner: ...
    @property
    def grid_shape(self) -> Corner: ...
    @property
    def values(self) -> NDArray[np.float16]: ...
    def on_case_grid(self, start: Corner, stop: Corner) -> NDArray[np.float16]: ...


def as_cropped_bytes(
    probabilities: RegionProbabilities, shape: Corner
) -> tuple[NDArray[np.uint8], Corner]:
    """Bytes as (region, x, y, z), and the first voxel on the case's grid.

    Args:
        probabilities: The probabilities of one subset.
        shape: Shape of the case's grid.
    """
    box = tight_box(probabilities.values[0] >= LEAST)
    if box is None:
        return np.zeros((3, 0, 0, 0), np.uint8), (0, 0, 0)
    starts: list[int] = []
    stops: list[int] = []
    for side, first, coarse, fine in zip(
        box, probabilities.offset, probabilities.grid_shape, shape, strict=True
    ):
        factor = fine / coarse
        starts.append(max(int((side.start + first - 0.5) * factor) - 1, 0))
        stops.append(min(int((side.stop + first + 0.5) * factor) + 2, fine))
    (a, b, c), (d, e, f) = starts, stops
    return as_bytes(probabilities.on_case_grid((a, b, c), (d, e, f))), (a, b, c)
