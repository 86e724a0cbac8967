"""Thick axial slices, as in clinical routine."""

import numpy as np

from ccsd_core.data.corruption.scan import Scan
from ccsd_core.data.corruption.voxels import larger_voxels


def thick_slices(scan: Scan, rng: np.random.Generator, thickness_mm: float) -> Scan:
    """An image acquired in thick slices from feet to head, without gaps.

    Args:
        scan: Image of the sequence.
        rng: Not used.
        thickness_mm: Thickness of a slice in mm; an image with slices as thick is unchanged.
    """
    return larger_voxels(scan, (None, None, thickness_mm))
