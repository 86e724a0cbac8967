"""Bootstrap intervals: laws, agreement with scipy's, and few patients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ccsd_core.evaluation.statistics.bootstrap import FEWEST, percentile_intervals

values_of_patients = st.lists(st.floats(0, 1), min_size=FEWEST, max_size=12).map(np.array)


def mean_interval(values: np.ndarray) -> tuple[float, float]:
    low, high = percentile_intervals(
        lambda w: ((w @ values) / w.sum(axis=-1))[..., None], len(values)
    )[:, 0]
    return low, high


@given(values=values_of_patients)
@settings(deadline=None)
def test_an_interval_stays_within_what_was_seen_and_is_the_same_each_time(values):
    low, high = mean_interval(values)
    assert values.min() - 1e-9 <= low <= high <= values.max() + 1e-9
    assert (low, high) == mean_interval(values)


@given(values=values_of_patients, shift=st.floats(-5, 5), scale=st.floats(0.1, 10))
@settings(deadline=None, max_examples=30)
def test_it_moves_and_scales_with_the_scores(values, shift, scale):
    expected = [shift + scale * end for end in mean_interval(values)]
    assert mean_interval(shift + scale * values) == pytest.approx(expected, abs=1e-9)


def test_equal_scores_give_an_interval_of_no_width():
    assert mean_interval(np.full(5, 0.5)) == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize("patients", range(1, FEWEST))
def test_too_few_patients_have_no_interval(patients: int):
    assert np.isnan(mean_interval(np.linspace(0, 1, patients))).all()


def test_it_agrees_with_scipys_percentile_bootstrap():
    values = np.random.default_rng(1).gamma(2, size=40)
    theirs = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=20_000, axis=-1
    ).confidence_interval
    assert mean_interval(values) == pytest.approx((theirs.low, theirs.high), abs=0.03)


def test_a_resample_without_the_quantity_is_left_out():
    # Only the first of four patients has it: it is missing from some resamples.
    def statistic(weights):
        there = weights[..., :1]
        return np.where(there > 0, 7.0, np.nan)

    assert percentile_intervals(statistic, 4)[:, 0].tolist() == [7, 7]


def test_what_no_patient_has_has_no_interval():
    nothing = percentile_intervals(lambda w: np.full((*w.shape[:-1], 1), np.nan), 4)
    assert np.isnan(nothing).all()
