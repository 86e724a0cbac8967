"""A cut-out of the case's volume, seen on one slice of the screen."""

from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.planes import Plane, SliceGeometry
from ccsd_app.session.result import SubsetResult
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.region import Region

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Where:
    """One slice: how it lies on the screen, and which of its plane it is."""

    geometry: SliceGeometry
    index: int

    def cut(
        self, values: NDArray[Scalar], offset_voxel: tuple[int, int, int]
    ) -> NDArray[Scalar] | None:
        """The slice of a cut-out as (rows, columns), 0 beyond it; None where they do not meet.

        Args:
            values: Cut out of the case's canonical grid, (x, y, z).
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
    """One slice of a volume that holds a cut-out, raw: (column axis, row axis), 0 beyond it.

    None where the cut-out does not reach the slice.
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
class CutOut:
    """The label map of nested regions; compares by what it was made from.

    Args:
        nested_labels: How many regions each voxel lies in, uint8 (x, y, z).
        offset_voxel: Its first voxel on the case's grid.
    """

    nested_labels: NDArray[np.uint8]
    offset_voxel: tuple[int, int, int]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CutOut) and self.nested_labels is other.nested_labels

    def __hash__(self) -> int:
        return id(self.nested_labels)

    @classmethod
    def of(cls, made: SubsetResult | NestedLabels) -> Self:
        """From a result, or from the expert's labels."""
        if isinstance(made, NestedLabels):
            return cls(made.values, made.offset)
        return cls(made.nested_labels, made.offset_voxel)

    def inside(self, where: Where, region: Region) -> NDArray[np.bool_]:
        """Where the region is on a slice, (rows, columns)."""
        nested_labels = where.cut(self.nested_labels, self.offset_voxel)
        if nested_labels is None:
            return np.zeros((where.geometry.rows, where.geometry.columns), np.bool_)
        return nested_labels > region
