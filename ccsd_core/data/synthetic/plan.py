"""Plan of a synthetic tumour: kind, position, size, extent of oedema.

The frequencies of the kinds follow BraTS: mostly ring-enhancing glioblastomas, many large cores
with little enhancement, some without any enhancement, some tiny ones.

Source for the spread of volumes: U. Baid et al., arXiv:2107.02314 (the data set's description),
and the seven cases measured here (whole tumour 30 … 231 mL, enhancing 0 … 90 mL).
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from ccsd_core.data.synthetic.anatomy import Anatomy
from ccsd_core.data.synthetic.deformation import at_knots, knots_from
from ccsd_core.data.synthetic.fields import Point, axis_mm
from ccsd_core.data.synthetic.noise import Field


class Enhancement(Enum):
    """How the core takes up contrast."""

    RING = "ring"
    PATCHY = "patchy"
    SOLID = "solid"
    SPECKS = "specks"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TumourKind:
    """A family of tumours.

    Args:
        share: Probability.
        radius_mm: Range of the core's radius, drawn log-uniformly.
        oedema_mm: Range of the oedema's reach.
        enhancement: Patterns with their probabilities.
        liquid: Range of the liquefaction of the non-enhancing core, 0 solid … 1 fluid.
        inner: Range of the fraction of the radius that the enhancing part spans.
    """

    share: float
    radius_mm: tuple[float, float]
    oedema_mm: tuple[float, float]
    enhancement: dict[Enhancement, float]
    liquid: tuple[float, float]
    inner: tuple[float, float]


KINDS = (
    TumourKind(  # glioblastoma
        0.35, (10.0, 31.0), (6.0, 34.0), {Enhancement.RING: 0.85, Enhancement.PATCHY: 0.15},
        (0.4, 1.0), (0.88, 1.0),
    ),
    TumourKind(  # large and mixed
        0.11, (18.0, 36.0), (1.0, 14.0), {Enhancement.PATCHY: 0.6, Enhancement.SOLID: 0.2,
        Enhancement.RING: 0.2}, (0.0, 0.8), (0.7, 1.0),
    ),
    TumourKind(  # lower grade: a core that does not enhance, or in specks
        0.18, (12.0, 36.0), (0.5, 8.0), {Enhancement.NONE: 0.6, Enhancement.SPECKS: 0.4},
        (0.0, 0.8), (0.3, 0.8),
    ),
    TumourKind(  # small core, wide oedema
        0.14, (4.0, 11.0), (12.0, 32.0), {Enhancement.RING: 0.5, Enhancement.SOLID: 0.3,
        Enhancement.PATCHY: 0.2}, (0.2, 1.0), (0.8, 1.0),
    ),
    TumourKind(  # infiltrating: a solid core, an enhancing focus somewhere within
        0.13, (14.0, 30.0), (6.0, 24.0), {Enhancement.RING: 0.4, Enhancement.SPECKS: 0.4,
        Enhancement.PATCHY: 0.2}, (0.0, 0.4), (0.2, 0.5),
    ),
    TumourKind(  # tiny
        0.09, (3.0, 9.0), (1.0, 10.0), {Enhancement.RING: 0.3, Enhancement.SOLID: 0.3,
        Enhancement.NONE: 0.4}, (0.0, 1.0), (0.9, 1.0),
    ),
)  # fmt: skip
"""The kinds of tumour with their probabilities and ranges."""


@dataclass(frozen=True, slots=True)
class TumourPlan:
    """A tumour before it is grown.

    Args:
        centres: Centres of the core's lobes and of separate foci; the first is the main one.
        radii_mm: Their mean radii.
        oedema_mm: Reach of the oedema beyond the core.
        enhancement: Pattern of the enhancement.
        rim_mm: Thickness of a ring.
        inner: Fraction of the radius that the enhancing part spans.
        liquid: Liquefaction of the non-enhancing core.
        cyst: Whether the core contains a fluid-filled cavity.
        lumps: Irregularity of the outline, relative to the radius.
        push_mm: Displacement of tissue at the core's surface.
    """

    centres: tuple[Point, ...]
    radii_mm: tuple[float, ...]
    oedema_mm: float
    enhancement: Enhancement
    rim_mm: float
    inner: float
    liquid: float
    cyst: bool
    lumps: float
    push_mm: float


def draw_plan(rng: np.random.Generator, head: Anatomy) -> TumourPlan:
    """Draw kind, position and size in a head, which may have a coarse resolution."""
    kind = KINDS[rng.choice(len(KINDS), p=[k.share for k in KINDS])]
    radius = float(np.exp(rng.uniform(*np.log(kind.radius_mm))))
    patterns = list(kind.enhancement)
    pattern = patterns[rng.choice(len(patterns), p=list(kind.enhancement.values()))]
    low, high = kind.oedema_mm
    centres, radii = _foci(rng, draw_place(rng, head, radius), radius)
    return TumourPlan(
        centres,
        radii,
        oedema_mm=min(float(rng.uniform(low, high)), max(44 - 0.7 * radius, low)),
        enhancement=pattern,
        rim_mm=float(rng.uniform(1.2, 3.0 + radius / 5)),
        inner=float(rng.uniform(*kind.inner)),
        liquid=float(rng.uniform(*kind.liquid)),
        cyst=bool(rng.random() < 0.15),
        lumps=float(rng.uniform(0.08, 0.32)),
        push_mm=float(radius * rng.choice([rng.uniform(0, 0.15), rng.uniform(0.1, 0.5)])),
    )


def displacement(plan: TumourPlan, head: Anatomy) -> Field:
    """Mass effect at the deformation's knots in mm (3, a, b, c), towards the original position.

    It fades towards the brain's surface, since the skull is rigid.
    """
    offset = knots_from(plan.centres[0])
    distance = np.sqrt((offset**2).sum(0)) + 1e-3
    reach = 1.6 * plan.radii_mm[0] + 0.6 * plan.oedema_mm + 4
    amount = plan.push_mm * np.exp(-((distance / reach) ** 2))
    amount = np.minimum(amount, 0.6 * distance)
    amount *= np.clip(at_knots(head.depth, spacing_mm=head.spacing_mm) / 14, 0, 1)
    return (-offset / distance * amount).astype(np.float32)


def draw_place(rng: np.random.Generator, head: Anatomy, radius_mm: float) -> Point:
    """A random point in tissue, most likely in or near white matter.

    It is often temporal and rarely in the cerebellum or the brain stem.
    """
    forward = np.linspace(0, 1, head.shape[1])[None, :, None]
    height = np.linspace(0, 1, head.shape[2])
    temporal = (height < 0.45) & (forward > 0.38) & (head.midplane_distance_mm > 22)
    weight = np.where(head.depth > 5, 0.15 + head.white, 0) * (head.fluid < 0.5)
    weight *= np.where(temporal, 1.8, np.where(height < 0.33, 0.2, 1.0))
    if radius_mm > 15:  # a large mass is not on the midline
        weight *= np.clip(head.midplane_distance_mm / 25, 0, 1)
    total = weight.ravel().cumsum()
    index = int(np.searchsorted(total, rng.random() * total[-1]))
    voxel = np.unravel_index(min(index, total.size - 1), head.shape)
    x, y, z = (
        float(axis_mm(n, spacing_mm=head.spacing_mm)[v])
        for n, v in zip(head.shape, voxel, strict=True)
    )
    return x, y, z


def _foci(
    rng: np.random.Generator, centre: Point, radius_mm: float
) -> tuple[tuple[Point, ...], tuple[float, ...]]:
    """The main lobe, lobes that bulge from it, and sometimes separate foci."""
    centres, radii = [centre], [radius_mm]
    lobes = int(rng.choice(4, p=(0.4, 0.25, 0.2, 0.15)))
    separate = int(rng.choice(4, p=(0.8, 0.1, 0.06, 0.04)))
    for i in range(lobes + separate):
        away = rng.normal(0, 1, 3)
        far = rng.uniform(0.5, 1.0) if i < lobes else rng.uniform(1.3, 2.5)
        away *= far * (radius_mm + (0 if i < lobes else 4)) / np.linalg.norm(away)
        x, y, z = (float(c + a) for c, a in zip(centre, away, strict=True))
        centres.append((x, y, z))
        radii.append(max(radius_mm * float(rng.uniform(0.3, 0.8 if i < lobes else 0.5)), 2.5))
    return tuple(centres), tuple(radii)
