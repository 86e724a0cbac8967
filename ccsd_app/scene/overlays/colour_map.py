"""Colour maps of numbers: dark is low, bright is high, readable without colour vision.

Source: plasma and viridis, van der Walt and Smith, SciPy 2015, as matplotlib ships them.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

PROBABILITY = "viridis"
UNCERTAINTY = "plasma"
CONSENSUS = "viridis"


@lru_cache
def colour_map(name: str, levels: int = 256) -> NDArray[np.uint8]:
    """`levels` colours from lowest to highest, (levels, 3)."""
    from matplotlib import colormaps

    rgba = np.asarray(colormaps[name](np.linspace(0.0, 1.0, levels)))
    return np.round(rgba[:, :3] * 255).astype(np.uint8)
