"""Distances and blurs in millimetres on voxel grids."""

import numpy as np
from scipy import ndimage

from ccsd_core.data.synthetic.noise import Field, Mask


def depth_mm(mask: Mask, *, spacing_mm: float) -> Field:
    """Distance of each voxel of the mask from its outside; 0 outside."""
    return np.asarray(ndimage.distance_transform_edt(mask), np.float32) * spacing_mm


def blur(field: Field, *, sigma_mm: float, spacing_mm: float) -> Field:
    """Gaussian smoothing."""
    return np.asarray(ndimage.gaussian_filter(field, sigma_mm / spacing_mm))
