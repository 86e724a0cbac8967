"""Nested regions cropped out of the case's volume, and their slices as the screen shows them."""

from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.per_array_cache import PerArrayCache
from ccsd_app.scene.planes import Plane, SliceGeometry
from ccsd_app.session.result import SubsetResult
from ccsd_core.domain.case import Case
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.region import Region

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class SliceLocation:
    """One slice: its geometry on the screen, and its number."""

    geometry: SliceGeometry
    index: int

    def slice_of(
        self, values: NDArray[Scalar], offset_voxel: tuple[int, int, int]
    ) -> NDArray[Scalar] | None:
        """The slice of a crop as (rows, columns), 0 outside the crop; None if it misses the crop.

        Args:
            values: Cropped out of the case's canonical grid, (x, y, z).
            offset_voxel: Where its first voxel lies in that grid.
        """
        shape, plane = self.geometry.shape_voxel, self.geometry.plane
        raw = slice_of(values, offset_voxel, plane=plane, index=self.index, shape_voxel=shape)
        return None if raw is None else np.ascontiguousarray(self.geometry.upright(raw))


def slice_of(
    values: NDArray[Scalar],
    offset_voxel: tuple[int, int, int],
    *,
    plane: Plane,
    index: int,
    shape_voxel: tuple[int, int, int],
) -> NDArray[Scalar] | None:
    """One raw slice of the grid of a crop: (column axis, row axis), 0 outside the crop.

    None where the crop does not reach the slice.
    """
    index -= offset_voxel[plane.normal_axis]
    if not values.size or not 0 <= index < values.shape[plane.normal_axis]:
        return None
    raw = np.zeros((shape_voxel[plane.column_axis], shape_voxel[plane.row_axis]), values.dtype)
    across, down = offset_voxel[plane.column_axis], offset_voxel[plane.row_axis]
    piece = np.take(values, index, axis=plane.normal_axis)
    raw[across : across + piece.shape[0], down : down + piece.shape[1]] = piece
    return raw


@dataclass(frozen=True, slots=True, eq=False)
class CroppedRegions:
    """The cropped label map of nested regions; equal if the array is the same.

    Args:
        nested_labels: How many regions each voxel lies in, uint8 (x, y, z).
        offset_voxel: Position of its first voxel on the case's grid.
    """

    nested_labels: NDArray[np.uint8]
    offset_voxel: tuple[int, int, int]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CroppedRegions) and self.nested_labels is other.nested_labels

    def __hash__(self) -> int:
        return id(self.nested_labels)

    @classmethod
    def of(cls, source: SubsetResult | NestedLabels) -> Self:
        """From a result, or from the expert's labels."""
        if isinstance(source, NestedLabels):
            return cls(source.values, source.offset)
        return cls(source.nested_labels, source.offset_voxel)

    def inside(self, location: SliceLocation, region: Region) -> NDArray[np.bool_]:
        """The mask of the region on a slice, (rows, columns)."""
        nested_labels = location.slice_of(self.nested_labels, self.offset_voxel)
        if nested_labels is None:
            return np.zeros((location.geometry.rows, location.geometry.columns), np.bool_)
        return nested_labels > region


_reference_labels = PerArrayCache[NestedLabels]()


def reference_labels(case: Case) -> NestedLabels | None:
    """In how many of the expert's regions each voxel lies, cropped; None without labels.

    Computed once for each label array.
    """
    if case.reference is None:
        return None
    return _reference_labels.get(case.reference.array, lambda: _nested_labels_of(case))


def _nested_labels_of(case: Case) -> NestedLabels:
    regions = case.reference_regions
    assert regions is not None
    return NestedLabels.around(regions.sum(axis=0, dtype=np.uint8))
