"""Probabilities as bytes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ccsd_core.domain.byte_probability import CERTAIN, HALF, as_bytes

PROBABILITIES = st.lists(st.floats(0, 1, width=16), min_size=1, max_size=50)


@given(PROBABILITIES)
def test_the_cut_at_one_half_stays_where_it_is(probabilities):
    values = np.array(probabilities, np.float16)
    assert ((as_bytes(values) >= HALF) == (values > 0.5)).all()


@given(PROBABILITIES)
def test_a_byte_is_within_one_step_of_its_probability(probabilities):
    values = np.array(probabilities, np.float32)
    assert np.abs(as_bytes(values) / CERTAIN - values).max() <= 1 / CERTAIN
