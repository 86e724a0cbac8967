"""The head around a synthetic brain: fluid rim, skull, scalp, face with eyes, neck.

outwards from the brain's hull   fluid ▶ dura ▶ skull with marrow ▶ fat ▶ skin
below and in front               base of the skull, nose, eyes, muscles, spine with its cord

It is made for testing registration and brain extraction, not for anatomical accuracy: bright fat,
fluid-filled eyes, muscles and marrow are where a brain mask could leak to. Thicknesses are those of
an adult and vary over the head.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ccsd_core.data.synthetic.fields import blur, signed_depth_mm
from ccsd_core.data.synthetic.levels import Levels
from ccsd_core.data.synthetic.noise import Field, Mask, smooth_noise
from ccsd_core.data.synthetic.patient import CleanHead
from ccsd_core.domain.modality import Modality

MARGIN_MM = ((28, 28), (30, 44), (60, 26))
"""Margins of the head around the brain's block: left and right, back and front, bottom and top."""
BRIDGED_MM = 18.0
"""The skull bridges folds of the brain's outline that are narrower than twice this."""

TISSUES: dict[Modality, dict[str, tuple[float, float]]] = {
    Modality.FLAIR: {
        "fat": (0.9, 1.6), "skin": (0.6, 1.0), "bone": (0.03, 0.12), "marrow": (0.6, 1.2),
        "muscle": (0.45, 0.7), "vitreous": (0.15, 0.4), "mucosa": (1.0, 1.5), "dura": (0.5, 0.9),
        "cord": (0.9, 1.1),
    },
    Modality.T1: {
        "fat": (1.4, 2.2), "skin": (0.7, 1.1), "bone": (0.03, 0.12), "marrow": (1.0, 1.7),
        "muscle": (0.5, 0.75), "vitreous": (0.2, 0.35), "mucosa": (0.6, 0.9), "dura": (0.4, 0.7),
        "cord": (0.9, 1.05),
    },
    Modality.T1C: {
        "fat": (1.3, 2.1), "skin": (0.8, 1.2), "bone": (0.03, 0.12), "marrow": (1.0, 1.8),
        "muscle": (0.6, 0.9), "vitreous": (0.2, 0.35), "mucosa": (1.2, 2.0), "dura": (0.9, 1.7),
        "cord": (0.9, 1.05),
    },
    Modality.T2: {
        "fat": (1.0, 2.0), "skin": (0.5, 1.0), "bone": (0.03, 0.12), "marrow": (0.7, 1.4),
        "muscle": (0.3, 0.55), "vitreous": (2.5, 4.2), "mucosa": (1.6, 2.8), "dura": (0.3, 0.6),
        "cord": (0.9, 1.1),
    },
}  # fmt: skip
"""Range of each tissue's intensity, white matter at 1, our choice after spin echoes at 1.5 and 3 T;
air is 0."""

FAT_SATURATED = 0.25
"""Probability that a sequence suppresses fat."""


@dataclass(frozen=True, slots=True, eq=False)
class WholeHead:
    """A head with everything around the brain; its coordinates are mm from the grid's middle.

    Args:
        images: Clean images by sequence.
        labels: BraTS 2021 labels.
        brain: The brain mask.
        spacing_mm: Voxel edge.
    """

    images: dict[Modality, Field]
    labels: NDArray[np.uint8]
    brain: Mask
    spacing_mm: float


def draw_whole_head(rng: np.random.Generator, clean: CleanHead, *, spacing_mm: float) -> WholeHead:
    """Draw a head around a brain.

    Args:
        rng: Random numbers.
        clean: The brain.
        spacing_mm: Voxel edge of both.
    """
    mm = spacing_mm
    pads = [(round(low / mm), round(high / mm)) for low, high in MARGIN_MM]
    depth = np.pad(clean.depth, pads, constant_values=-99.0)
    tissues = _tissues(rng, depth, mm=mm)
    images: dict[Modality, Field] = {}
    for m in Modality:
        levels = _levels(rng, m, clean.levels)
        image = np.zeros(depth.shape, np.float32)
        for tissue, mask in tissues.items():
            image[mask] = levels[tissue]
        vary = smooth_noise(rng, depth.shape, scale_mm=18.0, spacing_mm=mm)
        image *= np.clip(1 + np.float32(0.12) * vary, 0.6, 1.4)
        image = np.where(depth > -0.5, np.pad(clean.images[m], pads), image)
        images[m] = blur(image, sigma_mm=0.5, spacing_mm=mm)
    return WholeHead(images, np.pad(clean.labels, pads), depth > 0, mm)


def _levels(rng: np.random.Generator, m: Modality, levels: Levels) -> dict[str, float]:
    drawn = {tissue: float(rng.uniform(*span)) for tissue, span in TISSUES[m].items()}
    if rng.random() < FAT_SATURATED:
        drawn["fat"] *= 0.25
        drawn["marrow"] *= 0.4
    return drawn | {"fluid": levels.of[m]["fluid"], "air": 0.0}


def _tissues(rng: np.random.Generator, depth: Field, *, mm: float) -> dict[str, Mask]:
    """Masks of the tissues around the brain; each is painted over the previous ones."""
    brain = depth > 0
    x, y, z = _places(brain, mm=mm)
    out = _outside_hull_mm(brain, mm=mm)
    wave, thin = (smooth_noise(rng, brain.shape, scale_mm=s, spacing_mm=mm) for s in (45.0, 30.0))
    soft = smooth_noise(rng, brain.shape, scale_mm=11.0, spacing_mm=mm)
    rim = np.clip(rng.uniform(1.0, 3.5) + 0.6 * wave, 0.4, None)
    bone = np.clip(rng.uniform(5.0, 8.0) + thin, 3.0, None)
    scalp = np.clip(rng.uniform(5.0, 8.0) + 1.2 * wave + thin, 3.0, None)
    above = out - rim
    # The vault ends above the ears; below is the base of the skull, from the brow to the nape.
    base = z < -28 - 0.12 * (y + 90) + rng.uniform(-4, 4)
    face = _ellipsoid(x, y, z, at=(0.0, 42.0, -72.0), radii=(63.0, 58.0, 62.0))
    face |= _ellipsoid(x, y, z, at=(0.0, 100.0, -62.0), radii=(14.0, 20.0, 20.0))
    neck = (z < -50) & _ellipsoid(x, y, 0 * z, at=(0.0, -30.0, 0.0), radii=(60.0, 62.0, 1.0))
    body = (above <= bone + scalp) | face | neck
    below = body & (above > 0) & (base | face | neck)
    skull = (above > 0) & (above <= bone)
    side, up = rng.uniform(30, 34), rng.uniform(-45, -39)
    left, right = (
        _ellipsoid(x, y, z, at=(s * side, 74.0, up), radii=(11.8, 11.8, 11.8)) for s in (-1, 1)
    )
    canal = (z < -66) & _ellipsoid(x, y, 0 * z, at=(0.0, -32.0, 0.0), radii=(9.0, 8.0, 1.0))
    cord = (z < -62) & _ellipsoid(x, y, 0 * z, at=(0.0, -32.0, 0.0), radii=(6.0, 5.0, 1.0))
    return {
        "fat": body,
        "muscle": below & (soft > -0.6),
        "mucosa": face & (np.abs(x) < 18) & (soft > 0.5),
        "bone": skull | (below & (above < 10) & (np.abs(soft) < 0.8)),
        "marrow": skull & ~base & (above > 0.3 * bone) & (above < 0.72 * bone),
        "dura": np.abs(above) <= 0.7,
        "air": ~body | (face & (np.abs(x) < 15) & (soft < -0.2) & (y > 40) & (above > 2)),
        "skin": body
        & ~np.asarray(ndimage.binary_erosion(body, iterations=max(1, round(2 / mm))), bool),
        "fluid": ((above <= -0.7) & ~(base & (depth < -4))) | canal,
        "cord": cord & (out > 0),
        "vitreous": (left | right) & (above > 2),
    }


def _outside_hull_mm(brain: Mask, *, mm: float) -> Field:
    """Distance in mm outside the brain's outline with bridged folds; negative within."""
    wide = signed_depth_mm(brain, spacing_mm=mm) >= -BRIDGED_MM
    hull = signed_depth_mm(wide, spacing_mm=mm) - BRIDGED_MM
    return blur(-hull, sigma_mm=2.0, spacing_mm=mm)


def _places(brain: Mask, *, mm: float) -> tuple[Field, Field, Field]:
    """Millimetres from the middle of the brain's box along each axis, ready to broadcast."""
    places = []
    for axis, n in enumerate(brain.shape):
        there = np.flatnonzero(brain.any(axis=tuple(a for a in range(3) if a != axis)))
        places.append((np.arange(n) - (there[0] + there[-1]) / 2).astype(np.float32) * mm)
    x, y, z = places
    return x[:, None, None], y[None, :, None], z[None, None, :]


def _ellipsoid(
    x: Field,
    y: Field,
    z: Field,
    *,
    at: tuple[float, float, float],
    radii: tuple[float, float, float],
) -> Mask:
    """An ellipsoid; a z of zeros makes a cylinder."""
    a, b, c = (((p - m) / r) ** 2 for p, m, r in zip((x, y, z), at, radii, strict=True))
    return a + b + c <= 1
