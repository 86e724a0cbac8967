"""Smooth random fields, for shapes, textures and bias fields.

A field is a cubic B-spline over random knots, evaluated axis by axis as three matrix products: it
has no creases, and a coarse field costs little more than allocating it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Shape = tuple[int, int, int]
Field = NDArray[np.floating]
Mask = NDArray[np.bool_]


def smooth_noise(
    rng: np.random.Generator,
    shape: Shape,
    *,
    scale_mm: float,
    spacing_mm: float | Sequence[float],
) -> Field:
    """A random field of zero mean and unit variance with knots `scale_mm` apart.

    Args:
        rng: Generator of random numbers.
        shape: Shape of the field.
        scale_mm: Distance of the knots.
        spacing_mm: Voxel edge, one for all axes or one for each.
    """
    weights = []
    for n, edge_mm in zip(shape, np.broadcast_to(spacing_mm, 3), strict=True):
        step = max(scale_mm / float(edge_mm), 1.0)
        positions = (np.arange(n) / step + rng.random() + 1.0).astype(np.float32)
        weights.append(spline_weights(positions, knots=int(np.ceil((n - 1) / step)) + 5))
    knots = [w.shape[1] for w in weights]
    field = spline(rng.standard_normal(knots, dtype=np.float32), weights)
    field -= field.mean()
    field /= max(float(field.std()), 1e-6)
    return field


def rough_noise(
    rng: np.random.Generator, shape: Shape, *, scale_mm: float, spacing_mm: float
) -> Field:
    """Three octaves of smooth noise, for irregular outlines."""
    total = np.zeros(shape, np.float32)
    for octave, weight in enumerate((1.0, 0.55, 0.3)):
        scale = scale_mm / 2**octave
        total += weight * smooth_noise(rng, shape, scale_mm=scale, spacing_mm=spacing_mm)
    return total / max(float(total.std()), 1e-6)


def spline(knots: Field, weights: list[Field]) -> Field:
    """Evaluate a tensor-product spline.

    Args:
        knots: Coefficients (a, b, c).
        weights: Weight of each knot in each voxel, for each axis: (x, a), (y, b), (z, c).

    Returns:
        Values (x, y, z).
    """
    along_x, along_y, along_z = weights
    a, b, c = knots.shape
    field = (along_x @ knots.reshape(a, b * c)).reshape(-1, b, c)
    return np.matmul(along_y, field) @ along_z.T


def spline_weights(positions: Field, *, knots: int) -> Field:
    """Cubic B-spline weights (n, knots) at positions given in units of the knot distance.

    Positions must lie in [1, knots − 2); others are clipped to it.
    """
    positions = np.clip(positions, 1.0, knots - 2 - 1e-3)
    base = np.floor(positions).astype(int)
    t = (positions - base).astype(np.float32)
    weights = np.zeros((len(positions), knots), np.float32)
    rows = np.arange(len(positions))
    weights[rows, base - 1] = (1 - t) ** 3 / 6
    weights[rows, base] = (3 * t**3 - 6 * t**2 + 4) / 6
    weights[rows, base + 1] = (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6
    weights[rows, base + 2] = t**3 / 6
    return weights
