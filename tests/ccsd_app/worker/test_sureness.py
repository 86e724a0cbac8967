"""Probabilities on their way from the inference process to the window."""

import numpy as np
import pytest

from ccsd_app.worker.sureness import quantised
from ccsd_core.domain.byte_probability import CERTAIN, HALF
from ccsd_core.domain.modality import ModalitySubset

EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_what_arrives_is_what_the_network_said_and_nothing_is_cut_off(fake_worker, subset):
    sure = fake_worker.FakeSureness(subset)

    values, (x, y, z) = quantised(sure, fake_worker.SHAPE)

    whole = np.zeros((3, *fake_worker.SHAPE), np.uint8)
    _, a, b, c = values.shape
    whole[:, x : x + a, y : y + b, z : z + c] = values
    np.testing.assert_allclose(whole / CERTAIN, sure.values, atol=0.5 / CERTAIN)
    np.testing.assert_array_equal(whole >= HALF, fake_worker.regions(subset))


def test_where_nothing_is_probable_nothing_is_sent(fake_worker):
    sure = fake_worker.FakeSureness(ModalitySubset.full())
    sure.values[:] = 0.001

    values, _ = quantised(sure, fake_worker.SHAPE)

    assert values.shape == (3, 0, 0, 0)
