"""Reduced contrast between tissues, by a gamma curve.

    S ↦ S_p · (S / S_p)^γ,   S_p the 99.5th percentile of the head

A gain would have no effect, because every sequence is normalised before it is given to the network.
"""

import numpy as np

from ccsd_core.data.corruption.scan import Scan

BRIGHT_PERCENTILE = 99.5
"""Percentile of the head's signal that keeps its brightness, so that single bright voxels do not
determine the curve."""


def contrast(scan: Scan, rng: np.random.Generator, gamma: float) -> Scan:
    """An image with reduced contrast.

    Args:
        scan: Image of the sequence.
        rng: Not used.
        gamma: Exponent; below 1 it reduces the contrast of bright tissues.
    """
    bright = float(np.percentile(scan.signal[scan.inside], BRIGHT_PERCENTILE))
    if not bright > 0:
        return scan
    unit = np.maximum(scan.signal, 0) / np.float32(bright)
    return scan.with_signal(np.float32(bright) * np.power(unit, np.float32(gamma)))
