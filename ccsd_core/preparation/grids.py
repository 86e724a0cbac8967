"""Grids as volumes whose arrays are not used."""

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.volume import Volume

Index = NDArray[np.int64]


def box_of(mask: NDArray[np.bool_]) -> tuple[Index, Index]:
    """The first and the last voxel of a non-empty mask along each axis."""
    ends: list[tuple[int, int]] = []
    for axis in range(3):
        there = np.flatnonzero(mask.any(axis=tuple(a for a in range(3) if a != axis)))
        ends.append((int(there[0]), int(there[-1])))
    low, high = np.asarray(ends, np.int64).T
    return low, high


def along(volume: Volume, low: Index, high: Index, *, mm: float) -> Volume:
    """An isotropic grid along a volume's axes that contains a box of its voxels.

    Args:
        volume: The volume that defines the axes and world coordinates.
        low: First voxel of the box along each axis.
        high: Last voxel.
        mm: Voxel edge.
    """
    spacing = np.asarray(volume.spacing_mm)
    shape = np.ceil((high - low + 1) * spacing / mm).astype(int) + 2
    middle = (volume.world_from_voxel @ [*((low + high) / 2), 1.0])[:3]
    return centred(volume.world_from_voxel[:3, :3] / spacing, middle, shape, np.full(3, mm))


def coarser(volume: Volume, *, at_least_mm: float) -> Volume:
    """A grid over a whole volume, along its axes, with voxel edges of at least a length."""
    spacing = np.asarray(volume.spacing_mm)
    step = np.maximum(spacing, at_least_mm)
    shape = np.maximum(np.round(np.asarray(volume.shape) * spacing / step).astype(int), 1)
    middle = (volume.world_from_voxel @ [*((np.asarray(volume.shape) - 1) / 2), 1.0])[:3]
    return centred(volume.world_from_voxel[:3, :3] / spacing, middle, shape, step)


def centred(
    axes: NDArray[np.float64],
    middle_mm: NDArray[np.float64],
    shape: NDArray[np.int64],
    spacing_mm: NDArray[np.float64],
) -> Volume:
    """A grid with given axes (one per column) around a point."""
    affine = np.eye(4)
    affine[:3, :3] = axes * spacing_mm
    affine[:3, 3] = middle_mm - affine[:3, :3] @ ((shape - 1) / 2)
    x, y, z = (int(n) for n in shape)
    return Volume(np.broadcast_to(np.float32(0), (x, y, z)), affine)
