"""Probabilities as one byte each, such that thresholding at one half gives the same result.

byte          0 … 127        128 … 255
probability   up to 0.5      above 0.5, to 1
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

CERTAIN = 255
"""The byte of probability 1."""
HALF = 128
"""The first byte above one half."""


def as_bytes(probability: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """The nearest byte on the same side of one half.

    >>> as_bytes(np.array([0.0, 0.5, 0.501, 1.0])).tolist()
    [0, 127, 128, 255]
    """
    nearest = np.round(probability.astype(np.float32) * CERTAIN)
    sided = np.where(probability > 0.5, np.maximum(nearest, HALF), np.minimum(nearest, HALF - 1))
    return sided.astype(np.uint8)
