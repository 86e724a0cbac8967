"""Distances in millimetres, within slices and between them, of points given in voxels.

Points are continuous voxel coordinates; a voxel's centre is a whole number. The two voxel axes of a
slice may differ in length and, with a sheared affine, need not be orthogonal.
"""

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float, float]


def in_plane_axes(axis: int) -> tuple[int, int]:
    """The two voxel axes that lie in the slices stacked along `axis`.

    >>> in_plane_axes(2), in_plane_axes(1)
    ((0, 1), (0, 2))
    """
    first, second = (other for other in range(3) if other != axis)
    return first, second


def mm_from_plane(world_from_voxel: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """A 2×2 matrix M so that `points @ M` are millimetres for points (n, 2) in slice voxels.

    >>> mm_from_plane(np.diag([0.5, 2.0, 5.0, 1.0]), 2).tolist()
    [[0.5, 0.0], [0.0, 2.0]]
    """
    sides = world_from_voxel[:3, list(in_plane_axes(axis))]
    return np.asarray(np.linalg.cholesky(sides.T @ sides), np.float64)


def slice_mm(world_from_voxel: NDArray[np.float64], axis: int) -> float:
    """The distance between neighbouring slices along their normal."""
    area = np.linalg.det(mm_from_plane(world_from_voxel, axis))
    return float(abs(np.linalg.det(world_from_voxel[:3, :3])) / area)


def distance_mm(world_from_voxel: NDArray[np.float64], a: Point, b: Point) -> float:
    """The distance between two points in world coordinates, also between slices.

    >>> distance_mm(np.diag([1.0, 1.0, 5.0, 1.0]), (0, 0, 0), (3, 4, 0))
    5.0
    >>> distance_mm(np.diag([1.0, 1.0, 6.0, 1.0]), (0, 0, 0), (8, 0, 1))
    10.0
    """
    return float(np.linalg.norm(world_from_voxel[:3, :3] @ (np.subtract(b, a))))
