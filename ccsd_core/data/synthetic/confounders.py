"""Confounders: structures that look like tumour but are not, and have no label.

T1c    veins in sulci and white matter, the venous sinuses, dura, choroid plexus
all    bone and dura at the surface
FLAIR  caps and halos of the ventricles, white-matter spots, flowing fluid, a bright surface
T2     perivascular spaces, flow voids
all    calcification, small bleeds, lacunes
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.data.synthetic.anatomy import Anatomy
from ccsd_core.data.synthetic.noise import Field, smooth_noise
from ccsd_core.domain.modality import Modality

FLAIR, T1, T1C, T2 = Modality.FLAIR, Modality.T1, Modality.T1C, Modality.T2


@dataclass(frozen=True, slots=True, eq=False)
class Confounder:
    """A structure to be painted over a healthy head.

    Args:
        name: Name of the structure.
        index: Flat indices of its voxels.
        share: Fraction of each of these voxels that it fills, 0 … 1.
        levels: Intensity in each sequence that shows it; white matter is 1.
    """

    name: str
    index: NDArray[np.int64]
    share: Field
    levels: dict[Modality, float]


Draw = tuple[Field, dict[Modality, float]]


def draw_confounders(rng: np.random.Generator, head: Anatomy) -> list[Confounder]:
    """The confounders of a head; each kind is drawn with its own probability."""
    found = []
    for name, (chance, draw) in KINDS.items():
        if rng.random() < chance:
            share, levels = draw(rng, head)
            share = np.where(head.depth > -4, share, 0)
            index = np.flatnonzero(share > 0.02)
            found.append(
                Confounder(
                    name, index, np.minimum(share.reshape(-1)[index], 1).astype(np.float32), levels
                )
            )
    return found


def _noise(rng: np.random.Generator, head: Anatomy, scale_mm: float) -> Field:
    return smooth_noise(rng, head.shape, scale_mm=scale_mm, spacing_mm=head.spacing_mm)


def _uptake(rng: np.random.Generator) -> float:
    """Intensity of blood on T1c: mostly low, sometimes three times white matter."""
    return float(1.15 + 1.9 * rng.random() ** 2)


def _threads(rng: np.random.Generator, head: Anatomy, *, scale_mm: float, width_mm: float) -> Field:
    """Thin curved lines: where two smooth fields are both zero."""
    width = max(width_mm, 0.6 * head.spacing_mm) / (0.55 * scale_mm)
    fields = (_noise(rng, head, scale_mm) for _ in range(2))
    total = sum(((f / width) ** 2 for f in fields), np.zeros((), np.float32))
    return np.exp(-0.5 * total)


def _sulcal_veins(rng: np.random.Generator, head: Anatomy) -> Draw:
    lines = _threads(rng, head, scale_mm=rng.uniform(9, 16), width_mm=rng.uniform(0.6, 1.3))
    share = lines * np.clip(2.5 * (head.fluid - 0.15), 0, 1)
    levels = {T1C: _uptake(rng)}
    return share, levels | ({T2: 0.5, FLAIR: 0.5} if rng.random() < 0.3 else {})


def _deep_veins(rng: np.random.Generator, head: Anatomy) -> Draw:
    lines = _threads(rng, head, scale_mm=rng.uniform(8, 14), width_mm=rng.uniform(0.3, 0.6))
    broken = np.clip(_noise(rng, head, 10.0), 0, 1)
    share = lines * head.white * broken * rng.uniform(0.3, 0.8)
    return share, {T1C: float(rng.uniform(1.2, 2.0))}


def _sinuses(rng: np.random.Generator, head: Anatomy) -> Draw:
    back = np.linspace(1, 0, head.shape[1], dtype=np.float32)[None, :, None]
    width = rng.uniform(2.5, 5.0)
    near = np.exp(-((head.midplane_distance_mm / width) ** 2)) * np.exp(
        -((head.depth / (1.5 * width)) ** 2)
    )
    share = near * np.clip(0.3 + back, 0, 1) * 1.4
    return share, {T1C: _uptake(rng) + 0.1} | ({T2: 0.4} if rng.random() < 0.4 else {})


def _dura(rng: np.random.Generator, head: Anatomy) -> Draw:
    wave = _noise(rng, head, 18.0)
    share = np.exp(-((head.depth / rng.uniform(0.8, 2.2)) ** 2)) * (wave > rng.uniform(-0.5, 1.5))
    return share * rng.uniform(0.4, 1), {T1C: float(rng.uniform(1.1, 2.4))}


def _bone(rng: np.random.Generator, head: Anatomy) -> Draw:
    """Remains of inner table and dura after skull stripping: dark, or fatty and bright on T1."""
    wave = _noise(rng, head, rng.uniform(15, 35))
    reach = np.clip(rng.uniform(0.5, 2.0) + 0.8 * wave, 0.1, None)
    share = np.exp(-((np.maximum(head.depth, 0) / reach) ** 2)) * rng.uniform(0.5, 1)
    dark = {m: float(rng.uniform(0.05, 0.5)) for m in (FLAIR, T1, T1C, T2)}
    fat = float(rng.uniform(1.1, 2.2))
    return share, dark | ({T1: fat, T1C: fat} if rng.random() < 0.12 else {})


def _plexus(rng: np.random.Generator, head: Anatomy) -> Draw:
    wave = _noise(rng, head, rng.uniform(4, 8))
    share = np.clip(1.5 * (wave - rng.uniform(0.6, 1.6)), 0, 0.9) * (
        head.ventricle_distance_mm < 0.5
    )
    return share, {
        T1C: _uptake(rng),
        FLAIR: float(rng.uniform(0.8, 1.4)),
        T2: float(rng.uniform(1.4, 2.5)),
    }


def _caps(rng: np.random.Generator, head: Anatomy) -> Draw:
    wave = _noise(rng, head, rng.uniform(12, 30))
    reach = np.clip(rng.uniform(1.0, 5.0) * (1 + 0.5 * wave), 0.5, None)
    share = np.exp(-np.maximum(head.ventricle_distance_mm, 0) / reach) * (
        head.ventricle_distance_mm > -1
    )
    return share * np.clip(head.white + 0.3 * head.grey, 0, 1) * rng.uniform(0.3, 1), {
        FLAIR: float(rng.uniform(1.3, 2.2)),
        T2: float(rng.uniform(1.1, 1.6)),
        T1: 0.9,
    }


def _white_matter_spots(rng: np.random.Generator, head: Anatomy) -> Draw:
    wave = _noise(rng, head, rng.uniform(3.5, 9))
    share = np.clip(2 * (wave - rng.uniform(1.8, 3.2)), 0, 1) * np.clip(2 * head.white - 0.8, 0, 1)
    return share * (head.depth > 6), {
        FLAIR: float(rng.uniform(1.25, 2.2)),
        T2: float(rng.uniform(1.15, 1.8)),
        T1: float(rng.uniform(0.8, 0.95)),
        T1C: float(rng.uniform(0.85, 1.0)),
    }


def _flow(rng: np.random.Generator, head: Anatomy) -> Draw:
    wave = _noise(rng, head, rng.uniform(10, 20))
    share = head.fluid * np.clip(wave - rng.uniform(0.0, 1.2), 0, 1)
    return share * (head.depth > 4), {FLAIR: float(rng.uniform(0.8, 1.8))}


def _surface(rng: np.random.Generator, head: Anatomy) -> Draw:
    wave = _noise(rng, head, rng.uniform(12, 40))
    rim = np.exp(-((np.maximum(head.depth, 0) / rng.uniform(1.0, 4.0)) ** 2))
    levels = {FLAIR: float(rng.uniform(1.2, 2.2))}
    return rim * np.clip(0.5 + 0.5 * wave, 0, 1) * rng.uniform(0.2, 0.9), levels


def _perivascular(rng: np.random.Generator, head: Anatomy) -> Draw:
    wave = _noise(rng, head, 3.0)
    filled = 1.0 if head.spacing_mm < 1.5 else 0.5  # thinner than coarse voxels
    share = np.clip(3 * (wave - rng.uniform(2.4, 3.4)), 0, filled) * (head.depth > 10)
    return share * (head.white + head.grey), {
        T2: float(rng.uniform(1.4, 2.5)), T1: 0.65, T1C: 0.65, FLAIR: float(rng.uniform(0.6, 1.1)),
    }  # fmt: skip


def _dots(rng: np.random.Generator, head: Anatomy) -> Field:
    """A few small balls anywhere in the brain."""
    where = np.flatnonzero(head.depth.reshape(-1) > 4)
    share = np.zeros(head.shape, np.float32)
    for _ in range(int(rng.integers(1, 7))):
        centre = np.unravel_index(where[rng.integers(len(where))], head.shape)
        radius = rng.uniform(1.0, 4.5) / head.spacing_mm
        low = [max(int(c - 2 * radius - 1), 0) for c in centre]
        box = tuple(slice(a, int(c + 2 * radius + 2)) for a, c in zip(low, centre, strict=True))
        axes = np.ogrid[
            tuple(slice(b.start, min(b.stop, n)) for b, n in zip(box, head.shape, strict=True))
        ]
        squared = sum((a - c) ** 2 for a, c in zip(axes, centre, strict=True))
        share[box] = np.maximum(share[box], np.exp(-((np.asarray(squared) / radius**2) ** 2)))
    return share


def _calcification(rng: np.random.Generator, head: Anatomy) -> Draw:
    bright = rng.random() < 0.4
    t1 = float(rng.uniform(1.1, 1.6) if bright else rng.uniform(0.4, 0.8))
    return _dots(rng, head), {T1: t1, T1C: t1, T2: float(rng.uniform(0.3, 0.7)), FLAIR: 0.5}


def _lacunes(rng: np.random.Generator, head: Anatomy) -> Draw:
    flair = float(rng.uniform(0.3, 0.8))
    return _dots(rng, head), {T1: 0.5, T1C: 0.5, T2: float(rng.uniform(1.8, 3.5)), FLAIR: flair}


KINDS: dict[str, tuple[float, Callable[[np.random.Generator, Anatomy], Draw]]] = {
    "bone": (0.7, _bone),
    "surface": (0.4, _surface),
    "flow": (0.5, _flow),
    "caps": (0.8, _caps),
    "white-matter spots": (0.6, _white_matter_spots),
    "perivascular spaces": (0.5, _perivascular),
    "lacunes": (0.12, _lacunes),
    "calcification": (0.2, _calcification),
    "deep veins": (0.3, _deep_veins),
    "sulcal veins": (0.95, _sulcal_veins),
    "plexus": (0.85, _plexus),
    "dura": (0.5, _dura),
    "sinuses": (0.85, _sinuses),
}
"""Probability and drawing function of each kind."""
