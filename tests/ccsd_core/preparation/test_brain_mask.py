"""deepbet finds the brain of a head; the arithmetic on masks is ours."""

import numpy as np
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.preparation.brain_mask import brain_mask, grown
from tests.ccsd_core.preparation.conftest import Head


@pytest.mark.slow
def test_the_brain_of_a_head_is_found(head: Head):
    pytest.importorskip("deepbet", reason="needs the extra [scanner]")
    found = brain_mask(head.image(Modality.T1, stripped=False))
    shared = 2 * (found & head.brain).sum() / (found.sum() + head.brain.sum())
    assert shared > 0.9


def test_a_mask_grows_by_millimetres_on_any_grid():
    mask = np.zeros((21, 21, 21), bool)
    mask[10, 10, 10] = True
    larger = grown(mask, (1.0, 1.0, 2.0), 4.0)
    assert larger[14, 10, 10]
    assert not larger[15, 10, 10]
    assert larger[10, 10, 12]
    assert not larger[10, 10, 13]
    np.testing.assert_array_equal(grown(larger, (1.0, 1.0, 2.0), 0.0), larger)
    assert grown(larger, (1.0, 1.0, 2.0), -2.0).sum() < larger.sum()
