"""A patient with the tumour replaced: the healthy hemisphere mirrored over the affected one.

small tumour    mirror over the tumour and its surroundings only
large tumour    mirror over the whole hemisphere, since mass effect has deformed all of it
both sides      voxels affected on both sides are filled from their surroundings, and counted

The seam is soft, and the mirrored side is adapted to the shading of the side that it covers.
"""

from dataclasses import dataclass

import numpy as np

from ccsd_core.data.mixing.midplane import find_midplane, grid_points
from ccsd_core.data.mixing.real_patient import RealPatient, assembled
from ccsd_core.data.synthetic.fields import blend, blur, signed_depth_mm
from ccsd_core.data.synthetic.noise import Field, Mask, smooth_noise
from ccsd_core.data.synthetic.sampling import sample
from ccsd_core.domain.modality import Modality

LARGE_ML = 40.0
"""For larger tumours the whole hemisphere is replaced."""


@dataclass(frozen=True, slots=True, eq=False)
class PseudoHealthy:
    """A patient without tumour.

    Args:
        patient: The patient, with labels all 0.
        max_invented_ml: Volume in ml that is affected on both sides and was filled in.
    """

    patient: RealPatient
    max_invented_ml: float


def pseudo_healthy(patient: RealPatient) -> PseudoHealthy:
    """Replace the tumour of a patient."""
    mm = patient.head.spacing_mm
    sick = patient.labels > 0
    if not sick.any():
        return PseudoHealthy(patient, 0.0)
    depth = signed_depth_mm(sick, spacing_mm=mm)
    plane = find_midplane(patient, patient.head.brain & (depth < -5))
    points = grid_points(sick.shape, spacing_mm=mm)
    side = plane.side(points)
    stack = np.stack([*(patient.images[m] for m in Modality), depth, patient.head.depth])
    mirrored = sample(stack, plane.mirrored(points), spacing_mm=mm)
    cover = np.clip((depth + 10) / 5, 0, 1)
    if sick.sum() * mm**3 / 1000 > LARGE_ML:
        towards = np.sign(float(np.mean(side[sick])))
        cover = np.maximum(cover, np.clip(0.5 + towards * side / 6, 0, 1))
    cover = cover.astype(np.float32)
    brain = blend(patient.head.depth, mirrored[5], cover) > 0
    shown = (1 - cover) * (depth < -5) + cover * (mirrored[4] < -4)
    unknown = brain & (shown < 0.5)
    outside = patient.head.brain & (depth < -5)
    images = {}
    for m, other in zip(Modality, mirrored[:4], strict=True):
        ratio = _shading(patient.images[m], other, outside & (mirrored[4] < -4), mm=mm)
        image = blend(patient.images[m], other * ratio, cover)
        images[m] = (_filled(image, brain & ~unknown, unknown, mm=mm) * brain).astype(np.float32)
    tumour_free = assembled(images, np.zeros(sick.shape, np.uint8), brain, patient.sources[0], mm)
    return PseudoHealthy(tumour_free, float(unknown.sum() * mm**3 / 1000))


def _shading(image: Field, other: Field, both: Mask, *, mm: float) -> Field:
    """Ratio of the image to its mirror image, as a very smooth field near 1."""
    weight = both.astype(np.float32)
    here, there = (blur(a * weight, sigma_mm=16.0, spacing_mm=mm) + 0.05 for a in (image, other))
    return np.clip(here / there, 0.75, 1.33)


def _filled(image: Field, known: Mask, unknown: Mask, *, mm: float) -> Field:
    """The image with unknown voxels filled by smoothing known ones at increasing scales."""
    if not unknown.any():
        return image
    filled, weight = np.zeros_like(image), np.full(image.shape, 1e-6, np.float32)
    for sigma, trust in ((2.5, 1.0), (6.0, 0.05), (15.0, 0.002)):
        filled += trust * blur(image * known, sigma_mm=sigma, spacing_mm=mm)
        weight += trust * blur(known.astype(np.float32), sigma_mm=sigma, spacing_mm=mm)
    grain = smooth_noise(np.random.default_rng(0), image.shape, scale_mm=2.5, spacing_mm=mm)
    return np.where(unknown, filled / weight * (1 + 0.03 * grain), image)
