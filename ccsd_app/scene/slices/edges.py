"""Grey levels of a volume at any world points, edges in them, and the outline of a mask."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage  # pyright: ignore[reportMissingTypeStubs]

from ccsd_app.scene.foreground import robust_window
from ccsd_app.scene.slices.slice_image import grey_levels
from ccsd_core.domain.volume import Volume

SMOOTH_PX = 1.6
EDGE_QUANTILE = 0.88
"""At an edge, the gradient is above this quantile of those of the pixels that are not air."""
AIR = 12
"""Grey levels up to this are air."""


def grey_at(volume: Volume, points: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Grey levels of a volume at world points (4, …); black beyond it."""
    voxels = np.tensordot(np.linalg.inv(volume.world_from_voxel), points, axes=1)[:3]
    values: Any = ndimage.map_coordinates(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        volume.array, voxels, order=1, output=np.float32, cval=np.nan
    )
    return grey_levels(values, robust_window(volume.array))


def edges_of(grey: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Thin lines where grey levels change most: zero crossings of the Laplacian of a Gaussian.

    Source: D. Marr and E. Hildreth, Theory of edge detection, Proceedings of the Royal Society
    B 1980.
    """
    values = grey.astype(np.float32)
    gradient = _filtered(ndimage.gaussian_gradient_magnitude, values)  # pyright: ignore[reportUnknownMemberType]
    laplacian = _filtered(ndimage.gaussian_laplace, values)  # pyright: ignore[reportUnknownMemberType]
    shown = grey > AIR
    if not shown.any():
        return np.zeros(grey.shape, bool)
    crossings = np.zeros(grey.shape, bool)
    for axis in (0, 1):
        crossings |= (laplacian > 0) & (np.roll(laplacian, 1, axis) <= 0)
        crossings |= (laplacian > 0) & (np.roll(laplacian, -1, axis) <= 0)
    return crossings & (gradient > np.quantile(gradient[shown], EDGE_QUANTILE))


def outline_of(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pixels of a mask that lie at its border."""
    inner: Any = ndimage.binary_erosion(mask)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return mask & ~inner


def _filtered(filter_: Any, values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(filter_(values, SMOOTH_PX), np.float32)
