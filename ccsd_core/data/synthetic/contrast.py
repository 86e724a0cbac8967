"""How bright each tissue is in each sequence, drawn from physical ranges or stretched beyond them.

White matter's place varies most between scanners, so the ranges are wide. What must hold is
kept: fluid is dark on FLAIR, T1 and T1c and bright on T2; oedema is bright on FLAIR and T2;
only enhancing tumour and vessels gain from contrast agent.

Source for the directions: any neuroradiology text; for randomised contrast: SynthSeg (Billot
et al., Medical Image Analysis 2023).
"""

import numpy as np

from ccsd_core.data.synthetic.anatomy import Anatomy
from ccsd_core.data.synthetic.fields import blur
from ccsd_core.data.synthetic.noise import Field, Mask, rough_noise, smooth_noise
from ccsd_core.data.synthetic.tumour import Tumour
from ccsd_core.domain.modality import Modality

Range = tuple[float, float]

TISSUES: dict[Modality, dict[str, Range]] = {
    Modality.FLAIR: {
        "fluid": (0.08, 0.3), "grey": (0.55, 0.72), "white": (0.42, 0.62),
        "oedema": (0.85, 1.25), "necrosis": (0.3, 1.0), "enhancing": (0.7, 1.1),
    },
    Modality.T1: {
        "fluid": (0.15, 0.35), "grey": (0.5, 0.68), "white": (0.75, 0.95),
        "oedema": (0.48, 0.68), "necrosis": (0.28, 0.55), "enhancing": (0.45, 0.72),
    },
    Modality.T1C: {
        "fluid": (0.15, 0.35), "grey": (0.5, 0.7), "white": (0.68, 0.88),
        "oedema": (0.48, 0.66), "necrosis": (0.25, 0.52), "enhancing": (1.05, 1.9),
    },
    Modality.T2: {
        "fluid": (0.95, 1.5), "grey": (0.5, 0.68), "white": (0.33, 0.48),
        "oedema": (0.75, 1.1), "necrosis": (0.65, 1.3), "enhancing": (0.55, 0.9),
    },
}  # fmt: skip
"""Relative intensities of pure tissue."""


def draw_sequence(
    modality: Modality, rng: np.random.Generator, head: Anatomy, tumour: Tumour
) -> Field:
    """Noise-free intensities of one sequence, about 0 … 2, background 0."""
    mm, shape = head.spacing_mm, head.shape
    level = {name: float(rng.uniform(*ends)) for name, ends in TISSUES[modality].items()}
    image = (
        level["fluid"] * head.fluid + level["grey"] * head.grey + level["white"] * head.white
    ) + rng.uniform(0.02, 0.12) * head.texture * (1 - head.fluid)

    share = np.clip(0.8 + 0.22 * rough_noise(rng, shape, scale_mm=14.0, spacing_mm=mm), 0.3, 1)
    image = _blend(
        image, level["oedema"], _soft(tumour.oedema, mm, rng, blur_mm=(0.6, 2.2)) * share
    )
    cyst = level["necrosis"] * (1 + 0.16 * rough_noise(rng, shape, scale_mm=8.0, spacing_mm=mm))
    image = _blend(image, cyst, _soft(tumour.necrosis, mm, rng))
    uptake = np.clip(1 + 0.16 * rough_noise(rng, shape, scale_mm=6.0, spacing_mm=mm), 0.5, 1.5)
    image = _blend(image, level["enhancing"] * uptake, _soft(tumour.enhancing, mm, rng))
    healthy = ~tumour.whole
    if modality is Modality.T1C:
        image = np.where(healthy, _with_vessels(image, rng, head), image)
    elif modality is Modality.FLAIR:
        image = np.where(healthy, _with_caps(image, rng, head), image)
    return np.where(head.brain, np.maximum(image, 0.02), 0).astype(np.float32)


def _soft(mask: Mask, mm: float, rng: np.random.Generator, blur_mm: Range = (0.3, 0.8)) -> Field:
    return blur(mask.astype(np.float32), sigma_mm=rng.uniform(*blur_mm), spacing_mm=mm)


def _blend(image: Field, value: float | Field, share: Field) -> Field:
    return image * (1 - share) + value * share


def _with_vessels(image: Field, rng: np.random.Generator, head: Anatomy) -> Field:
    """Veins on the surface and in sulci, and choroid plexus: bright, and not tumour."""
    mm = head.spacing_mm
    a = smooth_noise(rng, head.shape, scale_mm=14.0, spacing_mm=mm)
    b = smooth_noise(rng, head.shape, scale_mm=14.0, spacing_mm=mm)
    threads = (np.abs(a) < 0.14) & (np.abs(b) < 0.16) & (head.fluid > 0.25)
    plexus = (a > 1.5) & (head.fluid > 0.8)
    bright = _soft(threads | plexus, mm, rng) * rng.uniform(0.5, 1)
    return _blend(image, float(rng.uniform(1.0, 1.7)), np.clip(bright * 1.3, 0, 1))


def _with_caps(image: Field, rng: np.random.Generator, head: Anatomy) -> Field:
    """Faint hyperintense spots in healthy white matter, as age brings."""
    mm = head.spacing_mm
    spots = smooth_noise(rng, head.shape, scale_mm=7.0, spacing_mm=mm)
    amount = _soft((spots > rng.uniform(2.3, 3.2)) & (head.white > 0.6), mm, rng)
    return _blend(image, float(rng.uniform(0.7, 0.95)), np.clip(amount, 0, 1))
