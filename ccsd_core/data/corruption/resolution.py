"""Low in-plane resolution: large voxels within the axial slices."""

import numpy as np

from ccsd_core.data.corruption.scan import Scan
from ccsd_core.data.corruption.voxels import larger_voxels


def resolution(scan: Scan, rng: np.random.Generator, voxel_mm: float) -> Scan:
    """An image acquired with larger voxels along x and y.

    Args:
        scan: Image of the sequence.
        rng: Not used.
        voxel_mm: Edge of a voxel in the slice; an image that is as coarse is unchanged.
    """
    return larger_voxels(scan, (voxel_mm, voxel_mm, None))
