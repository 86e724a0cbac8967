"""The part of a tumour core that takes up contrast agent."""

import numpy as np

from ccsd_core.data.synthetic.fields import depth_mm
from ccsd_core.data.synthetic.noise import Field, Mask, rough_noise, smooth_noise
from ccsd_core.data.synthetic.plan import Enhancement, TumourPlan


def enhancing_part(
    plan: TumourPlan, core: Mask, depth: Field, rng: np.random.Generator, *, spacing_mm: float
) -> Mask:
    """The enhancing part of a core.

    Args:
        plan: Plan of the tumour.
        core: The core's mask.
        depth: Signed depth below the planned surface, approximately in mm.
        rng: Generator of random numbers.
        spacing_mm: Edge of the isotropic voxels in mm.
    """
    kind, mm, shape = plan.enhancement, spacing_mm, core.shape
    if kind is Enhancement.NONE:
        return np.zeros_like(core)
    within = core & (depth >= (1 - plan.inner) * plan.radii_mm[0])
    if within.sum() < 2:
        within = core
    spots = rough_noise(rng, shape, scale_mm=rng.uniform(6.0, 12.0), spacing_mm=mm)
    if kind is Enhancement.SOLID:
        return within & (spots > rng.uniform(-2.5, -1.2))
    if kind is Enhancement.PATCHY:
        return within & (spots > rng.uniform(-0.3, 1.0))
    if kind is Enhancement.SPECKS:
        return _specks(within, spots, rng)
    return _ring(plan, within, spots, rng, mm=mm)


def _ring(
    plan: TumourPlan, within: Mask, spots: Field, rng: np.random.Generator, *, mm: float
) -> Mask:
    """A rim of uneven thickness with nodules and septa, sometimes open on one side."""
    below = depth_mm(within, spacing_mm=mm)
    uneven = smooth_noise(rng, within.shape, scale_mm=rng.uniform(8, 22), spacing_mm=mm)
    thick = np.clip(1 + rng.uniform(0.2, 0.7) * uneven, 0.3, None)
    thick = np.where(uneven > 1.2, thick * rng.uniform(1, 2.5), thick)
    rim = (below <= np.maximum(plan.rim_mm * thick, mm)) & within
    if rng.random() < 0.3:
        side = smooth_noise(rng, within.shape, scale_mm=1.5 * plan.radii_mm[0], spacing_mm=mm)
        rim &= side > rng.uniform(-1.2, -0.2)
    if rng.random() < 0.5:
        rim |= within & (np.abs(spots) < rng.uniform(0.05, 0.2)) & (below < 4 * plan.rim_mm)
    return rim if rim.any() else within


def _specks(within: Mask, spots: Field, rng: np.random.Generator) -> Mask:
    """A few small spots: the brightest 0.3 to 6 percent of the noise."""
    share = float(np.exp(rng.uniform(np.log(0.003), np.log(0.06))))
    specks = within & (spots > np.quantile(spots[within], 1 - share))
    return specks if specks.any() else np.zeros_like(within)
