"""Mixing the real cases that developers have at hand; skipped where they are not."""

from pathlib import Path

import numpy as np
import pytest

from ccsd_core.data.mixing import draw_mixed, read_pool
from ccsd_core.domain.modality import Modality
from ccsd_core.progress import drain

CASES = Path(__file__).parents[5] / "shared" / "cases"
IDS = ("BraTS2021_01481", "BraTS2021_01482")

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"no real cases in {CASES}")


@pytest.fixture(scope="module")
def pool():
    return drain(read_pool(CASES, spacing_mm=4.0, only=IDS))


def test_tissues_of_real_brains_lie_where_physics_says(pool):
    for patient in pool.patients.values():
        head = patient.head
        healthy = patient.healthy & (head.depth > 8)
        for m, order in (
            (Modality.T1, ("fluid", "grey", "white")),
            (Modality.T2, ("white", "grey", "fluid")),
        ):
            levels = [
                np.median(patient.images[m][healthy & (getattr(head, t) > 0.6)]) for t in order
            ]
            assert levels == sorted(levels)
        assert 0.2 < head.white.sum() / head.brain.sum() < 0.7


def test_mirroring_takes_small_tumours_out(pool):
    for id in IDS:
        flair = pool.patients[id].images[Modality.FLAIR]
        sick = pool.patients[id].labels > 0
        healed = pool.tumour_free[id].images[Modality.FLAIR][sick]
        assert np.median(flair[sick]) > 1.2
        assert abs(np.median(healed) - 1.0) < 0.2


def test_a_real_tumour_in_another_anatomy_keeps_its_contrasts(pool):
    patient = draw_mixed(0, pool, recipe="lesion")

    assert patient.sources == IDS
    flair, sick = patient.images[Modality.FLAIR].astype(float), patient.labels == 2
    assert np.median(flair[sick]) > 1.15 * np.median(flair[(flair > 0) & (patient.labels == 0)])
