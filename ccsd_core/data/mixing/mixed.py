"""Drawing one mixed patient."""

import numpy as np

from ccsd_core.data.mixing.pool import Pool
from ccsd_core.data.mixing.real_patient import PoolError
from ccsd_core.data.mixing.recipes import RECIPES
from ccsd_core.data.synthetic.patient import Patient, finish
from ccsd_core.data.synthetic.strip import share_below

DEFORM_AGAIN = 0.35
"""Strength of simulated scanner artefacts, reduced because real images already have artefacts."""


def draw_mixed(seed: int, pool: Pool, *, recipe: str | None = None) -> Patient:
    """A patient that depends only on `seed` and the pool; its `sources` name the patients used.

    Args:
        seed: Any non-negative integer.
        pool: The real patients; only these are used.
        recipe: One of `RECIPES`; None to draw one by its probability.

    Raises:
        PoolError: If there is no such recipe.
    """
    if recipe is not None and recipe not in RECIPES:
        raise PoolError(f"unknown recipe {recipe!r}: use one of {', '.join(RECIPES)}")
    rng = np.random.default_rng([seed, 1])
    drawn = str(rng.choice(list(RECIPES), p=[share for share, _ in RECIPES.values()]))
    name = recipe or drawn
    patient = RECIPES[name][1](rng, pool)
    return finish(
        rng,
        patient.images,
        patient.labels,
        share_below(patient.head.depth, spacing_mm=pool.spacing_mm),
        spacing_mm=pool.spacing_mm,
        worst=1.0 if name == "template" else DEFORM_AGAIN,
        sources=tuple(sorted(patient.sources)),
        recipe=name,
    )
