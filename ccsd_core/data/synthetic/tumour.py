"""A tumour with exact nested labels, grown into a given head.

core      a lumpy ellipsoid, sometimes with satellites
enhancing its rim (thick, thin, patchy), all of it, or none (lower grade)
necrosis  the rest of the core
oedema    around it, further along white matter, never in fluid
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from scipy import ndimage

from ccsd_core.data.synthetic.anatomy import Anatomy
from ccsd_core.data.synthetic.fields import blur, depth_mm
from ccsd_core.data.synthetic.noise import Field, Mask, rough_noise, smooth_noise


class Enhancement(Enum):
    """How the core takes up contrast."""

    RING = "ring"
    PATCHY = "patchy"
    SOLID = "solid"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Where a tumour sits and how large it is, before it is grown.

    Args:
        centre: Voxel of its middle.
        radius_mm: Mean radius of the core.
        oedema_mm: Reach of the oedema beyond the core.
        enhancement: Pattern of the enhancement.
        rim_mm: Thickness of a ring.
    """

    centre: tuple[int, int, int]
    radius_mm: float
    oedema_mm: float
    enhancement: Enhancement
    rim_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class Tumour:
    """Masks of the tissues: disjoint, on the anatomy's grid."""

    oedema: Mask
    necrosis: Mask
    enhancing: Mask

    @property
    def whole(self) -> Mask:
        return self.oedema | self.necrosis | self.enhancing


def draw_plan(rng: np.random.Generator, head: Anatomy) -> Plan:
    """Choose place, size and kind."""
    depth = depth_mm(head.brain, spacing_mm=head.spacing_mm)
    height = np.linspace(0, 1, head.shape[2])
    likely = head.brain & (depth > 8) & (head.fluid < 0.6) & (height > 0.3)
    places = np.argwhere(likely)
    x, y, z = places[rng.integers(len(places))].tolist()
    radius = float(np.exp(rng.uniform(np.log(7), np.log(30))))
    kinds = list(Enhancement)
    kind = kinds[rng.choice(len(kinds), p=(0.5, 0.15, 0.15, 0.2))]
    return Plan(
        (x, y, z),
        radius,
        oedema_mm=float(rng.choice([rng.uniform(1, 8), rng.uniform(6, 30)], p=(0.25, 0.75))),
        enhancement=kind,
        rim_mm=float(rng.uniform(1.8, 3.0 + radius / 6)),
    )


def displacement(plan: Plan, rng: np.random.Generator, head: Anatomy) -> Field:
    """Mass effect: where each voxel's tissue came from, in mm (3, x, y, z)."""
    axes = [
        (np.arange(n, dtype=np.float32) - c) * head.spacing_mm
        for n, c in zip(head.shape, plan.centre, strict=True)
    ]
    offset = np.stack(np.meshgrid(*axes, indexing="ij"))
    distance = np.sqrt((offset**2).sum(0)) + 1e-3
    reach = plan.radius_mm + 0.5 * plan.oedema_mm
    amount = rng.uniform(0, 0.5) * plan.radius_mm * np.exp(-((distance / (1.6 * reach)) ** 2))
    return (-offset / distance * np.minimum(amount, 0.6 * distance)).astype(np.float32)


def grow(plan: Plan, rng: np.random.Generator, head: Anatomy) -> Tumour:
    """Grow the planned tumour in a head."""
    mm, shape = head.spacing_mm, head.shape
    depth = _lumpy_depth(plan, rng, head)
    tissue = head.brain & (head.fluid < 0.75)
    core = (depth > 0) & head.brain & ((head.fluid < 0.9) | (depth > 4))
    for _ in range(int(rng.choice(4, p=(0.8, 0.1, 0.06, 0.04)))):
        core |= _satellite(plan, rng, head) & tissue
    core = np.asarray(ndimage.binary_closing(core), bool) & head.brain
    if not core.any():
        core[plan.centre] = True

    enhancing = _enhancing(plan, core, rng, head)
    away = depth_mm(~core, spacing_mm=mm)
    lanes = blur(head.white, sigma_mm=2.0, spacing_mm=mm)
    lobes = rough_noise(rng, shape, scale_mm=22.0, spacing_mm=mm)
    reach = plan.oedema_mm * np.clip(0.25 + 1.15 * lanes + 0.3 * lobes, 0, None)
    oedema = (away < reach) & tissue & ~core & (head.grey < 0.9)
    oedema = (
        np.asarray(ndimage.median_filter(oedema.astype(np.uint8), 3), bool) & ~core & head.brain
    )
    return Tumour(oedema, core & ~enhancing, enhancing)


def _lumpy_depth(plan: Plan, rng: np.random.Generator, head: Anatomy) -> Field:
    """Signed depth below the core's surface in about mm, positive inside."""
    axes = [
        (np.arange(n, dtype=np.float32) - c) * head.spacing_mm
        for n, c in zip(head.shape, plan.centre, strict=True)
    ]
    stretch = np.exp(rng.normal(0, 0.22, 3))
    stretch /= stretch.prod() ** (1 / 3)
    x, y, z = (a / s for a, s in zip(axes, stretch, strict=True))
    radius = np.sqrt(x[:, None, None] ** 2 + y[None, :, None] ** 2 + z[None, None, :] ** 2)
    lumps = rough_noise(
        rng, head.shape, scale_mm=max(plan.radius_mm, 6.0), spacing_mm=head.spacing_mm
    )
    return (plan.radius_mm * (1 + rng.uniform(0.1, 0.3) * lumps) - radius).astype(np.float32)


def _satellite(plan: Plan, rng: np.random.Generator, head: Anatomy) -> Mask:
    away = rng.normal(0, 1, 3)
    away *= rng.uniform(1.2, 2.2) * (plan.radius_mm + 4) / head.spacing_mm / np.linalg.norm(away)
    x, y, z = (
        int(np.clip(c + a, 0, n - 1)) for c, a, n in zip(plan.centre, away, head.shape, strict=True)
    )
    radius = plan.radius_mm * rng.uniform(0.2, 0.5)
    small = Plan((x, y, z), max(radius, 2.5), 0.0, plan.enhancement, plan.rim_mm)
    return _lumpy_depth(small, rng, head) > 0


def _enhancing(plan: Plan, core: Mask, rng: np.random.Generator, head: Anatomy) -> Mask:
    mm = head.spacing_mm
    depth = depth_mm(core, spacing_mm=mm)
    spots = rough_noise(rng, head.shape, scale_mm=9.0, spacing_mm=mm)
    if plan.enhancement is Enhancement.NONE:
        return np.zeros_like(core)
    if plan.enhancement is Enhancement.SOLID:
        return core & (spots > -1.6)
    if plan.enhancement is Enhancement.PATCHY:
        return core & (spots > rng.uniform(0.0, 1.0))
    uneven = smooth_noise(rng, head.shape, scale_mm=18.0, spacing_mm=mm)
    rim = plan.rim_mm * np.clip(1 + 0.55 * uneven, 0.15, None)
    septa = (np.abs(spots) < 0.12) & (depth < 4 * plan.rim_mm)
    return core & ((depth <= np.maximum(rim, mm)) | septa)
