"""Simulated skull stripping, with errors of a few millimetres."""

import numpy as np

from ccsd_core.data.synthetic.noise import Field, smooth_noise

FINEST_MM = 1.2
"""Finer voxels are removed as a whole, as in published data; coarser ones are averages of these."""


def stripped(rng: np.random.Generator, depth: Field, *, spacing_mm: float) -> Field:
    """Fraction of each voxel that remains after skull stripping, 0 … 1.

    Args:
        rng: Generator of random numbers.
        depth: Millimetres below the brain's surface, negative outside.
        spacing_mm: Edge of the isotropic voxels in mm.
    """
    wave = smooth_noise(rng, depth.shape, scale_mm=30.0, spacing_mm=spacing_mm)
    bites = smooth_noise(rng, depth.shape, scale_mm=12.0, spacing_mm=spacing_mm)
    cut = rng.uniform(-0.5, 3.5) + rng.uniform(0.2, 1.2) * wave + rng.uniform(0, 0.6) * bites
    return share_below(depth - cut, spacing_mm=spacing_mm)


def share_below(depth: Field, *, spacing_mm: float) -> Field:
    """Fraction of each voxel below a surface, given the depth of its centre in mm."""
    if spacing_mm < FINEST_MM:
        return (depth > 0).astype(np.float32)
    share = np.clip(0.5 + depth / (1.5 * spacing_mm), 0, 1)
    return np.where(share > 0.04, share, 0).astype(np.float32)
