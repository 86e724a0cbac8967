"""The geometry of a series' slices: direction, distances, gaps, and bounding box.

rows_along ──▶ normal of the slices ──▶ position of each along it ──▶ spacing, gaps, repeats
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ccsd_core.dicom.instance import Placement, Point

PLANES = ("sagittal", "coronal", "axial")
"""The plane whose normal is the patient's x, y, z."""
SAME_POSITION_MM = 1e-2
"""Slices closer to each other than this have the same position."""
GAP = 1.5
"""A step larger than the median step by this factor means that a slice is missing."""
UNEVEN_STEP = 0.1
"""Steps that differ from the median step by more than this fraction are uneven."""


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """The slices of one series as a block.

    Args:
        plane: Axial, coronal or sagittal; empty if no orientation is stated.
        oblique_degrees: Angle between the normal and the nearest axis of the patient.
        matrix: Columns and rows of a slice.
        spacing_mm: Distance between columns, rows, and slices (the thickness if there is only one
            slice); 0 if not stated.
        thickness_mm: Slice thickness; 0 if not stated.
        position_count: Number of different slice positions.
        repeats: Number of images at each position; 0 if the numbers differ.
        missing: Number of missing slices, inferred from gaps between the others.
        uneven: Whether distances between slices differ otherwise.
        corners_mm: The corners of the block, LPS+ millimetres, shape (8, 3); None without
            positions.
    """

    plane: str
    oblique_degrees: float
    matrix: tuple[int, int]
    spacing_mm: tuple[float, float, float]
    thickness_mm: float
    position_count: int
    repeats: int
    missing: int
    uneven: bool
    corners_mm: NDArray[np.float64] | None = field(repr=False)

    @property
    def extent_mm(self) -> tuple[float, float, float]:
        """Edges of the block: along the rows, down the columns, through the slices."""
        columns, rows = self.matrix
        counts = (columns, rows, self.position_count + self.missing)
        x, y, z = (count * mm for count, mm in zip(counts, self.spacing_mm, strict=True))
        return x, y, z


def stack_of(placements: Sequence[Placement]) -> Stack:
    """The block of slices of one series."""
    first = placements[0]
    positions = [point for placement in placements for point in placement.positions]
    thickness = first.thickness_mm or 0.0
    row_mm, column_mm = first.spacing_mm or (0.0, 0.0)
    if first.rows_along is None or not positions:
        count = sum(max(1, len(p.positions)) for p in placements)
        matrix, spacing = (first.columns, first.rows), (column_mm, row_mm, thickness)
        return Stack(
            "", 0.0, matrix, spacing, thickness, count, 1, 0, uneven=False, corners_mm=None
        )
    right, down, normal = _directions(first.rows_along)
    plane, oblique = _plane(normal)
    along = np.sort(np.asarray(positions) @ normal)
    slice_positions, counts = _slice_positions(along)
    steps = np.diff(slice_positions)
    median = float(np.median(steps)) if steps.size else thickness
    gaps = np.maximum(np.rint(steps / median) - 1, 0) * (steps > GAP * median) if median else steps
    even = np.abs(steps - median) <= UNEVEN_STEP * median + SAME_POSITION_MM
    return Stack(
        plane,
        oblique,
        (first.columns, first.rows),
        (column_mm, row_mm, median),
        thickness,
        len(slice_positions),
        int(counts[0]) if len(set(counts)) == 1 else 0,
        int(gaps.sum()) if steps.size else 0,
        bool((~even & (gaps == 0)).any()) if steps.size else False,
        _corners(first, positions, (right, down, normal), (column_mm, row_mm, median)),
    )


def overlap(one: Stack, other: Stack) -> float:
    """The fraction of the smaller bounding box inside the other; 1 if positions are unknown.

    The boxes are aligned with the patient's axes, so the overlap of oblique blocks is
    overestimated.
    """
    if one.corners_mm is None or other.corners_mm is None:
        return 1.0
    lows = [corners.min(axis=0) for corners in (one.corners_mm, other.corners_mm)]
    highs = [corners.max(axis=0) for corners in (one.corners_mm, other.corners_mm)]
    smaller = min(float(np.prod(high - low)) for low, high in zip(lows, highs, strict=True))
    shared = float(np.prod(np.maximum(np.minimum(*highs) - np.maximum(*lows), 0)))
    return shared / smaller if smaller > 0 else 0.0


def _directions(rows_along: tuple[float, ...]) -> tuple[NDArray[np.float64], ...]:
    right, down = np.asarray(rows_along[:3]), np.asarray(rows_along[3:])
    normal = np.cross(right, down)
    length = float(np.linalg.norm(normal))
    return right, down, normal / length if length > 0 else np.asarray((0.0, 0.0, 1.0))


def _plane(normal: NDArray[np.float64]) -> tuple[str, float]:
    axis = int(np.abs(normal).argmax())
    return PLANES[axis], math.degrees(math.acos(min(1.0, float(abs(normal[axis])))))


def _slice_positions(along: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The different slice positions, in order, and the number of slices at each."""
    begins = np.flatnonzero(np.diff(along, prepend=-np.inf) > SAME_POSITION_MM)
    return along[begins], np.diff(np.append(begins, len(along)))


def _corners(
    first: Placement,
    positions: list[Point],
    directions: tuple[NDArray[np.float64], ...],
    spacing_mm: tuple[float, float, float],
) -> NDArray[np.float64]:
    right, down, normal = directions
    along = np.asarray(positions) @ normal
    ends = [np.asarray(positions[int(i)]) for i in (along.argmin(), along.argmax())]
    across = (0.0, first.columns * spacing_mm[0]), (0.0, first.rows * spacing_mm[1])
    half = normal * spacing_mm[2] / 2
    return np.asarray(
        [
            end + side * half + x * right + y * down
            for end, side in zip(ends, (-1, 1), strict=True)
            for x in across[0]
            for y in across[1]
        ]
    )
