"""A sequence and the reference in the squares of a checkerboard, before and after registration.

    slice of the prepared grid ──▶ world ──▶ reference as scanned ─┐
                                     └─▶ (moved) sequence as scanned ─┴─▶ squares, mask outline

Where the images are aligned, edges continue from square to square.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage  # pyright: ignore[reportMissingTypeStubs]

from ccsd_app.scene.foreground import robust_window
from ccsd_app.scene.planes import Plane, SliceGeometry
from ccsd_app.scene.slices.slice_image import grey_levels
from ccsd_app.session.preparation import Preparation
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume

SQUARE_MM = 24.0
OUTLINE_RGB = (64, 220, 120)


@dataclass(frozen=True, slots=True, eq=False)
class BeforeAfter:
    """Two pictures of one slice.

    Args:
        before: RGB (rows, columns, 3), the sequence at the position in its file.
        after: The same at its registered position, with the outline of the brain mask.
        size_mm: Width and height of both.
    """

    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    size_mm: tuple[float, float]


def geometry_of(preparation: Preparation, plane: Plane, *, radiological: bool) -> SliceGeometry:
    """The slices of the prepared grid."""
    grid = next(iter(preparation.prepared.volumes.values()))
    return SliceGeometry(plane, grid.shape, grid.spacing_mm, radiological)


def middle_of_brain(preparation: Preparation, plane: Plane) -> int:
    """The slice of the prepared grid that shows the middle of the brain."""
    prepared = preparation.prepared
    shown = prepared.brain or next(iter(prepared.volumes.values()))
    there = np.flatnonzero(
        shown.array.any(axis=tuple(a for a in range(3) if a != plane.normal_axis))
    )
    return int(there[len(there) // 2]) if len(there) else shown.shape[plane.normal_axis] // 2


def before_after(
    preparation: Preparation, modality: Modality, plane: Plane, index: int, *, radiological: bool
) -> BeforeAfter:
    """The pictures of a sequence on slice `index` of the prepared grid."""
    geometry = geometry_of(preparation, plane, radiological=radiological)
    prepared = preparation.prepared
    grid = next(iter(prepared.volumes.values()))
    volumes = preparation.original.volumes
    places = _places(grid, plane, index)
    moved = np.tensordot(prepared.record.transforms[modality], places, axes=1)
    reference = _grey(volumes[prepared.record.reference], places)
    pictures: list[NDArray[np.uint8]] = []
    for at in (places, moved):
        mixed = np.where(_squares(geometry), reference, _grey(volumes[modality], at))
        pictures.append(np.repeat(geometry.upright(mixed)[..., None], 3, axis=2))
    if prepared.brain is not None:
        mask = geometry.image_of(prepared.brain.array, index).astype(bool)
        inner: Any = ndimage.binary_erosion(mask)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        pictures[1][mask & ~inner] = OUTLINE_RGB
    size_mm = geometry.columns * geometry.column_mm, geometry.rows * geometry.row_mm
    return BeforeAfter(pictures[0], pictures[1], size_mm)


def _places(grid: Volume, plane: Plane, index: int) -> NDArray[np.float64]:
    """World points of a slice, homogeneous: (4, column axis, row axis)."""
    across, down = grid.shape[plane.column_axis], grid.shape[plane.row_axis]
    voxels = np.ones((4, across, down))
    voxels[plane.normal_axis] = index
    voxels[plane.column_axis] = np.arange(across)[:, None]
    voxels[plane.row_axis] = np.arange(down)
    return np.tensordot(grid.world_from_voxel, voxels, axes=1)


def _grey(volume: Volume, places: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Grey levels of a volume at world points; black beyond it."""
    at = np.tensordot(np.linalg.inv(volume.world_from_voxel), places, axes=1)[:3]
    values: Any = ndimage.map_coordinates(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        volume.array, at, order=1, output=np.float32, cval=np.nan
    )
    return grey_levels(values, robust_window(volume.array))


def _squares(geometry: SliceGeometry) -> NDArray[np.bool_]:
    """Where the reference is shown: (column axis, row axis)."""
    columns = np.arange(geometry.columns) * geometry.column_mm // SQUARE_MM
    rows = np.arange(geometry.rows) * geometry.row_mm // SQUARE_MM
    return (columns[:, None] + rows) % 2 == 0
