"""Transferring one patient's contrasts to another's anatomy.

Either image by image (matching the quantiles of the healthy brain) or as tissue intensities for a
painted head.

Source: histogram matching as in Nyúl and Udupa (Magnetic Resonance in Medicine, 1999), who
standardise scans; here it maps one patient's scan to another's scale.
"""

from dataclasses import replace

import numpy as np

from ccsd_core.data.mixing.real_patient import RealPatient
from ccsd_core.data.synthetic.levels import Levels, draw_levels
from ccsd_core.data.synthetic.noise import Field
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import BRATS2021

QUANTILES = np.linspace(0.01, 0.99, 25)


def with_contrasts_of(
    rng: np.random.Generator, patient: RealPatient, style: RealPatient
) -> RealPatient:
    """The patient with contrasts between its own and those of `style`, at random."""
    here, there = patient.healthy, style.healthy
    images: dict[Modality, Field] = {}
    for m in Modality:
        part = float(rng.uniform(0.3, 1.0))
        ours = np.quantile(patient.images[m][here], QUANTILES)
        theirs = np.quantile(style.images[m][there], QUANTILES)
        image = _mapped(patient.images[m], ours, ours + part * (theirs - ours))
        images[m] = np.where(patient.head.brain, np.maximum(image, 0.02), 0).astype(np.float32)
    return replace(patient, images=images).with_sources(*style.sources)


def _mapped(image: Field, ours: np.ndarray, theirs: np.ndarray) -> Field:
    """Piecewise linear between the quantiles; proportional outside them, where tumours may be."""
    ours = np.maximum.accumulate(ours) + np.linspace(0, 1e-4, len(ours))
    mapped = np.interp(image, ours, theirs)
    above = theirs[-1] + (image - ours[-1]) * float(np.clip(theirs[-1] / ours[-1], 0.6, 1.7))
    below = theirs[0] * image / max(float(ours[0]), 1e-3)
    return np.where(image > ours[-1], above, np.where(image < ours[0], below, mapped))


def levels_of(rng: np.random.Generator, style: RealPatient) -> Levels:
    """Approximate tissue intensities of a real patient; those of missing tissues are drawn."""
    drawn = draw_levels(rng, randomised=0.0)
    healthy, labels, head = style.healthy, style.labels, style.head
    masks = {
        "fluid": healthy & (head.fluid > 0.8) & (head.depth > 8),
        "grey": healthy & (head.grey > 0.7),
        "oedema": labels == BRATS2021.oedema,
        "solid": labels == BRATS2021.necrosis,
        "liquid": labels == BRATS2021.necrosis,
        "enhancing": labels == BRATS2021.enhancing,
    }
    spread = {"solid": 0.3, "liquid": 0.7, "enhancing": 0.6}
    of = {m: dict(levels) for m, levels in drawn.of.items()}
    for tissue, mask in masks.items():
        if mask.sum() >= 40:
            at = np.clip(spread.get(tissue, 0.5) + rng.normal(0, 0.1), 0.05, 0.95)
            for m in Modality:
                of[m][tissue] = float(np.quantile(style.images[m][mask], at))
    t1, t1c = of[Modality.T1], of[Modality.T1C]
    t1c["enhancing"] = max(t1c["enhancing"], t1["enhancing"] + 0.12)
    return Levels(of, drawn.white)
