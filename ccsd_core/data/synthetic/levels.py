"""Intensity of each tissue in each sequence, with white matter at 1.

The ranges were measured in seven BraTS 2021 cases (medians over each tissue, relative to the
median of white matter) and widened, since seven patients are few. Physical constraints are kept:
fluid is dark on FLAIR, T1 and T1c and bright on T2; oedematous tissue is bright on FLAIR and T2 and
dark on T1; only tissue with contrast agent is brighter on T1c than on T1.

Some patients have fully randomised contrasts instead: SynthSeg (Billot et al., Medical
Image Analysis 2023).
"""

from dataclasses import dataclass

import numpy as np

from ccsd_core.domain.modality import Modality

Range = tuple[float, float]

RANGES: dict[Modality, dict[str, Range]] = {
    Modality.FLAIR: {
        "fluid": (0.62, 0.15), "grey": (0.95, 1.4), "oedema": (1.1, 2.2),
        "solid": (1.15, 2.2), "liquid": (0.6, 3.0), "enhancing": (1.05, 2.4),
    },
    Modality.T1: {
        "fluid": (0.65, 0.32), "grey": (0.9, 0.74), "oedema": (0.99, 0.76),
        "solid": (1.03, 0.7), "liquid": (1.0, 0.52), "enhancing": (1.1, 0.8),
    },
    Modality.T1C: {
        "fluid": (0.75, 0.25), "grey": (0.99, 0.66), "oedema": (1.02, 0.72),
        "solid": (1.03, 0.66), "liquid": (0.95, 0.48), "enhancing": (1.08, 2.5),
    },
    Modality.T2: {
        "fluid": (1.8, 4.3), "grey": (1.12, 1.42), "oedema": (1.25, 2.3),
        "solid": (1.3, 2.4), "liquid": (1.5, 3.4), "enhancing": (1.15, 2.3),
    },
}  # fmt: skip
"""Relative intensities of tissue from its driest to its wettest (fluid and grey matter: from the
weakest contrast of a protocol to the strongest; enhancing on T1c: from hardly to strongly)."""

TISSUES = tuple(RANGES[Modality.FLAIR])


@dataclass(frozen=True, slots=True)
class Levels:
    """One patient's intensities.

    Args:
        of: Level of each tissue in each sequence; white matter is at `white`.
        white: Level of white matter; 1 unless randomised.
        randomised: Sequences with a random, unphysical contrast.
    """

    of: dict[Modality, dict[str, float]]
    white: dict[Modality, float]
    randomised: frozenset[Modality] = frozenset()


def draw_levels(rng: np.random.Generator, *, randomised: float) -> Levels:
    """Intensities of one patient.

    Args:
        rng: Generator of random numbers.
        randomised: Probability that the patient's contrasts are randomised, then each sequence with
            probability 0.6.
    """
    wet = {tissue: rng.random() for tissue in TISSUES}
    dark_fluid = rng.random() < 0.35  # liquid that FLAIR suppresses like fluid
    t1_contrast = rng.random()
    of: dict[Modality, dict[str, float]] = {}
    for m in Modality:
        contrast = rng.random() if m not in (Modality.T1, Modality.T1C) else t1_contrast
        of[m] = {}
        for tissue, (dry, full) in RANGES[m].items():
            shared = contrast if tissue in ("fluid", "grey") else wet[tissue]
            at = np.clip(0.65 * shared + 0.35 * rng.random(), 0, 1)
            if tissue == "enhancing" and m is Modality.T1C:
                at = at**1.6  # faint more often than strong
            of[m][tissue] = float(dry + at * (full - dry))
    flair = of[Modality.FLAIR]
    # An expert marks visible oedema, also at the edge, where it has half its strength.
    seen = max(flair["grey"], 1.0) + float(rng.uniform(0.2, 0.45))
    flair["oedema"] = max(flair["oedema"], seen)
    flair["liquid"] = float(rng.uniform(0.4, 1.1) if dark_fluid else rng.uniform(1.1, 3.0))
    of[Modality.T2]["oedema"] = max(of[Modality.T2]["oedema"], of[Modality.T2]["grey"] + 0.08)
    of[Modality.T1C]["enhancing"] = max(
        of[Modality.T1C]["enhancing"], of[Modality.T1]["enhancing"] + 0.12
    )
    levels = Levels(of, dict.fromkeys(Modality, 1.0))
    if rng.random() < randomised:
        chosen = [m for m in Modality if rng.random() < 0.6]
        return _randomised(rng, levels, chosen)
    return levels


def _randomised(rng: np.random.Generator, levels: Levels, chosen: list[Modality]) -> Levels:
    """Any tissue at any level; adjacent tumour tissues keep a visible contrast."""
    of, white = dict(levels.of), dict(levels.white)
    for m in chosen:
        white[m] = float(rng.uniform(0.5, 1.5))
        of[m] = {tissue: float(rng.uniform(0.1, 2.5)) for tissue in TISSUES}
        for tissue, neighbour in (("oedema", white[m]), ("enhancing", of[m]["solid"])):
            gap = of[m][tissue] - neighbour
            if abs(gap) < 0.25:
                of[m][tissue] = neighbour + (0.3 if gap >= 0 else -0.3)
    return Levels(of, white, frozenset(chosen))
