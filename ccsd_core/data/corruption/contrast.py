"""Tissues that differ less: the contrast curve flattened.

    S ↦ S_p · (S / S_p)^γ,   S_p the 99.5th percentile of the head

A gain alone would be no corruption: every sequence is brought to a common scale before the
network sees it.
"""

import numpy as np

from ccsd_core.data.corruption.scan import Scan

BRIGHT_PERCENTILE = 99.5
"""Percentile of the head's signal that stays as bright as it is, so that single bright voxels do
not decide how flat the rest gets."""


def contrast(scan: Scan, rng: np.random.Generator, gamma: float) -> Scan:
    """A flattened image.

    Args:
        scan: Image of the sequence.
        rng: Not used, as nothing is drawn.
        gamma: Exponent; below 1 bright tissues move together.
    """
    bright = float(np.percentile(scan.signal[scan.inside], BRIGHT_PERCENTILE))
    if not bright > 0:
        return scan
    unit = np.maximum(scan.signal, 0) / np.float32(bright)
    return scan.with_signal(np.float32(bright) * np.power(unit, np.float32(gamma)))
