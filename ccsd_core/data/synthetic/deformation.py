"""Deformation of the average head: rotation, scaling, mirroring, elastic deformation.

    voxel of the head ──(+ displacement)──▶ ──(matrix: rotation, scale)──▶ point in the template

The displacement (elastic deformation, mass effect, widened ventricles) is a cubic spline over
knots 6 mm apart, so that the same head can be sampled on a coarse grid (to plan a tumour) and on a
fine one.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial.transform import Rotation

from ccsd_core.data.synthetic.fields import Point, axis_mm
from ccsd_core.data.synthetic.noise import Field, Shape, smooth_noise, spline, spline_weights
from ccsd_core.data.synthetic.template import template

FIELD_OF_VIEW_MM = (168.0, 208.0, 168.0)
"""Edges of the block that contains a head; the largest head fits with a margin."""
KNOTS_MM = 6.0
COARSE_MM = 4.0
"""Spacing of the template that the widening of the ventricles is computed on."""


@dataclass(frozen=True, slots=True, eq=False)
class ElasticDeformation:
    """Map from points of a head to the template: an affine map and a displacement.

    Args:
        matrix: From head coordinates to template coordinates in mm, 3×3.
        knots: Spline coefficients of the displacement in mm (3, a, b, c).
        widening_mm: Outward displacement of the ventricles' walls.
    """

    matrix: Field
    knots: Field
    widening_mm: float

    def displaced_by(self, push: Field) -> "ElasticDeformation":
        """The deformation plus a displacement, given at the knots in mm (3, a, b, c)."""
        return ElasticDeformation(self.matrix, self.knots + push, self.widening_mm)

    def moved(self, place: Point, onto: Point) -> "ElasticDeformation":
        """The deformation shifted so that `place` of the head maps near `onto` of the template."""
        back = np.linalg.inv(self.matrix) @ np.asarray(onto, np.float32)
        shift = (back - np.asarray(place)).astype(np.float32)
        return self.displaced_by(shift.reshape(3, 1, 1, 1))

    def points(self, spacing_mm: float) -> Field:
        """Template coordinates (3, x, y, z) of the head's voxels, in mm from the centre."""
        shape = head_shape(spacing_mm)
        weights = [
            spline_weights((axis_mm(n, spacing_mm=spacing_mm) - low) / KNOTS_MM, knots=k)
            for n, low, k in zip(shape, _first_knots_mm(), _knots(), strict=True)
        ]
        x, y, z = (axis_mm(n, spacing_mm=spacing_mm) for n in shape)
        moved = np.stack([spline(k, weights) for k in self.knots])
        moved[0] += x[:, None, None]
        moved[1] += y[None, :, None]
        moved[2] += z[None, None, :]
        return (self.matrix @ moved.reshape(3, -1)).reshape(3, *shape)


def draw_head_deformation(rng: np.random.Generator) -> ElasticDeformation:
    """A random deformation from a head to the average brain; brains have about 1.1 to 1.8 L."""
    deformation = draw_deformation(rng, size=(1.01, 1.16))
    widening = float(rng.choice([rng.uniform(-0.5, 2.0), rng.uniform(2.0, 7.0)], p=(0.65, 0.35)))
    return ElasticDeformation(
        deformation.matrix,
        deformation.knots + _ventricle_widening(deformation.matrix, widening),
        widening,
    )


def draw_deformation(
    rng: np.random.Generator,
    *,
    size: tuple[float, float],
    degrees: float = 5.0,
    strength: float = 1.0,
) -> ElasticDeformation:
    """A random deformation: rotation, scaling, displacement, and mirroring in half the cases.

    Args:
        rng: Generator of random numbers.
        size: Range of the ratio of the other head's size to this one's.
        degrees: Standard deviation of the rotation about each axis.
        strength: Factor of the elastic displacement; 1 displaces by about 2 to 4 mm.
    """
    rotation = Rotation.from_euler("xyz", rng.normal(0, degrees, 3), degrees=True).as_matrix()
    stretch = rng.uniform(*size) * np.exp(rng.normal(0, 0.03, 3))
    stretch[0] *= rng.choice([-1, 1])
    matrix = (rotation @ np.diag(stretch)).astype(np.float32)
    knots = np.zeros((3, *_knots()), np.float32)
    for scale, amount in ((45.0, rng.uniform(1.5, 4.0)), (16.0, rng.uniform(0.6, 1.5))):
        for axis in range(3):
            wave = smooth_noise(rng, _knots(), scale_mm=scale, spacing_mm=KNOTS_MM)
            knots[axis] += np.float32(strength * amount) * wave
    return ElasticDeformation(matrix, knots, 0.0)


def knots_from(centre: Point) -> Field:
    """Offset in mm of each knot from a point of the head: (3, a, b, c)."""
    axes = [
        low + KNOTS_MM * np.arange(k) - c
        for low, k, c in zip(_first_knots_mm(), _knots(), centre, strict=True)
    ]
    return np.stack(np.meshgrid(*axes, indexing="ij")).astype(np.float32)


def at_knots(field: Field, *, spacing_mm: float) -> Field:
    """A field on the head's grid, sampled at the knots: (a, b, c)."""
    places = knots_from((0.0, 0.0, 0.0)) / spacing_mm
    places += (np.reshape(field.shape, (3, 1, 1, 1)).astype(np.float32) - 1) / 2
    return ndimage.map_coordinates(field, places, order=1, mode="nearest")


def head_shape(spacing_mm: float) -> Shape:
    """Shape of the head's grid at a spacing."""
    x, y, z = (max(1, round(mm / spacing_mm)) for mm in FIELD_OF_VIEW_MM)
    return x, y, z


def _knots() -> Shape:
    x, y, z = (int(np.ceil(mm / KNOTS_MM)) + 5 for mm in FIELD_OF_VIEW_MM)
    return x, y, z


def _first_knots_mm() -> tuple[float, ...]:
    return tuple(-(k - 1) / 2 * KNOTS_MM for k in _knots())


def _ventricle_widening(matrix: Field, widening_mm: float) -> Field:
    """Displacement at the knots that moves the ventricles' walls outwards, fading over 15 mm."""
    average = template(COARSE_MM)
    slope = np.stack(np.gradient(average.maps[4], COARSE_MM))
    slope /= np.maximum(np.sqrt((slope**2).sum(0)), 1e-3)
    fade = np.exp(-np.maximum(average.maps[4], 0) / 15.0) * np.clip(1 + average.maps[4] / 6, 0, 1)
    places = np.einsum("ij,jabc->iabc", matrix, knots_from((0.0, 0.0, 0.0))) / COARSE_MM
    places += np.reshape(average.middle, (3, 1, 1, 1))
    inward = np.stack(
        [
            ndimage.map_coordinates(-widening_mm * fade * s, places, order=1, mode="nearest")
            for s in slope
        ]
    )
    back = np.linalg.inv(matrix)
    return np.einsum("ij,jabc->iabc", back, inward).astype(np.float32)
