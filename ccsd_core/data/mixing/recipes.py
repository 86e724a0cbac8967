"""Recipes for making a patient from real ones; each records the patients it used.

own        a real patient, deformed, in the contrasts of another
lesion     a real tumour in another patient's anatomy
grown      a synthetic tumour in a real anatomy
shaped     a painted tumour with the shape of a real one, in a real anatomy
template   a painted tumour with a real shape and real contrasts, on the MNI152 brain
well       a real anatomy with its tumour replaced
"""

from collections.abc import Callable

import numpy as np

from ccsd_core.data.mixing.placing import deformed
from ccsd_core.data.mixing.pool import Pool
from ccsd_core.data.mixing.real_patient import RealPatient
from ccsd_core.data.mixing.shaped import tumour_of_labels
from ccsd_core.data.mixing.transfer import levels_of, with_contrasts_of
from ccsd_core.data.mixing.transplant import transplant, transplant_library_shape, transplant_shape
from ccsd_core.data.synthetic.anatomy import draw_anatomy
from ccsd_core.data.synthetic.confounders import draw_confounders
from ccsd_core.data.synthetic.deformation import (
    ElasticDeformation,
    draw_deformation,
    draw_head_deformation,
)
from ccsd_core.data.synthetic.levels import Levels, draw_levels
from ccsd_core.data.synthetic.paint import paint_confounders, paint_head, paint_tumour
from ccsd_core.data.synthetic.plan import displacement, draw_plan
from ccsd_core.data.synthetic.tumour import Tumour, grow
from ccsd_core.domain.modality import Modality

TWICE_RESAMPLED = 0.65
"""Softness, in voxels, of edges in a real image that was brought to a grid and then deformed."""

LIBRARY_SHARE = 0.85
"""Probability that a shape comes from the library, if there is one; it has many more than the
pool."""

Recipe = Callable[[np.random.Generator, Pool], RealPatient]


def own(rng: np.random.Generator, pool: Pool) -> RealPatient:
    """A real patient, deformed, in the contrasts of another."""
    patient = deformed(_any(rng, pool.patients), _draw_deformation(rng))
    return with_contrasts_of(rng, patient, _any(rng, pool.patients))


def lesion(rng: np.random.Generator, pool: Pool) -> RealPatient:
    """A real tumour in another patient's anatomy, sometimes in the contrasts of a third."""
    host = _host(rng, pool)
    donor = _with_tumour(rng, pool, but=host.sources)
    return _restyled(rng, pool, transplant(rng, host, donor))


def grown(rng: np.random.Generator, pool: Pool) -> RealPatient:
    """A synthetic tumour in a real anatomy, with mass effect."""
    tumour_free, deformation = _any(rng, pool.tumour_free), _draw_deformation(rng)
    plan = draw_plan(rng, deformed(tumour_free, deformation).head)
    push = displacement(plan, deformed(tumour_free, deformation).head)
    host = deformed(tumour_free, deformation.displaced_by(push))
    tumour = grow(plan, rng, host.head)
    return _painted(rng, pool, host, tumour, draw_levels(rng, randomised=0.05))


def shaped(rng: np.random.Generator, pool: Pool) -> RealPatient:
    """A painted tumour with the shape of a real one, in a real anatomy."""
    host = _host(rng, pool)
    shape = _shape(rng, pool, host, but=host.sources)
    if not shape.labels.any():
        return host
    tumour = tumour_of_labels(shape.labels, rng, host.head)
    host = host.with_sources(*shape.sources)
    if rng.random() < 0.4:
        style = _with_tumour(rng, pool, but=())
        levels, host = levels_of(rng, style), host.with_sources(*style.sources)
    else:
        levels = draw_levels(rng, randomised=0.05)
    return _painted(rng, pool, host, tumour, levels)


def template(rng: np.random.Generator, pool: Pool) -> RealPatient:
    """A painted tumour with a real shape and real contrasts, on the MNI152 brain."""
    head = draw_anatomy(rng, draw_head_deformation(rng), spacing_mm=pool.spacing_mm)
    style = _with_tumour(rng, pool, but=())
    levels = levels_of(rng, style)
    images = paint_head(rng, head, levels)
    paint_confounders(images, draw_confounders(rng, head), levels)
    labels = np.zeros(head.shape, np.uint8)
    host = RealPatient(images, labels, head, style.sources)
    shape = _shape(rng, pool, host, but=())
    if not shape.labels.any():
        return host
    tumour = tumour_of_labels(shape.labels, rng, head)
    paint_tumour(images, tumour, levels, rng, spacing_mm=pool.spacing_mm)
    host = RealPatient(images, tumour.labels(head.shape), head, host.sources)
    return host.with_sources(*shape.sources)


def tumour_free(rng: np.random.Generator, pool: Pool) -> RealPatient:
    """A real anatomy with its tumour replaced, and with additional confounders."""
    host = _host(rng, pool)
    if rng.random() < 0.5:
        levels = draw_levels(rng, randomised=0.0)
        paint_confounders(host.images, draw_confounders(rng, host.head), levels)
    return _restyled(rng, pool, host)


RECIPES: dict[str, tuple[float, Recipe]] = {
    "own": (0.22, own),
    "lesion": (0.23, lesion),
    "grown": (0.2, grown),
    "shaped": (0.13, shaped),
    "template": (0.1, template),
    "well": (0.12, tumour_free),
}
"""Each recipe with its probability."""


def _draw_deformation(rng: np.random.Generator) -> ElasticDeformation:
    return draw_deformation(rng, size=(0.92, 1.08), strength=0.6)


def _host(rng: np.random.Generator, pool: Pool) -> RealPatient:
    return deformed(_any(rng, pool.tumour_free), _draw_deformation(rng))


def _shape(
    rng: np.random.Generator, pool: Pool, host: RealPatient, *, but: tuple[str, ...]
) -> RealPatient:
    """A real tumour's labels within the host, mostly from the library, if the pool has one."""
    if pool.shapes is not None and rng.random() < LIBRARY_SHARE:
        ids = list(pool.shapes.maps)
        on = pool.shapes.on(host, ids[rng.integers(len(ids))])
        if on.labels.any():
            return transplant_library_shape(rng, host, on)
    return transplant_shape(rng, host, _with_tumour(rng, pool, but=but))


def _any(rng: np.random.Generator, patients: dict[str, RealPatient]) -> RealPatient:
    ids = list(patients)
    return patients[ids[rng.integers(len(ids))]]


def _with_tumour(rng: np.random.Generator, pool: Pool, *, but: tuple[str, ...]) -> RealPatient:
    """A patient with a tumour, preferably not one of `but`."""
    ill = {id: p for id, p in pool.patients.items() if p.labels.any()}
    others = {id: p for id, p in ill.items() if id not in but}
    return _any(rng, others or ill or pool.patients)


def _painted(
    rng: np.random.Generator, pool: Pool, host: RealPatient, tumour: Tumour, levels: Levels
) -> RealPatient:
    """The host with a painted tumour, sometimes in the contrasts of another patient."""
    images = {m: image.copy() for m, image in host.images.items()}
    white = dict.fromkeys(Modality, 1.0)
    paint_tumour(
        images, tumour, levels, rng, spacing_mm=pool.spacing_mm, white=white, edge=TWICE_RESAMPLED
    )
    labels = tumour.labels(host.head.shape)
    return _restyled(rng, pool, RealPatient(images, labels, host.head, host.sources))


def _restyled(rng: np.random.Generator, pool: Pool, patient: RealPatient) -> RealPatient:
    if rng.random() < 0.4:
        return with_contrasts_of(rng, patient, _any(rng, pool.patients))
    return patient
