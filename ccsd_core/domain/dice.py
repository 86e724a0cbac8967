"""The Dice coefficient of two masks."""

import numpy as np
from numpy.typing import NDArray

from ccsd_core.errors import BadInputError


def dice(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Dice coefficient of two masks of one shape; 1 if both are empty.

    Raises:
        BadInputError: If the shapes differ.

    >>> dice(np.array([True, True, False]), np.array([True, False, False]))
    0.6666666666666666
    >>> dice(np.array([False]), np.array([False]))
    1.0
    """
    if one.shape != other.shape:
        raise BadInputError(
            f"masks of shapes {one.shape} and {other.shape} cannot be compared: resample both to "
            "one grid"
        )
    shared = int(np.count_nonzero(one & other))
    return dice_of_counts(shared, int(np.count_nonzero(one)), int(np.count_nonzero(other)))


def dice_of_counts(shared: int, one: int, other: int) -> float:
    """Dice coefficient from voxel counts; 1 if both masks are empty.

    Args:
        shared: Voxels in both masks.
        one: Voxels in one mask.
        other: Voxels in the other.
    """
    total = one + other
    return 2 * shared / total if total else 1.0
