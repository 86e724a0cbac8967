"""Filling the holes of a mask: background that is not connected to the outside."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


def filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A 3-D mask with its holes filled; voxels are connected by their faces.

    A connected component of the background that touches no face of the mask's bounding box is a
    hole. The result equals `scipy.ndimage.binary_fill_holes` (tested), which grows the outside
    iteratively and takes several times as long.
    """
    result = mask.copy()
    found = ndimage.find_objects(mask.view(np.int8))
    if not found:
        return result
    (box,) = found
    parts = np.zeros(mask[box].shape, np.int32)
    count = ndimage.label(~mask[box], output=parts)
    hole = np.ones(int(count) + 1, bool)  # pyright: ignore[reportArgumentType]
    hole[0] = False  # the mask itself
    for axis in range(3):
        for face in (0, -1):
            hole[parts.take(face, axis=axis)] = False
    result[box] |= hole[parts]
    return result
