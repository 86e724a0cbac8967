"""Brain extraction with deepbet's network, in about ten seconds on two cores.

Source: L. Fisch et al., deepbet: fast brain extraction of T1-weighted MRI using convolutional
neural networks, Computers in Biology and Medicine 2024; its wheel contains its weights (MIT). It
was trained on T1 of healthy adults; on T1c, T2 and FLAIR we inspected its masks.
"""

import warnings
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.libraries import deepbet

PLAUSIBLE_ML = (900.0, 2000.0)
"""Volume of a brain with the fluid in and around it. Seven BraTS brains have 1250 to 1720 mL
(`domain.input_checks`), drawn ones up to 1950; below are half a brain or a failed mask, above a
mask that leaked."""


def brain_mask(volume: Volume) -> NDArray[np.bool_]:
    """Which voxels of a canonical volume of a head belong to its brain; none if it shows none.

    Raises:
        MissingLibraryError: If deepbet is not installed.
    """
    network = _network()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            share = network.run_model(np.array(volume.array, np.float32))
        except (AssertionError, ValueError, RuntimeError):
            # It found nothing to put a box around.
            return np.zeros(volume.shape, bool)
        mask = share > 0.5
        return np.asarray(network.postprocess(mask), bool) if mask.any() else mask


def grown(mask: NDArray[np.bool_], spacing_mm: tuple[float, ...], mm: float) -> NDArray[np.bool_]:
    """A mask whose border was moved outwards by a distance; inwards where that is negative."""
    if mm == 0 or not mask.any():
        return mask
    if mm > 0:
        return np.asarray(ndimage.distance_transform_edt(~mask, sampling=spacing_mm)) <= mm
    return np.asarray(ndimage.distance_transform_edt(mask, sampling=spacing_mm)) > -mm


def is_plausible(ml: float) -> bool:
    """Whether a brain may be so large."""
    low, high = PLAUSIBLE_ML
    return low <= ml <= high


@cache
def _network() -> Any:
    library = deepbet()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return library.BrainExtraction(no_gpu=True)
