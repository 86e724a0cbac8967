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

COARSE_MM = 4.0
"""Resolution at which the field is estimated; it is smooth."""
ROUNDS = (30, 20, 10)


def corrected(volume: Volume, brain: NDArray[np.bool_]) -> NDArray[np.float32]:
    """A volume's values after bias field correction within the brain."""
    itk = simple_itk()
    grid = coarser(volume, at_least_mm=COARSE_MM)
    inside = sampled(volume.with_array(brain.astype(np.float32)), grid) > 0.5
    image = to_itk(grid.with_array(np.maximum(sampled(volume, grid), 1e-3)))
    mask = itk.Cast(to_itk(grid.with_array(inside)) > 0.5, itk.sitkUInt8)
    filter_ = itk.N4BiasFieldCorrectionImageFilter()
    filter_.SetMaximumNumberOfIterations(ROUNDS)
    filter_.Execute(image, mask)
    field = itk.GetArrayFromImage(filter_.GetLogBiasFieldAsImage(image)).transpose(2, 1, 0)
    fine = sampled(grid.with_array(field), volume)
    return (volume.array / np.exp(fine)).astype(np.float32)
