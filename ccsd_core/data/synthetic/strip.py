"""Where a skull-stripping tool would cut: a few millimetres off here and there."""

import numpy as np

from ccsd_core.data.synthetic.noise import Field, Mask, smooth_noise


def stripped(rng: np.random.Generator, depth: Field, *, spacing_mm: float) -> Mask:
    """The stripped brain's mask.

    Args:
        rng: Random numbers.
        depth: Millimetres below the brain's surface, negative outside.
        spacing_mm: Voxel edge.
    """
    wave = smooth_noise(rng, depth.shape, scale_mm=30.0, spacing_mm=spacing_mm)
    bites = smooth_noise(rng, depth.shape, scale_mm=12.0, spacing_mm=spacing_mm)
    cut = rng.uniform(0.0, 4.5) + rng.uniform(0.2, 1.2) * wave + rng.uniform(0, 0.6) * bites
    return depth > cut
