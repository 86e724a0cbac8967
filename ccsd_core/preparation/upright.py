"""The prepared grid: 1 mm, of BraTS' size, with the head upright in it.

reference's brain ──registered rigidly onto the average brain──▶ axes of the grid

Slices are oblique and heads are tilted, but the model was trained on heads aligned with an atlas.
The grid is rotated, not the world coordinates: prepared images overlay the reference in any viewer.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ccsd_core.domain.volume import Volume
from ccsd_core.errors import MissingLibraryError
from ccsd_core.preparation.grids import box_of, centred
from ccsd_core.preparation.registration.search import LEVELS, Fixed, register
from ccsd_core.preparation.rigid import Matrix, size_of
from ccsd_core.progress import Steps

SHAPE = (240, 240, 155)
"""Voxels of a BraTS image along x, y, z."""
MARGIN = 2
"""Empty voxels around a brain that is larger than `SHAPE`."""
MAX_ROTATION_DEGREES = 45.0
"""A head in a coil is not rotated further; a larger angle means that the registration failed."""


def upright_axes(volume: Volume, brain: NDArray[np.bool_]) -> Steps[tuple[Matrix, float]]:
    """The directions to the patient's right, front and top, one per column, and their rotation.

    Args:
        volume: A sequence.
        brain: Its brain, on the same grid.

    Returns:
        3×3 matrix in the volume's world coordinates, and its angle in degrees; the identity if the
        registration failed.
    """
    average = _average_brain()
    fixed = Fixed(average, average.array.astype(np.float32) > 0)
    low, high = box_of(brain)
    x, y, z = ((low + high) / 2).tolist()
    start = np.eye(4)
    start[:3, 3] = np.asarray(volume.world_from((x, y, z))) - np.asarray(fixed.centre_mm)
    shown = volume.with_array(np.where(brain, volume.array, 0).astype(np.float32))
    matrix = yield from register(fixed, shown, start, levels=LEVELS[:2])
    _, degrees = size_of(matrix, fixed.centre_mm)
    if degrees > MAX_ROTATION_DEGREES:
        return np.eye(3), 0.0
    return matrix[:3, :3], degrees


def grid_around(volume: Volume, brain: NDArray[np.bool_], axes: Matrix) -> Volume:
    """An isotropic 1 mm grid of BraTS' size, or larger, with the brain in its middle."""
    places = np.argwhere(brain & ~np.asarray(ndimage.binary_erosion(brain), bool))
    world = (volume.world_from_voxel @ np.c_[places, np.ones(len(places))].T)[:3]
    turned = axes.T @ world
    low, high = turned.min(axis=1), turned.max(axis=1)
    shape = np.maximum(np.ceil(high - low).astype(int) + 2 * MARGIN, SHAPE)
    return centred(axes, axes @ ((low + high) / 2), shape, np.ones(3))


def _average_brain() -> Volume:
    try:
        from nilearn.datasets import load_mni152_template
    except ImportError as error:
        raise MissingLibraryError(
            "turning a head upright needs nilearn: pip install nilearn"
        ) from error
    image = load_mni152_template(resolution=2)
    return Volume(np.asarray(image.get_fdata(), np.float32), np.asarray(image.affine, np.float64))
