"""The three slice planes, and where each voxel of a volume lands on the screen.

The volume is canonical (x to the patient's Right, y Anterior, z Superior). Screen columns
grow to the right and rows grow downwards. Drawn for the radiological convention, in which
we look from the feet and from the front, so the patient's right is on the screen's left:

        axial              coronal             sagittal
          A                   S                   S
       ┌─────┐             ┌─────┐             ┌─────┐
     R │ x◀─ │ L         R │ x◀─ │ L         A │ y◀─ │ P
       └─────┘             └─────┘             └─────┘
          P                   I                   I
       y up                z up                z up

The neurological convention mirrors axial and coronal; the nose stays on the left of the
sagittal plane in both.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)
PointVoxel = tuple[int, int, int]
PointBetween = tuple[float, float, float]
"""Continuous voxel coordinates: a voxel's centre is a whole number."""


class Plane(Enum):
    """A family of parallel slices. The value is its name on the screen."""

    AXIAL = "axial"
    SAGITTAL = "sagittal"
    CORONAL = "coronal"

    @property
    def normal_axis(self) -> int:
        """The voxel axis along which the slices are stacked."""
        return {Plane.AXIAL: 2, Plane.SAGITTAL: 0, Plane.CORONAL: 1}[self]

    @property
    def column_axis(self) -> int:
        """The voxel axis that runs along the screen's columns."""
        return 1 if self is Plane.SAGITTAL else 0

    @property
    def row_axis(self) -> int:
        """The voxel axis that runs along the screen's rows."""
        return 1 if self is Plane.AXIAL else 2


@dataclass(frozen=True, slots=True)
class Edges:
    """The patient direction at each edge of a slice: one of R L A P S I."""

    left: str
    right: str
    top: str
    bottom: str


LETTERS = (("L", "R"), ("P", "A"), ("I", "S"))
"""For each voxel axis of a canonical volume: the direction of its low and of its high end."""


@dataclass(frozen=True, slots=True)
class SliceGeometry:
    """How slices of one plane of one volume lie on the screen.

    Args:
        plane: Which family of slices.
        shape_voxel: Shape of the canonical volume.
        spacing_mm: Edge lengths of its voxels.
        radiological: Patient's right on the left of the screen.
    """

    plane: Plane
    shape_voxel: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    radiological: bool

    @property
    def count(self) -> int:
        """How many slices there are."""
        return self.shape_voxel[self.plane.normal_axis]

    @property
    def columns(self) -> int:
        """Number of pixels from left to right."""
        return self.shape_voxel[self.plane.column_axis]

    @property
    def rows(self) -> int:
        """Number of pixels from top to bottom."""
        return self.shape_voxel[self.plane.row_axis]

    @property
    def column_mm(self) -> float:
        """Width of a pixel."""
        return self.spacing_mm[self.plane.column_axis]

    @property
    def row_mm(self) -> float:
        """Height of a pixel."""
        return self.spacing_mm[self.plane.row_axis]

    @property
    def columns_mirrored(self) -> bool:
        """Whether the voxel index decreases from left to right."""
        return self.plane is Plane.SAGITTAL or self.radiological

    @property
    def edges(self) -> Edges:
        """The orientation letters."""
        left, right = LETTERS[self.plane.column_axis]
        if self.columns_mirrored:
            left, right = right, left
        bottom, top = LETTERS[self.plane.row_axis]
        return Edges(left=left, right=right, top=top, bottom=bottom)

    def pixel_from_voxel(self, point_voxel: PointVoxel) -> tuple[int, int]:
        """The (column, row) of a voxel. Its slice is `point_voxel[plane.normal_axis]`."""
        column = point_voxel[self.plane.column_axis]
        if self.columns_mirrored:
            column = self.columns - 1 - column
        return column, self.rows - 1 - point_voxel[self.plane.row_axis]

    def pixels_of_box(
        self, low_voxel: PointVoxel, high_voxel: PointVoxel
    ) -> tuple[tuple[int, int], tuple[int, int]]:
        """The (left, right) columns and (top, bottom) rows of a box of voxels, ends included."""
        ends = self.pixel_from_voxel(low_voxel), self.pixel_from_voxel(high_voxel)
        (left, right), (top, bottom) = (sorted(pair) for pair in zip(*ends, strict=True))
        return (left, right), (top, bottom)

    def voxel_from_pixel(self, *, column: int, row: int, index: int) -> PointVoxel:
        """The voxel of a (column, row) on slice `index`, which may lie outside the volume."""
        point = [0, 0, 0]
        point[self.plane.normal_axis] = index
        point[self.plane.column_axis] = (
            self.columns - 1 - column if self.columns_mirrored else column
        )
        point[self.plane.row_axis] = self.rows - 1 - row
        return point[0], point[1], point[2]

    def point_from_pixel(self, column: float, row: float, *, index: int) -> PointBetween:
        """The place between voxels of a place in slice `index`, whose pixel centres lie at halves.

        >>> SliceGeometry(Plane.AXIAL, (8, 9, 5), (1, 1, 3), radiological=True).point_from_pixel(
        ...     0.5, 0.5, index=2
        ... )
        (7.0, 8.0, 2.0)
        """
        point = [0.0, 0.0, 0.0]
        point[self.plane.normal_axis] = float(index)
        across = column - 0.5
        point[self.plane.column_axis] = (
            self.columns - 1 - across if self.columns_mirrored else across
        )
        point[self.plane.row_axis] = self.rows - 0.5 - row
        return point[0], point[1], point[2]

    def pixel_from_point(self, point_voxel: PointBetween) -> tuple[float, float]:
        """The (column, row) of a place between voxels; the inverse of `point_from_pixel`."""
        across = point_voxel[self.plane.column_axis]
        if self.columns_mirrored:
            across = self.columns - 1 - across
        return across + 0.5, self.rows - 0.5 - point_voxel[self.plane.row_axis]

    def image_of(self, array: NDArray[Scalar], index: int) -> NDArray[Scalar]:
        """Slice `index` of a volume as (rows, columns), top left first. A view, not a copy."""
        return self.upright(_slice(array, self.plane, index))

    def upright(self, image: NDArray[Scalar]) -> NDArray[Scalar]:
        """A raw slice (column axis, row axis) turned to (rows, columns) as the screen shows it."""
        turned = image.T[::-1]
        return turned[:, ::-1] if self.columns_mirrored else turned


def _slice(array: NDArray[Scalar], plane: Plane, index: int) -> NDArray[Scalar]:
    if plane is Plane.AXIAL:
        return array[:, :, index]
    return array[:, index] if plane is Plane.CORONAL else array[index]
