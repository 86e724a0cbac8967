"""Uneven brightness: coils receive more signal from nearby tissue."""

import math

import numpy as np

from ccsd_core.data.corruption.scan import Scan
from ccsd_core.data.synthetic.noise import smooth_noise

KNOTS_MM = 150.0
"""Distance of the field's knots: about a head's length, so that one side of the head is bright."""


def bias(scan: Scan, rng: np.random.Generator, ratio: float) -> Scan:
    """An image multiplied by a smooth field.

    Args:
        scan: Image of the sequence.
        rng: Generator of random numbers.
        ratio: Ratio of the field's largest to its smallest value in the head; its logarithm is
            symmetric about 0.
    """
    x, y, z = scan.signal.shape
    field = smooth_noise(rng, (x, y, z), scale_mm=KNOTS_MM, spacing_mm=scan.spacing_mm)
    inside = field[scan.inside]
    low, high = float(inside.min()), float(inside.max())
    unit = (field - (low + high) / 2) / max(high - low, 1e-6)  # −½ to ½ over the head
    return scan.with_signal(scan.signal * np.exp(np.float32(math.log(ratio)) * unit))
