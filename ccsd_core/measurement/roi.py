"""Regions of interest in one slice: an ellipse or a polygon, its area and the intensities in it.

A voxel belongs to a region of interest if its centre lies inside. Areas are those of the drawn
shape, not of its voxels.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Point2 = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Intensities:
    """The intensities of an image inside a region of interest.

    Args:
        voxels: Number of voxels with finite values.
        mean: Their mean; NaN without voxels.
        sd: Their sample standard deviation (n − 1); NaN for fewer than two.
    """

    voxels: int
    mean: float
    sd: float


def ellipse_area_mm2(a: Point2, b: Point2, to_mm: NDArray[np.float64]) -> float:
    """The area of the ellipse inscribed in a rectangle, given by two corners in slice voxels.

    >>> round(ellipse_area_mm2((0, 0), (4, 2), np.diag([0.5, 3.0])), 3)  # π · 1 mm · 3 mm
    9.425
    """
    sides = abs(b[0] - a[0]), abs(b[1] - a[1])
    return math.pi / 4 * sides[0] * sides[1] * float(abs(np.linalg.det(to_mm)))


def polygon_area_mm2(points: Sequence[Point2], to_mm: NDArray[np.float64]) -> float:
    """The area of a polygon that does not cross itself, by the shoelace formula.

    >>> polygon_area_mm2([(0, 0), (4, 0), (4, 2), (0, 2)], np.diag([0.5, 3.0]))
    12.0
    """
    x, y = (np.asarray(points, np.float64) @ to_mm).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def ellipse_mask(a: Point2, b: Point2, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """The voxels with centres in the ellipse inscribed in a rectangle of two corners."""
    middle, half = np.add(a, b) / 2, np.abs(np.subtract(b, a)) / 2
    if not half.all():
        return np.zeros(shape, bool)
    i, j = (np.arange(n) for n in shape)
    across, down = ((i - middle[0]) / half[0]) ** 2, ((j - middle[1]) / half[1]) ** 2
    return across[:, None] + down[None, :] <= 1


def polygon_mask(points: Sequence[Point2], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """The voxels with centres in the polygon, by the even-odd rule."""
    i, j = np.meshgrid(*(np.arange(n, dtype=np.float64) for n in shape), indexing="ij")
    inside = np.zeros(shape, bool)
    for (i0, j0), (i1, j1) in zip(points, [*points[1:], *points[:1]], strict=True):
        if j0 == j1:
            continue
        crossed = (j0 > j) != (j1 > j)
        inside ^= crossed & (i < i0 + (j - j0) / (j1 - j0) * (i1 - i0))
    return inside


def intensities(image: NDArray[np.generic], mask: NDArray[np.bool_]) -> Intensities:
    """Mean and standard deviation of a slice's values inside a mask of the same shape.

    >>> intensities(np.array([[1.0, 3.0], [9.0, 9.0]]), np.array([[True, True], [False, False]]))
    Intensities(voxels=2, mean=2.0, sd=1.4142135623730951)
    """
    values = image[mask].astype(np.float64)
    values = values[np.isfinite(values)]
    mean = float(values.mean()) if len(values) else math.nan
    sd = float(values.std(ddof=1)) if len(values) > 1 else math.nan
    return Intensities(len(values), mean, sd)
