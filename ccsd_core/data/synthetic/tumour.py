"""A tumour with exact nested labels, grown into a given head.

core      an irregular union of lobes that stops at fluid
enhancing its rim (thick, thin, open), patches, all of it, specks, or none
rest      solid or liquefied, cysts and septa within
oedema    around it, mainly along white matter, hardly into cortex, never into fluid; it fades

Everything is computed within a block around the tumour.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ccsd_core.data.synthetic.anatomy import Anatomy
from ccsd_core.data.synthetic.enhancement import enhancing_part
from ccsd_core.data.synthetic.fields import (
    Block,
    block_around,
    block_shape,
    blur,
    depth_mm,
    offsets_mm,
)
from ccsd_core.data.synthetic.noise import Field, Mask, Shape, rough_noise, smooth_noise
from ccsd_core.data.synthetic.plan import TumourPlan
from ccsd_core.domain.region import BRATS2021


@dataclass(frozen=True, slots=True, eq=False)
class Tumour:
    """Tissues of a tumour within a block of the head's grid.

    Args:
        block: Slices of the head's grid that the arrays cover.
        oedema, necrosis, enhancing: Disjoint masks; necrosis is the whole non-enhancing core.
        infiltration: Strength of the oedema, 0 … 1, at least 0.5 in its mask and less outside.
        liquid: Liquefaction of the core, 0 solid … 1 fluid.
    """

    block: Block
    oedema: Mask
    necrosis: Mask
    enhancing: Mask
    infiltration: Field
    liquid: Field

    @property
    def core(self) -> Mask:
        return self.necrosis | self.enhancing

    def labels(self, shape: Shape) -> np.ndarray:
        """BraTS 2021 labels on a whole grid, uint8."""
        labels = np.zeros(shape, np.uint8)
        here = labels[self.block]
        here[self.oedema] = BRATS2021.oedema
        here[self.necrosis] = BRATS2021.necrosis
        here[self.enhancing] = BRATS2021.enhancing
        return labels


def grow(plan: TumourPlan, rng: np.random.Generator, head: Anatomy) -> Tumour:
    """Grow the planned tumour in a head."""
    mm = head.spacing_mm
    reach = 1.7 * max(plan.radii_mm) + 1.4 * plan.oedema_mm + 8
    block = block_around(list(plan.centres), head.shape, reach_mm=reach, spacing_mm=mm)
    fluid, brain = head.fluid[block], head.brain[block]
    depth = _lumpy_depth(plan, rng, head, block)
    barrier = float(rng.uniform(0.2, 0.7)) * blur(fluid, sigma_mm=1.5, spacing_mm=mm)
    core = (depth > barrier * plan.radii_mm[0]) & brain
    core = np.asarray(ndimage.binary_fill_holes(ndimage.binary_closing(core)), bool) & brain
    if core.sum() < 3:  # visible at any spacing
        core = (depth >= np.sort(depth[brain])[-4]) & brain if brain.sum() > 3 else depth > 0
    enhancing = enhancing_part(plan, core, depth, rng, spacing_mm=mm)
    infiltration = infiltrating(
        core, rng, head, block, reach_mm=plan.oedema_mm, fade=float(rng.uniform(0.5, 1.5))
    )
    oedema = (infiltration >= 0.5) & ~core
    liquid = _liquid(plan, core, rng, mm=mm)
    return Tumour(block, oedema, core & ~enhancing, enhancing, infiltration, liquid)


def infiltrating(
    core: Mask,
    rng: np.random.Generator,
    head: Anatomy,
    block: Block,
    *,
    reach_mm: float,
    fade: float,
) -> Field:
    """Strength of the oedema around a core, 0 … 1; 0.5 is the edge in the labels.

    Args:
        core: The core's mask in the block.
        rng: Generator of random numbers.
        head: Anatomy that contains the tumour.
        block: The block.
        reach_mm: Distance of the edge from the core in white matter.
        fade: Exponent of the decay from the core to the edge; the oedema fades more slowly below 1.
    """
    mm, shape = head.spacing_mm, block_shape(block)
    fluid, grey = head.fluid[block], head.grey[block]
    away = depth_mm(~core, spacing_mm=mm)
    lanes = blur(head.white[block], sigma_mm=2.0, spacing_mm=mm)
    lobes = rough_noise(rng, shape, scale_mm=22.0, spacing_mm=mm)
    fingers = smooth_noise(rng, shape, scale_mm=6.0, spacing_mm=mm)
    reach = reach_mm * np.clip(0.1 + 1.15 * lanes + 0.3 * lobes + 0.12 * fingers, 0.02, None)
    ratio = away / np.maximum(reach, 0.5)
    tissue = head.brain[block] & (fluid < 0.6) & (grey < 0.88)
    edge = (ratio < 1) & tissue
    if mm < 1.5:
        edge = np.asarray(ndimage.binary_opening(edge), bool)
    edge = np.asarray(ndimage.binary_propagation(core, mask=edge | core), bool)
    inside = np.clip(1 - 0.5 * ratio**fade, 0.5, 1)
    beyond = 0.49 * np.exp(-((np.maximum(ratio - 1, 0) * reach / 2.0) ** 2)) * (1 - fluid)
    near = blur(edge.astype(np.float32), sigma_mm=1.2, spacing_mm=mm)
    beyond = np.minimum(beyond, 0.8 * near)
    return np.where(edge | core, inside, beyond * head.brain[block]).astype(np.float32)


def _lumpy_depth(plan: TumourPlan, rng: np.random.Generator, head: Anatomy, block: Block) -> Field:
    """Signed depth below the core's surface, approximately in mm, positive inside."""
    shape, mm = block_shape(block), head.spacing_mm
    stretch = np.exp(rng.normal(0, 0.2, 3))
    stretch /= stretch.prod() ** (1 / 3)
    best = np.full(shape, -1e3, np.float32)
    for centre, radius in zip(plan.centres, plan.radii_mm, strict=True):
        x, y, z = offsets_mm(centre, head.shape, block, spacing_mm=mm)
        a, b, c = stretch.astype(np.float32)
        far = np.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)
        best = np.maximum(best, np.float32(radius) - far)
    lumps = rough_noise(rng, shape, scale_mm=max(0.8 * plan.radii_mm[0], 5.0), spacing_mm=mm)
    return (best + plan.lumps * plan.radii_mm[0] * lumps).astype(np.float32)


def _liquid(plan: TumourPlan, core: Mask, rng: np.random.Generator, *, mm: float) -> Field:
    """Liquefaction of each voxel of the core; a cyst is entirely fluid."""
    scale = max(0.5 * plan.radii_mm[0], 5.0)
    mottle = rough_noise(rng, core.shape, scale_mm=scale, spacing_mm=mm)
    liquid = np.clip(plan.liquid + rng.uniform(0.02, 0.3) * mottle, 0, 1)
    if plan.cyst:
        cavity = smooth_noise(rng, core.shape, scale_mm=1.6 * scale, spacing_mm=mm)
        liquid = np.where(cavity > 0.4, 1.0, liquid)
    return (liquid * core).astype(np.float32)
