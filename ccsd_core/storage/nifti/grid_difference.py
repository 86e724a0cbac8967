"""The difference between the grid of an image and that of the case's first sequence, as text."""

# nibabel is typed only in part.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Sequence

import numpy as np
from nibabel.orientations import inv_ornt_aff, io_orientation
from numpy.typing import NDArray

from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.volume import GRID_TOLERANCE_MM, corner_distance_mm
from ccsd_core.storage.image_format import ImageHeader

SPACING_TOLERANCE_MM = 1e-3


def spacing_mm(stored: StoredGrid) -> tuple[float, float, float]:
    """Edge lengths of a voxel along the stored axes."""
    x, y, z = _spacing(stored.affine)
    return x, y, z


def grid_difference(one: ImageHeader, first: ImageHeader) -> str:
    """How the grid of `one` differs from that of `first`; "" if they are equal.

    The order in which voxels are stored does not count: images are reoriented when they are read.
    An image that does not state its position is placed like others of its shape.
    """
    if not (one.placed and first.placed) and one.shape[:3] == first.shape[:3]:
        return ""
    shape, affine = _canonical(one.stored)
    wanted_shape, wanted_affine = _canonical(first.stored)
    differences: list[str] = []
    if shape != wanted_shape:
        differences.append(f"{_times(shape)} voxels instead of {_times(wanted_shape)}")
    spacing, wanted = _spacing(affine), _spacing(wanted_affine)
    if not np.allclose(spacing, wanted, atol=SPACING_TOLERANCE_MM):
        differences.append(f"{_times(spacing)} mm instead of {_times(wanted)}")
    apart = corner_distance_mm(shape, affine, wanted_affine)
    if not differences and apart > GRID_TOLERANCE_MM:
        at_same_origin = affine.copy()
        at_same_origin[:3, 3] = wanted_affine[:3, 3]
        if corner_distance_mm(shape, at_same_origin, wanted_affine) > GRID_TOLERANCE_MM:
            differences.append("axes in another direction")
        else:
            distance = float(np.linalg.norm(affine[:3, 3] - wanted_affine[:3, 3]))
            differences.append(f"another origin, {distance:.3g} mm away")
    return ", ".join(differences)


def _canonical(stored: StoredGrid) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    orientation = io_orientation(stored.affine)
    shape = tuple(stored.shape[axis] for axis in np.argsort(orientation[:, 0]))
    return shape, stored.affine @ inv_ornt_aff(orientation, stored.shape)


def _spacing(affine: NDArray[np.float64]) -> list[float]:
    return np.linalg.norm(affine[:3, :3], axis=0).tolist()


def _times(numbers: Sequence[float]) -> str:
    return " × ".join(f"{number:.3g}" if number < 100 else f"{number:.0f}" for number in numbers)
