"""Bias field correction.

Source: N. J. Tustison et al., N4ITK: improved N3 bias correction, IEEE Transactions on Medical
Imaging 2010, as SimpleITK implements it.
"""

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.grids import coarser
from ccsd_core.preparation.itk_image import sampled, to_itk
from ccsd_core.preparation.libraries import simple_itk

COARSE_MM = 6.0
"""The field is found at this resolution: it is smooth."""
ROUNDS = (20, 15, 10)
STRONG = 0.4
"""A field is strong if its logarithm differs by more than this between the 5th and the 95th
percentile of the brain: there it makes tissue brighter by half."""


def log_field(volume: Volume, brain: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The logarithm of the shading, on the grid of the volume.

    Args:
        volume: The image.
        brain: Where the brain is, on the same grid.
    """
    itk = simple_itk()
    grid = coarser(volume, at_least_mm=COARSE_MM)
    shown = brain & (
        volume.array.astype(np.float32) > 0
    )  # a sequence may not show all of the brain
    inside = sampled(volume.with_array(shown.astype(np.float32)), grid) > 0.5
    if not inside.any():
        return np.zeros(volume.shape, np.float32)
    image = to_itk(grid.with_array(np.maximum(sampled(volume, grid), 1e-3)))
    mask = itk.Cast(to_itk(grid.with_array(inside)) > 0.5, itk.sitkUInt8)
    filter_ = itk.N4BiasFieldCorrectionImageFilter()
    filter_.SetMaximumNumberOfIterations(ROUNDS)
    filter_.Execute(image, mask)
    field = itk.GetArrayFromImage(filter_.GetLogBiasFieldAsImage(image)).transpose(2, 1, 0)
    return sampled(grid.with_array(field), volume)


def spread(field: NDArray[np.float32], brain: NDArray[np.bool_]) -> float:
    """How much the logarithm of the shading differs within the brain, without its extremes."""
    if not brain.any():
        return 0.0
    low, high = np.percentile(field[brain], (5, 95)).tolist()
    return high - low


def corrected(volume: Volume, field: NDArray[np.float32]) -> Volume:
    """A volume with the shading taken out."""
    return volume.with_array((volume.array / np.exp(field)).astype(np.float32))
