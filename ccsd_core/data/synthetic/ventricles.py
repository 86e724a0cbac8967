"""Distinguishing ventricles from other fluid: the large components far below the surface."""

import numpy as np
from scipy import ndimage

from ccsd_core.data.synthetic.fields import signed_depth_mm
from ccsd_core.data.synthetic.noise import Field


def distance_from_ventricles_mm(
    fluid: Field, depth: Field, *, spacing_mm: float, deeper_than_mm: float = 26.0
) -> Field:
    """Distance from the ventricles, negative within; large everywhere if there are none.

    Args:
        fluid: Fraction of fluid.
        depth: Millimetres below the brain's surface.
        spacing_mm: Edge of the isotropic voxels in mm.
        deeper_than_mm: Depth in mm below that of sulci.
    """
    deep = (fluid > 0.35) & (depth > deeper_than_mm)
    if not deep.any():
        return np.full(fluid.shape, 100.0, np.float32)
    pieces = np.zeros(deep.shape, np.int32)
    ndimage.label(deep, output=pieces)
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    ventricles = np.isin(pieces, np.flatnonzero(sizes >= 0.1 * sizes.max()))
    return -signed_depth_mm(ventricles, spacing_mm=spacing_mm)
