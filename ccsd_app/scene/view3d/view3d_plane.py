"""A slice of a grid as a plane in the patient's space, in millimetres.

    corners, counted around the outer edges of the slice's voxels:

      row axis ▲   3 ──── 2
               │   │      │        at voxel −½ and n−½ of each axis,
               │   0 ──── 1        so that a picture of n pixels fits exactly
               └──────────▶ column axis

Surfaces and planes use the same affine, so they always coincide.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.planes import Plane
from ccsd_app.scene.view3d.viewpoint import Side
from ccsd_core.domain.volume import Volume

CLIPPED_SIDE = {Plane.AXIAL: Side.SUPERIOR, Plane.SAGITTAL: Side.LEFT, Plane.CORONAL: Side.ANTERIOR}
"""The half that clipping removes: the one nearer to the preset view, which sees the cut face."""


@dataclass(frozen=True, slots=True)
class View3dPlane:
    """One slice. The grid compares by identity.

    Args:
        plane: Axial, sagittal or coronal.
        index: Slice number along the normal axis.
        grid: Shape and affine; its values are not used.
    """

    plane: Plane
    index: int
    grid: Volume

    @property
    def corners_mm(self) -> NDArray[np.float64]:
        """The outer corners of the slice, in order around it, shape (4, 3)."""
        columns = self.grid.shape[self.plane.column_axis]
        rows = self.grid.shape[self.plane.row_axis]
        ends = ((0, 0), (columns, 0), (columns, rows), (0, rows))
        return np.asarray([self.point_mm(column - 0.5, row - 0.5) for column, row in ends])

    @property
    def inwards(self) -> NDArray[np.float64]:
        """The unit normal, into the half that clipping keeps."""
        axes = self.grid.world_from_voxel[:3, :3]
        across = np.cross(axes[:, self.plane.column_axis], axes[:, self.plane.row_axis])
        sign = -np.sign(across @ np.asarray(CLIPPED_SIDE[self.plane].outwards, np.float64))
        return across / np.linalg.norm(across) * sign

    def point_mm(self, column: float, row: float) -> tuple[float, float, float]:
        """Where a point of the slice lies, in voxels along its two axes."""
        point = [0.0, 0.0, 0.0]
        point[self.plane.normal_axis] = self.index
        point[self.plane.column_axis] = column
        point[self.plane.row_axis] = row
        return self.grid.world_from((point[0], point[1], point[2]))
