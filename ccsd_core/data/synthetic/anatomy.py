"""A healthy head: the average brain, deformed, with tissues as sharp as in one person."""

from dataclasses import dataclass

import numpy as np
import torch

from ccsd_core.data.synthetic.deformation import ElasticDeformation
from ccsd_core.data.synthetic.noise import Field, Mask, Shape, smooth_noise
from ccsd_core.data.synthetic.sampling import sample
from ccsd_core.data.synthetic.template import template


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """Tissue fractions of each voxel, canonical axes (x right, y anterior, z superior).

    Args:
        grey, white, fluid: Fractions 0 … 1 that sum to 1 within the brain, and are 0 outside.
        texture: Image texture not explained by the tissues, about −1 … 1.
        depth: Millimetres below the brain's surface, negative outside.
        ventricle_distance_mm: Distance from the ventricles in mm, negative within.
        midplane_distance_mm: Distance from the midplane in mm.
        spacing_mm: Edge of the isotropic voxels in mm.
    """

    grey: Field
    white: Field
    fluid: Field
    texture: Field
    depth: Field
    ventricle_distance_mm: Field
    midplane_distance_mm: Field
    spacing_mm: float

    @property
    def brain(self) -> Mask:
        return self.depth > 0

    @property
    def shape(self) -> Shape:
        x, y, z = self.grey.shape
        return x, y, z


def draw_anatomy(
    rng: np.random.Generator, deformation: ElasticDeformation, *, spacing_mm: float
) -> Anatomy:
    """The head of a deformation; sulci and gyri differ with `rng`."""
    average = template(spacing_mm)
    points = deformation.points(spacing_mm)
    grey, white, texture, depth, beside = sample(
        average.maps, points, spacing_mm=spacing_mm, middle=average.middle
    )
    grey, white, fluid = _crisp(rng, grey, white, depth, spacing_mm=spacing_mm)
    return Anatomy(grey, white, fluid, texture, depth, beside, np.abs(points[0]), spacing_mm)


def _crisp(
    rng: np.random.Generator, grey: Field, white: Field, depth: Field, *, spacing_mm: float
) -> tuple[Field, Field, Field]:
    """One person's tissues from an average of many: sharpened fractions, with sulci and gyri.

    Where the average is uncertain (the cortex), a random field decides: fluid near its zeros, then
    grey matter, then white matter, so that every head has its own sulci. Where the average is
    certain, nothing changes. A shift towards fluid simulates atrophy.
    """
    shape, mm = depth.shape, spacing_mm
    power = np.float32(rng.uniform(1.2, 2.2) if mm < 1.5 else rng.uniform(1.1, 1.8))
    scale = rng.uniform(8.0, 13.0)
    fold = smooth_noise(rng, shape, scale_mm=scale, spacing_mm=mm)
    fold += 0.35 * smooth_noise(rng, shape, scale_mm=scale / 2, spacing_mm=mm)
    cortex = np.clip((38 - depth) / 10, 0, 1)
    width = np.float32(max(rng.uniform(0.8, 2.0), 0.6 * mm) / (0.55 * scale))
    sulcus = np.exp(-((fold / width) ** 2))
    deepening, spread = rng.uniform(1.0, 3.0), rng.uniform(0.6, 2.0)
    # The average's cortex is thinner than a person's, because only some of the averaged brains
    # extend there.
    surface = np.exp(-np.maximum(depth, 0) / 6)
    thicker, wider = rng.uniform(0.5, 2.5), rng.uniform(0.0, 1.2)
    offsets = (
        0.0,
        rng.normal(0, 0.25)
        + spread * (np.minimum(np.abs(fold), 1.4) - 0.75) * cortex
        - thicker * surface,
        rng.normal(-0.2, 0.45) + deepening * (1.6 * sulcus - 0.6) * cortex + wider * surface,
    )
    logits = [
        power * np.log(np.maximum(share, 1e-3)) + np.float32(1) * offset
        for share, offset in zip((grey, white, 1 - grey - white), offsets, strict=True)
    ]
    stacked = torch.from_numpy(np.stack(logits).astype(np.float32))
    shares = torch.softmax(stacked, dim=0).numpy() * (depth > 0)
    return shares[0], shares[1], shares[2]
