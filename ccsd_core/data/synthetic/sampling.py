"""Sampling maps at arbitrary points: trilinear, in millimetres from a grid's middle."""

import numpy as np
import torch
from torch.nn import functional

from ccsd_core.data.synthetic.noise import Field


def sample(
    maps: Field,
    points: Field,
    *,
    spacing_mm: float,
    middle: tuple[float, float, float] | None = None,
    beyond: str = "border",
) -> Field:
    """The values of maps at points.

    Args:
        maps: Values (c, x, y, z).
        points: Millimetres from `middle` (3, u, v, w).
        spacing_mm: Voxel edge of the maps.
        middle: Voxel coordinates of the points' origin; None for the grid's middle.
        beyond: Values outside the maps: `border` repeats their faces, `zeros` is 0.

    Returns:
        Values (c, u, v, w), float32.
    """
    sizes = maps.shape[1:]
    grid = np.empty((*points.shape[1:], 3), np.float32)
    for axis, n in enumerate(sizes):
        at = (n - 1) / 2 if middle is None else middle[axis]
        # torch expects −1 … 1 between the outer voxels' centres, and the last axis first
        grid[..., 2 - axis] = (points[axis] / spacing_mm + at) * (2 / max(n - 1, 1)) - 1
    return functional.grid_sample(
        torch.from_numpy(np.ascontiguousarray(maps, dtype=np.float32))[None],
        torch.from_numpy(grid)[None],
        padding_mode=beyond,
        align_corners=True,
    )[0].numpy()
