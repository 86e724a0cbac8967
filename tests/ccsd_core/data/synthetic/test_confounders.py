"""What looks like tumour and is none: it shows, and it never carries a label."""

import numpy as np
import pytest

from ccsd_core.data.synthetic import confounders, draw_patient
from ccsd_core.data.synthetic.anatomy import draw_anatomy
from ccsd_core.data.synthetic.deformation import draw_head_deformation
from ccsd_core.domain.modality import Modality

COARSE_MM = 4.0


@pytest.fixture(scope="module")
def head():
    rng = np.random.default_rng(0)
    return draw_anatomy(rng, draw_head_deformation(rng), spacing_mm=COARSE_MM)


def with_chance(monkeypatch, chance: float) -> None:
    kinds = {name: (chance, draw) for name, (_, draw) in confounders.KINDS.items()}
    monkeypatch.setattr(confounders, "KINDS", kinds)


def test_with_every_confounder_a_healthy_patient_still_has_no_label(monkeypatch):
    with_chance(monkeypatch, 1.0)

    for seed in range(4):
        assert not draw_patient(seed, spacing_mm=COARSE_MM, healthy=1.0).labels.any()


def test_confounders_change_images_and_not_the_tumour(monkeypatch):
    with_chance(monkeypatch, 0.0)
    bare = draw_patient(3, spacing_mm=COARSE_MM, healthy=1.0, randomised=0.0)
    with_chance(monkeypatch, 1.0)
    full = draw_patient(3, spacing_mm=COARSE_MM, healthy=1.0, randomised=0.0)

    for m in Modality:
        assert not np.array_equal(bare.images[m], full.images[m])


@pytest.mark.parametrize("name", confounders.KINDS)
def test_each_kind_covers_some_of_the_head_and_little_of_it_fully(name, head):
    draw = confounders.KINDS[name][1]
    for seed in range(3):
        share, levels = draw(np.random.default_rng(seed), head)
        assert share.shape == head.shape
        assert np.isfinite(share).all()
        assert share.max() > 0.02
        assert (share[head.brain] > 0.5).mean() < 0.25
        assert levels
        assert all(level > 0 for level in levels.values())
