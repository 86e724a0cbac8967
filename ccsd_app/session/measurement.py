"""Measurements that the user drew on the slices, and the one that is being drawn.

Points are continuous voxel coordinates (x, y, z) of the images they were drawn on; a voxel's centre
is a whole number. What they measure is computed from them, see `ccsd_app.scene.measured`.
"""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Self

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region

Point = tuple[float, float, float]
SAME_PLACE = 0.3
"""Points nearer than this, in voxels, are the same."""


class MeasureKind(Enum):
    """What is measured. The value is its name on the screen."""

    DISTANCE = "Distance"
    DIAMETERS = "Diameters"
    ELLIPSE = "Ellipse"
    POLYGON = "Polygon"

    @property
    def in_one_slice(self) -> bool:
        """Whether all points lie in one slice; a distance may go through several."""
        return self is not MeasureKind.DISTANCE


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measurement on the slices.

    Args:
        kind: What it measures.
        axis: The voxel axis along which the slices are stacked that it was drawn on.
        points_voxel: Both ends; the two ends of the longest diameter and of its perpendicular; two
            opposite corners around an ellipse; the corners of a polygon.
        region: Whose diameters they are.
        subset: The sequences from which that region was predicted.
        on_scanned: Whether it was drawn on the images of a prepared case as they were scanned.
    """

    kind: MeasureKind
    axis: int
    points_voxel: tuple[Point, ...]
    region: Region | None = None
    subset: ModalitySubset | None = None
    on_scanned: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A measurement that is being drawn.

    Args:
        kind: What it measures.
        axis: The slices it is drawn on.
        points_voxel: The points so far.
    """

    kind: MeasureKind
    axis: int = 2
    points_voxel: tuple[Point, ...] = field(default=())

    def with_point(self, point_voxel: Point, axis: int) -> Self:
        """One more point; on another slice than the others it begins anew.

        A point at the place of the last one changes nothing.
        """
        points = self.points_voxel
        if points and self.kind.in_one_slice and not self._on_slice_of(point_voxel, axis):
            points = ()
        if points and near(points[-1], point_voxel):
            return self
        return replace(self, axis=axis, points_voxel=(*points, point_voxel))

    def without_last(self) -> Self:
        """The draft without its last point."""
        return replace(self, points_voxel=self.points_voxel[:-1])

    @property
    def full(self) -> bool:
        """Whether it has all points that it takes; a polygon takes any number."""
        return self.kind is not MeasureKind.POLYGON and len(self.points_voxel) == 2

    @property
    def enough(self) -> bool:
        """Whether what is drawn is a measurement."""
        return len(self.points_voxel) >= (3 if self.kind is MeasureKind.POLYGON else 2)

    def finished(self, *, on_scanned: bool) -> Measurement:
        """The measurement that was drawn."""
        return Measurement(self.kind, self.axis, self.points_voxel, on_scanned=on_scanned)

    def _on_slice_of(self, point: Point, axis: int) -> bool:
        return axis == self.axis and abs(point[axis] - self.points_voxel[0][axis]) < SAME_PLACE


def near(a: Point, b: Point) -> bool:
    """Whether two points are at the same place."""
    return max(abs(p - q) for p, q in zip(a, b, strict=True)) < SAME_PLACE
