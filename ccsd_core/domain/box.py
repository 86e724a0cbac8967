"""The bounding box of a mask."""

import numpy as np
from numpy.typing import NDArray


def tight_box(mask: NDArray[np.bool_], *, margin: int = 0) -> tuple[slice, ...] | None:
    """The smallest box that contains every True voxel of `mask`, or None if there is none.

    >>> mask = np.zeros((5, 6), bool)
    >>> mask[1:3, 4] = True
    >>> tight_box(mask), tight_box(mask, margin=2)
    ((slice(1, 3, None), slice(4, 5, None)), (slice(0, 5, None), slice(2, 6, None)))

    Args:
        mask: Boolean array of any number of axes.
        margin: Voxels added on every side, clipped to the array.
    """
    sides: list[slice] = []
    for axis, size in enumerate(mask.shape):
        hit = np.flatnonzero(mask.any(axis=tuple(a for a in range(mask.ndim) if a != axis)))
        if not hit.size:
            return None
        sides.append(slice(max(int(hit[0]) - margin, 0), min(int(hit[-1]) + 1 + margin, size)))
    return tuple(sides)
