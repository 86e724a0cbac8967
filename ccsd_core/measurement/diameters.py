"""The two diameters of a lesion in a slice according to RANO, and their product.

         ●──────────────●   longest: between two points of the outline
        ╱   │            ╲
       ●    │ longest chord at right angles to it, anywhere along it
        ╲   │            ╱
         ●──────────────●

The rule, as implemented: the lesion is one 3-D connected component (voxels that touch by a corner
belong together); of all slices, and in each of all connected parts, the one with the longest
diameter is measured. The outline runs halfway between the centres of voxels inside and outside, so
that a diameter is not systematically too long or too short. A diameter may cross a hole, such as a
necrosis. Its perpendicular is the longest chord at a right angle to it in the same part.

Source: Wen et al., Updated response assessment criteria for high-grade gliomas, J Clin Oncol 2010
(doi:10.1200/JCO.2009.26.3541): "the product of the maximal cross-sectional diameters". RANO does
not define the slice; the reader chooses it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ccsd_core.domain.box import tight_box
from ccsd_core.measurement.plane_mm import Point, in_plane_axes, mm_from_plane

Ends = tuple[Point, Point]
_scipy: Any = ndimage  # without types
_TOUCHING = {2: np.ones((3, 3), bool), 3: np.ones((3, 3, 3), bool)}
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Diameters:
    """The longest diameter of a lesion, and the longest one at a right angle to it.

    Args:
        longest: Its end points, in continuous voxel coordinates.
        perpendicular: The end points of the perpendicular diameter.
        longest_mm: Length of the longest diameter.
        perpendicular_mm: Length of the perpendicular diameter.
    """

    longest: Ends
    perpendicular: Ends
    longest_mm: float
    perpendicular_mm: float

    @property
    def product_mm2(self) -> float:
        """The product of both, the bidimensional measure."""
        return self.longest_mm * self.perpendicular_mm


def lesion_at(
    mask: NDArray[np.bool_], point_voxel: tuple[int, int, int] | None = None
) -> NDArray[np.bool_]:
    """The connected component that contains a voxel, otherwise the largest one.

    Args:
        mask: A region, shape (x, y, z).
        point_voxel: An index into the mask; ignored if it is not in the mask.
    """
    parts, count = _scipy.label(mask, _TOUCHING[3])
    if count == 0:
        return mask
    chosen = 0
    if point_voxel is not None and all(
        0 <= p < n for p, n in zip(point_voxel, mask.shape, strict=True)
    ):
        chosen = int(parts[point_voxel])
    if not chosen:
        chosen = 1 + int(np.bincount(parts.ravel())[1:].argmax())
    return parts == chosen


def diameters(
    lesion: NDArray[np.bool_], world_from_voxel: NDArray[np.float64], *, axis: int = 2
) -> Diameters | None:
    """Measure a lesion in the slices that are stacked along one axis.

    Args:
        lesion: Its voxels, shape (x, y, z).
        world_from_voxel: 4×4 affine to millimetres.
        axis: The axis along which the slices are stacked: 2 is axial.

    Returns:
        The diameters; None for an empty lesion.
    """
    box = tight_box(lesion)
    if box is None:
        return None
    to_mm = mm_from_plane(world_from_voxel, axis)
    best: tuple[float, int, NDArray[np.float64], NDArray[np.float64]] | None = None
    for index in range(box[axis].start, box[axis].stop):
        parts, count = _scipy.label(lesion.take(index, axis), _TOUCHING[2])
        for part in range(1, count + 1):
            outline = _segments(parts == part) @ to_mm
            ends = _farthest(outline.reshape(-1, 2))
            length = float(np.linalg.norm(ends[1] - ends[0]))
            if best is None or length > best[0] + _ROUNDING:
                best = length, index, ends, outline
    assert best is not None, "a box that is not empty has a slice with voxels"
    length, index, ends, outline = best
    across = _longest_chord(outline, (ends[1] - ends[0]) / length)

    def placed(points_mm: NDArray[np.float64]) -> Ends:
        made: list[Point] = []
        for first, second in (points_mm @ np.linalg.inv(to_mm)).tolist():
            point = [float(index)] * 3
            point[in_plane_axes(axis)[0]], point[in_plane_axes(axis)[1]] = first, second
            made.append((point[0], point[1], point[2]))
        return made[0], made[1]

    wide = float(np.linalg.norm(across[1] - across[0]))
    return Diameters(placed(ends), placed(across), length, wide)


def _segments(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The outline of a 2-D mask as segments (n, 2 ends, 2 coordinates), by marching squares."""
    padded = np.pad(mask, 1)
    a, b = padded[:-1, :-1], padded[1:, :-1]
    c, d = padded[:-1, 1:], padded[1:, 1:]
    corner = np.moveaxis(np.indices(a.shape), 0, -1) - 1.0  # voxel of `a`; padding is taken off
    crossings = (  # where the outline crosses an edge of the square between four centres
        (a != b, corner + np.array([0.5, 0.0])),
        (b != d, corner + np.array([1.0, 0.5])),
        (c != d, corner + np.array([0.5, 1.0])),
        (a != c, corner + np.array([0.0, 0.5])),
    )
    four = np.logical_and.reduce([crossed for crossed, _ in crossings])
    found = [
        np.stack([crossings[i][1][four], crossings[j][1][four]], axis=1)
        for i, j in ((0, 3), (1, 2))
    ]
    for i in range(4):
        for j in range(i + 1, 4):
            both = crossings[i][0] & crossings[j][0] & ~four
            found.append(np.stack([crossings[i][1][both], crossings[j][1][both]], axis=1))
    return np.asarray(np.concatenate(found), np.float64)


def _farthest(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The two points (2, 2) with the largest distance; they are corners of the convex hull."""
    from scipy.spatial import ConvexHull  # slow to import, and the window starts here

    corners = points[ConvexHull(points).vertices]
    apart = np.linalg.norm(corners[:, None] - corners[None], axis=-1)
    first, second = np.unravel_index(apart.argmax(), apart.shape)
    return corners[[first, second]]


def _longest_chord(
    segments: NDArray[np.float64], along: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The ends (2, 2) of the longest chord at a right angle to a direction.

    Between two corners of the outline the chord changes linearly, so the corners are tried.
    """
    across = np.array([-along[1], along[0]])
    u, v = segments @ along, segments @ across  # (n, 2 ends) each
    low, high = u.min(axis=1), u.max(axis=1)
    best = -1.0, 0.0, 0.0, 0.0
    for at in np.unique(np.round(u.ravel(), 6)):
        crossed = (low <= at + 1e-6) & (high >= at - 1e-6)
        here, there = u[crossed], v[crossed]
        span = here[:, 1] - here[:, 0]
        flat = np.abs(span) < 1e-6
        share = np.clip((at - here[:, 0]) / np.where(flat, 1.0, span), 0.0, 1.0)
        met = there[:, 0] + share * (there[:, 1] - there[:, 0])
        low_v = min(met.min(), there[flat].min(initial=np.inf))
        high_v = max(met.max(), there[flat].max(initial=-np.inf))
        if high_v - low_v > best[0] + _ROUNDING:
            best = float(high_v - low_v), float(at), float(low_v), float(high_v)
    _, at, low_v, high_v = best
    return np.stack([at * along + low_v * across, at * along + high_v * across])
