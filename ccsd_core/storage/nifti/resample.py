"""Bringing a volume onto another volume's grid."""

# scipy is typed only in part.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from typing import Literal

import numpy as np
from scipy.ndimage import affine_transform

from ccsd_core.domain.volume import Volume


def onto_grid(
    volume: Volume,
    grid: Volume,
    *,
    order: Literal["linear", "nearest"],
    outside: float = 0.0,
) -> Volume:
    """`volume` sampled at the voxels of `grid`.

    Args:
        volume: The volume to sample.
        grid: Volume whose grid is sampled; its array is not used.
        order: `linear` for images, `nearest` for labels.
        outside: Value outside `volume`.
    """
    voxel_from_grid = np.linalg.inv(volume.world_from_voxel) @ grid.world_from_voxel
    sampled = affine_transform(
        volume.array,
        voxel_from_grid[:3, :3],
        offset=voxel_from_grid[:3, 3].tolist(),
        output_shape=grid.shape,
        order=1 if order == "linear" else 0,
        mode="constant",
        cval=outside,
    )
    return grid.with_array(sampled)


def overlap(volume: Volume, grid: Volume) -> bool:
    """Whether `grid` and `volume` can overlap (their bounding boxes in world space intersect)."""
    (low_a, high_a), (low_b, high_b) = _world_box(volume), _world_box(grid)
    return bool((low_a <= high_b).all() and (low_b <= high_a).all())


def _world_box(volume: Volume) -> tuple[np.ndarray, np.ndarray]:
    corners_voxel = np.array(np.meshgrid(*([0, n - 1] for n in volume.shape))).reshape(3, -1)
    corners = volume.world_from_voxel @ np.vstack([corners_voxel, np.ones(corners_voxel.shape[1])])
    return corners[:3].min(axis=1), corners[:3].max(axis=1)
