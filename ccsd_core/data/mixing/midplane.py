"""The plane that best mirrors one half of a brain onto the other."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, optimize

from ccsd_core.data.mixing.real_patient import RealPatient
from ccsd_core.data.synthetic.fields import axis_mm
from ccsd_core.data.synthetic.noise import Field, Mask
from ccsd_core.domain.modality import Modality

SAMPLES = 12_000
SEQUENCES = (Modality.T1, Modality.T2, Modality.FLAIR)


@dataclass(frozen=True, slots=True, eq=False)
class Midplane:
    """A plane near x = 0.

    Args:
        normal: Unit vector, mostly along x.
        offset_mm: Distance from the grid's middle along the normal.
    """

    normal: Field
    offset_mm: float

    @classmethod
    def of(cls, offset_mm: float, yaw: float, roll: float) -> "Midplane":
        """Midplane from its offset in mm and two small angles in radians."""
        normal = np.array([1.0, yaw, roll])
        return cls((normal / np.linalg.norm(normal)).astype(np.float32), float(offset_mm))

    def side(self, points: Field) -> Field:
        """Signed distance of points (3, …) in mm, positive on the right."""
        return np.tensordot(self.normal, points, axes=1) - np.float32(self.offset_mm)

    def mirrored(self, points: Field) -> Field:
        """The mirrored points (3, …)."""
        normal = self.normal.reshape(3, *[1] * (points.ndim - 1))
        return points - 2 * self.side(points) * normal


def find_midplane(patient: RealPatient, healthy: Mask) -> Midplane:
    """The plane with the smallest difference between healthy voxels and their mirror images."""
    mm = patient.head.spacing_mm
    where = np.argwhere(healthy & (patient.head.depth > 2))
    where = where[:: max(1, len(where) // SAMPLES)]
    middle = (np.asarray(healthy.shape) - 1) / 2
    points = ((where - middle) * mm).T.astype(np.float32)
    images = [
        ndimage.gaussian_filter(np.minimum(patient.images[m], 2.5), 2.0 / mm) for m in SEQUENCES
    ]
    known = healthy.astype(np.float32)
    here = [image[tuple(where.T)] for image in images]

    def cost(parameters: np.ndarray) -> float:
        plane = Midplane.of(parameters[0], parameters[1], parameters[2])
        there = plane.mirrored(points) / mm + middle[:, None]
        weight = ndimage.map_coordinates(known, there, order=1)
        apart = sum(
            float((np.abs(ndimage.map_coordinates(i, there, order=1) - h) * weight).sum())
            for i, h in zip(images, here, strict=True)
        )
        return apart / max(float(weight.sum()), 1.0)

    start = np.array([[0, 0, 0], [4, 0, 0], [0, 0.06, 0], [0, 0, 0.06]], np.float64)
    found = optimize.minimize(
        cost,
        np.zeros(3),
        method="Nelder-Mead",
        options={"maxiter": 90, "xatol": 0.005, "fatol": 1e-4, "initial_simplex": start},
    )
    return Midplane.of(found.x[0], found.x[1], found.x[2])


def grid_points(shape: tuple[int, int, int], *, spacing_mm: float) -> Field:
    """Millimetres from the middle for each voxel: (3, x, y, z)."""
    axes = [axis_mm(n, spacing_mm=spacing_mm) for n in shape]
    return np.stack(np.meshgrid(*axes, indexing="ij")).astype(np.float32)
