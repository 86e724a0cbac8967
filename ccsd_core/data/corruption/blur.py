"""Blurring: a Gaussian point spread in all three directions."""

import math

import numpy as np
from scipy import ndimage

from ccsd_core.data.corruption.scan import Field, Scan

FWHM = 2 * math.sqrt(2 * math.log(2))
"""Full width at half maximum of a Gaussian, in standard deviations."""


def blur(scan: Scan, rng: np.random.Generator, fwhm_mm: float) -> Scan:
    """A blurred image.

    Args:
        scan: Image of the sequence.
        rng: Not used.
        fwhm_mm: Full width at half maximum of the point spread.
    """
    sigma = [fwhm_mm / FWHM / mm for mm in scan.spacing_mm]

    def smooth(values: Field) -> Field:
        return np.asarray(
            ndimage.gaussian_filter(values, sigma, mode="constant", truncate=3.0), np.float32
        )

    return scan.mean_inside(smooth)
