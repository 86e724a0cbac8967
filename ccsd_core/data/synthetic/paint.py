"""Painting clean images from tissues: first the healthy head, then the tumour over it."""

import numpy as np

from ccsd_core.data.synthetic.anatomy import Anatomy
from ccsd_core.data.synthetic.confounders import Confounder
from ccsd_core.data.synthetic.fields import blend, block_shape, blur
from ccsd_core.data.synthetic.levels import Levels
from ccsd_core.data.synthetic.noise import Field, Mask, rough_noise, smooth_noise
from ccsd_core.data.synthetic.tumour import Tumour
from ccsd_core.domain.modality import Modality

DARKEST = 0.02
"""Smallest intensity of a brain voxel, so that none is as dark as the background."""
PARTIAL_VOLUME = 0.45
"""Standard deviation, in voxels, of the blur of an edge from averaging fine voxels to coarse
ones."""


def paint_head(rng: np.random.Generator, head: Anatomy, levels: Levels) -> dict[Modality, Field]:
    """The healthy head and its immediate surroundings in each sequence, white matter at about 1.

    Grey and white matter vary: two smooth fields are shared by all sequences, with a random
    strength and sign in each.
    """
    mm = head.spacing_mm
    grey_varies, white_varies = (
        smooth_noise(rng, head.shape, scale_mm=scale, spacing_mm=mm) for scale in (20.0, 28.0)
    )
    outside = np.exp(np.minimum(head.depth, 0) / 2.0)
    images = {}
    for m in Modality:
        level, white = levels.of[m], levels.white[m]
        image = head.grey * (level["grey"] * (1 + rng.normal(0, 0.05) * grey_varies))
        image += head.white * (white * (1 + rng.normal(0, 0.035) * white_varies))
        image += np.where(head.brain, head.fluid, outside) * level["fluid"]
        sign = np.sign(white - level["grey"])  # myelin is bright on T1 and dark on T2
        image += (sign * rng.uniform(0.0, 0.12)) * head.texture * (head.grey + head.white)
        images[m] = image.astype(np.float32)
    return images


def paint_confounders(
    images: dict[Modality, Field], confounders: list[Confounder], levels: Levels
) -> None:
    """Paint confounders in place."""
    for thing in confounders:
        for m, level in thing.levels.items():
            if m not in levels.randomised:
                flat = images[m].reshape(-1)
                flat[thing.index] += thing.share * (level - flat[thing.index])


def paint_tumour(
    images: dict[Modality, Field],
    tumour: Tumour,
    levels: Levels,
    rng: np.random.Generator,
    *,
    spacing_mm: float,
    white: dict[Modality, float] | None = None,
    edge: float = PARTIAL_VOLUME,
) -> None:
    """Paint a tumour over a head in place.

    Args:
        images: Clean images; white matter at 1, or at `white`.
        tumour: Tumour to paint.
        levels: Intensities of its tissues.
        rng: Generator of random numbers.
        spacing_mm: Edge of the isotropic voxels in mm.
        white: Level of white matter in the images, if they are not drawn from `levels`.
        edge: Smallest blur of edges, as a standard deviation in voxels, to match the images.
    """
    mm, shape, block = spacing_mm, block_shape(tumour.block), tumour.block
    coarse = rough_noise(rng, shape, scale_mm=14.0, spacing_mm=mm)
    fine = rough_noise(rng, shape, scale_mm=6.0, spacing_mm=mm)
    core = _border(tumour, rng, mm=mm, edge=edge)
    sharp = _soft(tumour.enhancing, rng, mm=mm, edge=edge)
    # Only in T1c the border of the enhancing part is sharp.
    faint = blur(tumour.enhancing.astype(np.float32), sigma_mm=rng.uniform(1, 2.5), spacing_mm=mm)
    swelling = blur(tumour.infiltration, sigma_mm=edge * mm, spacing_mm=mm)
    blood = _bleeding(tumour, rng, mm=mm, edge=edge)
    remains = rng.uniform(0.1, 0.5) * (1 - tumour.liquid)  # of the tissue's own texture
    for m in Modality:
        level = levels.of[m]
        unit = 1.0 if white is None else white[m]
        image = images[m][block]
        before = image - blur(image, sigma_mm=3.0, spacing_mm=mm)
        a, b, c, d = rng.normal(0, 1, 4)
        oedema = level["oedema"] * unit * (1 + 0.05 * a * coarse + 0.02 * b * fine)
        image = blend(image, oedema + remains * before, swelling)
        rest = level["solid"] + tumour.liquid * (level["liquid"] - level["solid"])
        rest = rest * unit * (1 + 0.07 * c * coarse + 0.04 * d * fine)
        image = blend(image, rest + remains * before, core)
        varied = np.clip(1 + rng.uniform(0.05, 0.22) * fine + 0.06 * a * coarse, 0.4, 1.8)
        uptake = level["enhancing"] * varied
        if m is Modality.T1C and m not in levels.randomised:  # never darker than before contrast
            uptake = np.maximum(uptake, levels.of[Modality.T1]["enhancing"] + 0.08)
        image = blend(image, uptake * unit, sharp if m is Modality.T1C else faint * core)
        if blood is not None:
            bled = {Modality.T1: 1.35, Modality.T1C: 1.35, Modality.T2: 0.6}.get(m, 0.8)
            image = blend(image, bled * unit, blood)
        images[m][block] = np.maximum(image, DARKEST * unit)


def _border(tumour: Tumour, rng: np.random.Generator, *, mm: float, edge: float) -> Field:
    """The core's fraction of each voxel: sharp around fluid, often blurred around solid parts."""
    core = tumour.core.astype(np.float32)
    fine, wide = float(rng.uniform(0.4, 1.0)), float(rng.uniform(0.8, 3.0))
    clear = blur(core, sigma_mm=max(fine, edge * mm), spacing_mm=mm)
    hazy = blur(core, sigma_mm=max(wide, edge * mm), spacing_mm=mm)
    return np.where(tumour.core & (tumour.liquid > 0.6), clear, 0.5 * (clear + hazy))


def _soft(mask: Mask, rng: np.random.Generator, *, mm: float, edge: float) -> Field:
    """A mask with the partial volume of its border, at least that of the voxels themselves."""
    sigma = max(float(rng.uniform(0.4, 1.1)), edge * mm)
    return blur(mask.astype(np.float32), sigma_mm=sigma, spacing_mm=mm)


def _bleeding(tumour: Tumour, rng: np.random.Generator, *, mm: float, edge: float) -> Field | None:
    """Old blood in the part of the core that does not enhance, or None."""
    if rng.random() > 0.12 or not tumour.necrosis.any():
        return None
    spots = smooth_noise(rng, tumour.core.shape, scale_mm=7.0, spacing_mm=mm)
    return _soft(
        (spots > rng.uniform(1.0, 2.0)) & tumour.necrosis, rng, mm=mm, edge=edge
    ) * np.float32(0.8)
