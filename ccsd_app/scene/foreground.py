"""The foreground of a volume, that is values other than zero, measured once per array.

    array ──▶ Foreground: window (robust percentiles) and box (first and last voxel by axis)

Published tumour scans are skull-stripped and padded with zeros. A histogram that counts the
padding shows the brain too bright, and a view that fits the padding shows it too small.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.per_array_cache import PerArrayCache

Window = tuple[float, float]
"""The intensities that become black and white."""

Box = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
"""For each axis: the first voxel inside, and the first one after the box."""

PERCENTILES = (1.0, 99.5)
SAMPLED_VOXELS = 400_000
"""Enough for a percentile that is stable to far less than one grey level."""


@dataclass(frozen=True, slots=True)
class Foreground:
    """The bounding box and the intensity range of the foreground of an array.

    Args:
        window: Robust percentiles of the foreground; always low < high.
        box: The smallest box around the foreground; the whole array if there is none.
    """

    window: Window
    box: Box


_foregrounds = PerArrayCache["Foreground"]()
_windows = PerArrayCache[Window]()


def foreground(array: NDArray[np.generic]) -> Foreground:
    """The foreground of an array, measured at the first call and cached with the array."""
    return _foregrounds.get(array, lambda: Foreground(robust_window(array), foreground_box(array)))


def robust_window(array: NDArray[np.generic]) -> Window:
    """Percentiles of the values that are finite and not zero."""
    return window_between(array, *PERCENTILES)


def window_between(array: NDArray[np.generic], lowest: float, highest: float) -> Window:
    """The values at two percentiles of those that are finite and not zero; low < high.

    Computed once per array, because it is needed often.
    """
    return _windows.get(array, lambda: _percentiles(array, lowest, highest), what=(lowest, highest))


def _percentiles(array: NDArray[np.generic], lowest: float, highest: float) -> Window:
    step = max(1, round((array.size / SAMPLED_VOXELS) ** (1 / 3)))
    if (lowest, highest) == (0.0, 100.0):
        step = 1  # extremes may lie anywhere, so all values are used
    sample = np.asarray(array[::step, ::step, ::step], np.float32).ravel()
    values = sample[np.isfinite(sample) & (sample != 0)]
    if not values.size:
        return 0.0, 1.0
    low, high = np.percentile(values, (lowest, highest)).tolist()
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def foreground_box(array: NDArray[np.generic]) -> Box:
    """The smallest box that holds every value other than zero."""
    inside = array != 0
    (x, y, z) = (
        _extent(inside.any(axis=(1, 2))),
        _extent(inside.any(axis=(0, 2))),
        _extent(inside.any(axis=(0, 1))),
    )
    return x, y, z


def corners(box: Box) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """The first and the last voxel inside a box."""
    (a, d), (b, e), (c, f) = box
    return (a, b, c), (d - 1, e - 1, f - 1)


def _extent(occupied: NDArray[np.bool_]) -> tuple[int, int]:
    location = np.flatnonzero(occupied)
    return (int(location[0]), int(location[-1]) + 1) if location.size else (0, occupied.size)
