"""Normalising the arbitrary intensities of one sequence, using only its own voxels.

No other sequence may be used here: a mask or scale from all four would leak information from a
"missing" sequence.

    background  the value of the image's outer faces (0 in published data, not always in others)
    foreground  voxels that differ from it, holes filled
    values      robust z-score of the foreground, clipped; background becomes exactly 0
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ccsd_core.data.holes import filled

CLIP = 5.0
"""Z-scores beyond this are clipped."""

NOT_BACKGROUND = 0.01
"""A voxel is foreground if it differs from the background by more than this fraction of the
range."""


def background(image: NDArray[Any]) -> float:
    """The value of an image's outer faces."""
    faces = (image.take(index, axis=axis).ravel() for axis in range(3) for index in (0, -1))
    return float(np.median(np.concatenate(list(faces))))


def foreground_mask(image: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The head (or brain) in an image, with holes filled; empty for a constant image."""
    outside = background(image)
    low, high = np.percentile(image, (0.1, 99.9))
    reach = max(high - outside, outside - low)
    if not reach > 0:
        return np.zeros(image.shape, bool)
    mask = np.abs(image - outside) > NOT_BACKGROUND * reach
    labelled = np.zeros(mask.shape, np.int32)
    count = ndimage.label(mask, output=labelled)
    if count != 1:
        sizes = np.bincount(labelled.ravel())
        sizes[0] = 0
        mask = labelled == int(sizes.argmax())
    return filled(np.asarray(mask, bool))


def normalise(image: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Z-score over the foreground, with statistics that exclude outliers; 0 outside.

    An image without foreground, or with a constant one, becomes all zero.
    """
    values = image[mask]
    result = np.zeros(image.shape, np.float32)
    if values.size == 0:
        return result
    low, high = np.percentile(values, (0.5, 99.5))
    kept = values[(values >= low) & (values <= high)]
    deviation = float(kept.std())
    if not deviation > 1e-6 * max(1.0, abs(float(kept.mean()))):
        return result
    result[mask] = np.clip((values - kept.mean()) / deviation, -CLIP, CLIP)
    return result
