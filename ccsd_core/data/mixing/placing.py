"""Deforming a real patient: rotation, scaling, mirroring, displacement, and moving the tumour."""

import numpy as np

from ccsd_core.data.mixing.real_patient import RealPatient
from ccsd_core.data.synthetic.anatomy import Anatomy
from ccsd_core.data.synthetic.deformation import ElasticDeformation
from ccsd_core.data.synthetic.fields import Point, axis_mm
from ccsd_core.data.synthetic.sampling import sample
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import BRATS2021


def deformed(patient: RealPatient, deformation: ElasticDeformation) -> RealPatient:
    """The deformed patient on the same grid; a voxel has a label if at least half of it does."""
    head = patient.head
    mm, points = head.spacing_mm, deformation.points(head.spacing_mm)
    maps = np.stack(
        [
            *(patient.images[m] for m in Modality),
            *BRATS2021.regions(patient.labels).astype(np.float32),
            head.grey,
            head.white,
            head.fluid,
            head.texture,
        ]
    )
    images, regions, tissues = np.split(sample(maps, points, spacing_mm=mm, beyond="zeros"), [4, 7])
    depth, beside, across = sample(
        np.stack([head.depth, head.ventricle_distance_mm, head.midplane_distance_mm]),
        points,
        spacing_mm=mm,
    )
    brain = depth > 0
    grey, white, fluid, texture = tissues * brain
    seen = Anatomy(grey, white, fluid, texture, depth, beside, across, mm)
    labels = np.where(brain, BRATS2021.labels(regions >= 0.5), 0).astype(np.uint8)
    return RealPatient(
        dict(zip(Modality, images * brain, strict=True)), labels, seen, patient.sources
    )


def tumour_middle(patient: RealPatient) -> Point:
    """Centre of the tumour core in mm, or of the whole tumour if there is no core."""
    core = (patient.labels > 0) & (patient.labels != BRATS2021.oedema)
    inside = np.argwhere(core if core.any() else patient.labels > 0)
    x, y, z = (
        float(axis_mm(n, spacing_mm=patient.head.spacing_mm)[round(v)])
        for n, v in zip(patient.labels.shape, inside.mean(0), strict=True)
    )
    return x, y, z


def tumour_radius_mm(labels: np.ndarray, *, spacing_mm: float) -> float:
    """Radius of a ball with the volume of the whole tumour."""
    return float((np.count_nonzero(labels) * spacing_mm**3 * 3 / (4 * np.pi)) ** (1 / 3))


def jittered(rng: np.random.Generator, place: Point, *, by_mm: float) -> Point:
    """A random point near another."""
    x, y, z = (float(p + rng.normal(0, by_mm)) for p in place)
    return x, y, z
