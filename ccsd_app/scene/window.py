"""The grey-level window a sequence is first shown with: robust percentiles of its foreground."""

import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray

Window = tuple[float, float]
"""The intensities that become black and white."""

PERCENTILES = (1.0, 99.5)
SAMPLED_VOXELS = 400_000
"""Enough for a percentile that is stable to far less than one grey level."""

_known: dict[int, tuple[weakref.ref[NDArray[Any]], Window]] = {}


def default_window(array: NDArray[np.generic]) -> Window:
    """The window of a volume, computed once for as long as the array lives.

    Skull-stripped images are zero outside the brain, and a histogram that counts those
    voxels would show the brain too bright, so only values other than zero are looked at.
    """
    key = id(array)
    if key in _known and _known[key][0]() is array:
        return _known[key][1]
    window = robust_window(array)
    _known[key] = weakref.ref(array, lambda _, key=key: _known.pop(key, None)), window
    return window


def robust_window(array: NDArray[np.generic]) -> Window:
    """Percentiles of the values that are finite and not zero; always low < high."""
    step = max(1, round((array.size / SAMPLED_VOXELS) ** (1 / 3)))
    sample = np.asarray(array[::step, ::step, ::step], np.float32).ravel()
    values = sample[np.isfinite(sample) & (sample != 0)]
    if values.size == 0:
        return 0.0, 1.0
    low, high = np.percentile(values, PERCENTILES).tolist()
    return (low, high) if high > low else (low - 0.5, low + 0.5)
