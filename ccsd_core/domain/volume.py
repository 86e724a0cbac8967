"""A 3-D image and where it lies in the patient.

Axis order, stated once for the whole project: arrays are indexed `[x, y, z]`. In a *canonical*
volume (every volume of a loaded `Case`) x grows towards the patient's Right, y towards
Anterior, z towards Superior (NIfTI's RAS+), up to an oblique rotation given by the affine.
World coordinates are RAS+ millimetres.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.errors import BadInputError

GRID_TOLERANCE_MM = 0.1
"""Two grids are the same if corresponding corners are at most this far apart: files contain rounded
affines, and a tenth of a millimetre is small against a voxel."""


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """A 3-D array with the affine that places it.

    Args:
        array: Values, shape (x, y, z).
        world_from_voxel: 4×4 affine from voxel indices to RAS+ millimetres.

    Raises:
        BadInputError: If the array is not 3-D or the affine cannot be inverted.
    """

    array: NDArray[np.generic]
    world_from_voxel: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.array.ndim != 3:
            raise BadInputError(f"a volume needs 3 axes; this one has shape {self.array.shape}")
        if self.world_from_voxel.shape != (4, 4) or not np.isfinite(self.world_from_voxel).all():
            raise BadInputError(f"not a 4×4 affine of finite numbers: {self.world_from_voxel}")
        if abs(np.linalg.det(self.world_from_voxel[:3, :3])) < 1e-9:
            raise BadInputError("the affine is singular: voxels would have no volume")

    @property
    def shape(self) -> tuple[int, int, int]:
        x, y, z = self.array.shape
        return x, y, z

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Edge lengths of a voxel along x, y, z."""
        x, y, z = np.linalg.norm(self.world_from_voxel[:3, :3], axis=0).tolist()
        return x, y, z

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel in millilitres."""
        return float(abs(np.linalg.det(self.world_from_voxel[:3, :3]))) / 1000

    @property
    def is_canonical(self) -> bool:
        """Whether x, y, z point (nearest) to Right, Anterior, Superior."""
        rotation = self.world_from_voxel[:3, :3] / np.asarray(self.spacing_mm)
        return bool(
            (np.abs(rotation).argmax(axis=0) == [0, 1, 2]).all() and (np.diag(rotation) > 0).all()
        )

    @property
    def oblique_degrees(self) -> float:
        """The largest angle between a voxel axis and its nearest world axis."""
        rotation = self.world_from_voxel[:3, :3] / np.asarray(self.spacing_mm)
        return float(np.degrees(np.arccos(np.clip(np.abs(rotation).max(axis=0), 0, 1)).max()))

    def same_grid(self, other: "Volume") -> bool:
        """Whether the voxels of both arrays have the same positions."""
        return self.shape == other.shape and self.farthest_corner_mm(other) <= GRID_TOLERANCE_MM

    def farthest_corner_mm(self, other: "Volume") -> float:
        """The largest distance between corresponding corners of two grids of the same shape."""
        return corner_distance_mm(self.shape, self.world_from_voxel, other.world_from_voxel)

    def world_from(self, point_voxel: tuple[float, float, float]) -> tuple[float, float, float]:
        """The world point (RAS+ mm) of a voxel index."""
        x, y, z = (self.world_from_voxel @ [*point_voxel, 1.0])[:3].tolist()
        return x, y, z

    def voxel_from(self, point_mm: tuple[float, float, float]) -> tuple[float, float, float]:
        """The voxel index (may be fractional) of a world point (RAS+ mm)."""
        x, y, z = (np.linalg.inv(self.world_from_voxel) @ [*point_mm, 1.0])[:3].tolist()
        return x, y, z

    def with_array(self, array: NDArray[np.generic]) -> "Volume":
        """Other values on the same grid."""
        return Volume(array, self.world_from_voxel)


def corner_distance_mm(
    shape: tuple[int, ...], one: NDArray[np.float64], other: NDArray[np.float64]
) -> float:
    """The largest distance between corresponding corner voxels of an array under two affines.

    >>> corner_distance_mm((101, 1, 1), np.eye(4), np.diag([1.01, 1, 1, 1]))
    1.0
    """
    ends = np.array(np.meshgrid(*([0.0, n - 1.0] for n in shape[:3]))).reshape(3, -1)
    corners = np.vstack([ends, np.ones(ends.shape[1])])
    distance = np.linalg.norm(((one - other) @ corners)[:3], axis=0).max()
    return round(float(distance), 6)
