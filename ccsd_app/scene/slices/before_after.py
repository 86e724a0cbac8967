"""A sequence over the reference, before and after registration: squares, edges or brain mask.

    slice of the prepared grid ──▶ world ──▶ reference as scanned ─┐
                                     └─▶ (moved) sequence as scanned ─┴─▶ one picture of both

Checkerboard: where the images are aligned, edges continue from square to square. Edges: those of
the sequence, yellow, on the reference. Brain mask: the sequence with the outline, green.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.planes import Plane, SliceGeometry
from ccsd_app.scene.slices.edges import edges_of, grey_at, outline_of
from ccsd_app.session.preparation import Preparation
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.rigid import Nudge

SQUARE_MM = 24.0
OUTLINE_RGB = (64, 220, 120)
EDGE_RGB = (255, 214, 64)

Rgb = NDArray[np.uint8]


class Comparison(Enum):
    """How a sequence and the reference are put into one picture."""

    CHECKERBOARD = "Checkerboard"
    EDGES = "Edges"
    MASK = "Brain mask"


@dataclass(frozen=True, slots=True, eq=False)
class BeforeAfter:
    """Two pictures of one slice.

    Args:
        before: RGB (rows, columns, 3), the sequence at the position in its file.
        after: The same at its registered position, with the outline of the brain mask.
        size_mm: Width and height of both.
    """

    before: Rgb
    after: Rgb
    size_mm: tuple[float, float]


def geometry_of(preparation: Preparation, plane: Plane, *, radiological: bool) -> SliceGeometry:
    """The slices of the prepared grid."""
    grid = next(iter(preparation.prepared.volumes.values()))
    return SliceGeometry(plane, grid.shape, grid.spacing_mm, radiological)


def middle_of_brain(preparation: Preparation, plane: Plane) -> int:
    """The slice of the prepared grid that shows the middle of the brain."""
    prepared = preparation.prepared
    shown = prepared.brain or next(iter(prepared.volumes.values()))
    shown_slices = np.flatnonzero(
        shown.array.any(axis=tuple(a for a in range(3) if a != plane.normal_axis))
    )
    return (
        int(shown_slices[len(shown_slices) // 2])
        if len(shown_slices)
        else shown.shape[plane.normal_axis] // 2
    )


def before_after(
    preparation: Preparation,
    modality: Modality,
    plane: Plane,
    index: int,
    *,
    radiological: bool,
    comparison: Comparison = Comparison.CHECKERBOARD,
    nudge: Nudge | None = None,
) -> BeforeAfter:
    """The pictures of a sequence on a slice of the prepared grid.

    Args:
        preparation: The prepared case, and what was done to it.
        modality: The sequence.
        plane: Plane of the slice.
        index: Number of the slice.
        radiological: Patient's right on the left.
        comparison: How both are put into one picture.
        nudge: A manual adjustment to show instead of the one that was applied.
    """
    geometry = geometry_of(preparation, plane, radiological=radiological)
    prepared = preparation.prepared
    grid = next(iter(prepared.volumes.values()))
    volumes = preparation.original.volumes
    points = _world_points(grid, plane, index)
    moved = np.tensordot(_matrix(preparation, modality, nudge), points, axes=1)
    reference = geometry.upright(grey_at(volumes[prepared.record.reference], points))
    pictures = [
        _picture(
            geometry,
            reference,
            geometry.upright(grey_at(volumes[modality], from_points)),
            comparison,
        )
        for from_points in (points, moved)
    ]
    if prepared.brain is not None:
        mask = geometry.image_of(prepared.brain.array, index).astype(bool)
        pictures[1][outline_of(mask)] = OUTLINE_RGB
    size_mm = geometry.columns * geometry.column_mm, geometry.rows * geometry.row_mm
    return BeforeAfter(pictures[0], pictures[1], size_mm)


def _picture(geometry: SliceGeometry, reference: Rgb, sequence: Rgb, comparison: Comparison) -> Rgb:
    match comparison:
        case Comparison.CHECKERBOARD:
            grey = np.where(geometry.upright(_checkerboard(geometry)), reference, sequence)
        case Comparison.EDGES:
            grey = reference
        case Comparison.MASK:
            grey = sequence
    rgb = np.repeat(grey[..., None], 3, axis=2)
    if comparison is Comparison.EDGES:
        rgb[edges_of(sequence)] = EDGE_RGB
    return rgb


def _matrix(
    preparation: Preparation, modality: Modality, nudge: Nudge | None
) -> NDArray[np.float64]:
    """From world points of the prepared grid to those of the sequence as scanned."""
    record = preparation.prepared.record
    matrix = record.transforms[modality]
    if nudge is None:
        return matrix
    done = preparation.adjustments.nudges.get(modality, Nudge())
    return matrix @ done.matrix(record.centre_mm) @ np.linalg.inv(nudge.matrix(record.centre_mm))


def _world_points(grid: Volume, plane: Plane, index: int) -> NDArray[np.float64]:
    """World points of a slice, homogeneous: (4, column axis, row axis)."""
    across, down = grid.shape[plane.column_axis], grid.shape[plane.row_axis]
    voxels = np.ones((4, across, down))
    voxels[plane.normal_axis] = index
    voxels[plane.column_axis] = np.arange(across)[:, None]
    voxels[plane.row_axis] = np.arange(down)
    return np.tensordot(grid.world_from_voxel, voxels, axes=1)


def _checkerboard(geometry: SliceGeometry) -> NDArray[np.bool_]:
    """Where the reference is shown: (column axis, row axis)."""
    columns = np.arange(geometry.columns) * geometry.column_mm // SQUARE_MM
    rows = np.arange(geometry.rows) * geometry.row_mm // SQUARE_MM
    return (columns[:, None] + rows) % 2 == 0
