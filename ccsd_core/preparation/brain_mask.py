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
(`domain.input_checks`), synthetic ones up to 1950. A smaller mask is a partial brain or has failed;
a larger one includes other tissue."""

FACES = (("left", "right"), ("back", "front"), ("bottom", "top"))
"""Names of the two ends of each axis of a canonical volume."""
RADIUS_CM, FREE_CM = 7.0, 0.2
"""A brain is like a ball of this radius, and a cap of this height may lie beyond the image."""
BOTTOM = 3.0
"""The factor by which more may be cut at the bottom: brainstem and the tips of the cerebellum."""


def brain_mask(volume: Volume) -> NDArray[np.bool_]:
    """The brain mask of a canonical volume of a head; empty if no brain is found.

    Raises:
        MissingLibraryError: If deepbet is not installed.
    """
    network = _network()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            share = network.run_model(np.array(volume.array, np.float32))
        except (AssertionError, ValueError, RuntimeError):
            # It raises these if it finds no brain.
            return np.zeros(volume.shape, bool)
        mask = share > 0.5
        return np.asarray(network.postprocess(mask), bool) if mask.any() else mask


def grown(mask: NDArray[np.bool_], spacing_mm: tuple[float, ...], mm: float) -> NDArray[np.bool_]:
    """A mask dilated by a distance; eroded if that is negative."""
    if mm == 0 or not mask.any():
        return mask
    if mm > 0:
        return np.asarray(ndimage.distance_transform_edt(~mask, sampling=spacing_mm)) <= mm
    return np.asarray(ndimage.distance_transform_edt(mask, sampling=spacing_mm)) > -mm


def faces_cut(volume: Volume, mask: NDArray[np.bool_]) -> tuple[str, ...]:
    """The faces at which the image cuts off the brain: `top`, `front` …; empty if it is complete.

    Blank outer slices are ignored, because images are padded to squares.

    Args:
        volume: The image, canonical.
        mask: Its brain mask.
    """
    if not mask.any():
        return ()
    found: list[str] = []
    for axis, names in enumerate(FACES):
        others = tuple(a for a in range(3) if a != axis)
        shown = np.flatnonzero(volume.array.max(axis=others) > volume.array.min(axis=others))
        if not shown.size:
            continue
        pixel_cm2 = float(np.prod([volume.spacing_mm[a] for a in others])) / 100
        area_cm2 = np.count_nonzero(mask, axis=others) * pixel_cm2
        # The cap of a ball has 2πrh; half of the outermost slice lies beyond its middle.
        cap_cm2 = 2 * np.pi * RADIUS_CM * (FREE_CM + volume.spacing_mm[axis] / 20)
        for name, end in zip(names, (shown[0], shown[-1]), strict=True):
            if area_cm2[end] > cap_cm2 * (BOTTOM if name == "bottom" else 1):
                found.append(name)
    return tuple(found)


def is_plausible(ml: float) -> bool:
    """Whether this is a plausible volume of a brain."""
    low, high = PLAUSIBLE_ML
    return low <= ml <= high


@cache
def _network() -> Any:
    library = deepbet()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return library.BrainExtraction(no_gpu=True)
