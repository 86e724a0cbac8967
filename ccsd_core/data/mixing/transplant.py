"""Transplanting a real tumour, with intensities and labels, into another anatomy.

donor ──deformation──▶ its tumour at the target position ──soft seam──▶ host
                matched in brightness along the seam
"""

import numpy as np

from ccsd_core.data.mixing.placing import deformed, jittered, tumour_middle, tumour_radius_mm
from ccsd_core.data.mixing.real_patient import RealPatient
from ccsd_core.data.synthetic.deformation import draw_deformation
from ccsd_core.data.synthetic.fields import Point, blend, block_of, blur, signed_depth_mm
from ccsd_core.data.synthetic.noise import Field, Mask
from ccsd_core.data.synthetic.plan import draw_place
from ccsd_core.domain.modality import Modality

TRIES = 4


def transplant(rng: np.random.Generator, host: RealPatient, donor: RealPatient) -> RealPatient:
    """The host with the donor's tumour.

    Args:
        rng: Generator of random numbers.
        host: A patient without tumour; a tumour of the host is kept where it is not covered.
        donor: A patient with a tumour; for one without, the host is returned unchanged.
    """
    if not donor.labels.any():
        return host
    seen = _transplant_labels(rng, host, donor, size=(0.8, 1.5), strength=1.0)
    mm = host.head.spacing_mm
    sick = seen.labels > 0
    block = block_of(sick, margin=int(np.ceil(14 / mm)))
    depth = signed_depth_mm(sick[block], spacing_mm=mm)
    inside = np.clip(seen.head.depth[block] / 2, 0, 1) * (host.head.depth[block] > 0)
    seam = float(rng.uniform(3, 8))
    share = np.clip(1 + (depth - 1) / seam, 0, 1) * inside
    share = np.maximum(blur(share, sigma_mm=1.0, spacing_mm=mm), sick[block]) * inside
    around = (depth < -1) & (depth > -10) & (inside > 0.9)
    around &= (host.head.fluid[block] < 0.4) & (seen.head.fluid[block] < 0.4)
    images = {m: image.copy() for m, image in host.images.items()}
    for m in Modality:
        here, there = images[m][block], seen.images[m][block]
        images[m][block] = blend(here, there * _gain(here, there, around), share)
    labels = host.labels.copy()
    pasted = (share >= 0.5) & sick[block]
    labels[block] = np.where(pasted, seen.labels[block], np.where(share > 0.5, 0, labels[block]))
    return RealPatient(images, labels, host.head, host.sources).with_sources(*donor.sources)


def transplant_shape(
    rng: np.random.Generator, host: RealPatient, donor: RealPatient
) -> RealPatient:
    """The strongly deformed donor with its tumour within the host; only its labels are used."""
    return _transplant_labels(rng, host, donor, size=(0.7, 1.8), strength=2.2)


def transplant_library_shape(
    rng: np.random.Generator, host: RealPatient, shape: RealPatient
) -> RealPatient:
    """A library's shape near its original position, sometimes mirrored, slightly deformed.

    Args:
        rng: Generator of random numbers.
        host: Patient into whom it is placed.
        shape: The host with the shape as labels (`ShapeLibrary.on`).
    """
    middle = tumour_middle(shape)
    deformation = draw_deformation(rng, size=(0.85, 1.2), degrees=10.0, strength=1.2)
    side = float(np.sign(deformation.matrix[0, 0]))
    place = jittered(rng, (side * middle[0], middle[1], middle[2]), by_mm=6.0)
    seen = deformed(shape, deformation.moved(place, middle))
    labels = np.where(host.head.brain, seen.labels, 0).astype(np.uint8)
    return RealPatient(host.images, labels, host.head, shape.sources)


def _transplant_labels(
    rng: np.random.Generator,
    host: RealPatient,
    donor: RealPatient,
    *,
    size: tuple[float, float],
    strength: float,
) -> RealPatient:
    """The donor with its tumour at the position in the host that keeps most of it."""
    mm = donor.head.spacing_mm
    middle = tumour_middle(donor)
    best, most = None, -1.0
    tissue = host.head.brain & (host.head.fluid < 0.5)
    for _ in range(TRIES):
        deformation = draw_deformation(rng, size=size, degrees=12.0, strength=strength)
        if rng.random() < 0.5:
            side = float(np.sign(deformation.matrix[0, 0]))
            home: Point = (side * middle[0], middle[1], middle[2])
            place = jittered(rng, home, by_mm=9.0)
        else:
            place = draw_place(rng, host.head, tumour_radius_mm(donor.labels, spacing_mm=mm))
        seen = deformed(donor, deformation.moved(place, middle))
        whole = seen.labels > 0
        kept = float((whole & tissue).sum() / max(whole.sum(), 1))
        if kept > most:
            best, most = seen, kept
        if kept > 0.8:
            break
    assert best is not None
    labels = np.where(host.head.brain, best.labels, 0).astype(np.uint8)
    return RealPatient(best.images, labels, best.head, best.sources)


def _gain(here: Field, there: Field, around: Mask) -> float:
    """Ratio of the host's to the donor's brightness around the seam, limited."""
    if around.sum() < 30:
        return 1.0
    return float(np.clip(np.median(here[around]) / max(np.median(there[around]), 1e-3), 0.8, 1.25))
