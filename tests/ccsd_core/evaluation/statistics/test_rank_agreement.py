"""Kendall's tau-b of a few things: its values, its ties, and what chance does."""

from itertools import permutations, product

import numpy as np
import pytest
from scipy.stats import kendalltau

from ccsd_core.evaluation.statistics.rank_agreement import chance_variance, highest, tau_b


def test_tau_b_equals_scipys_with_and_without_ties():
    """For all pairs of four values of three levels each, which hold every pattern of ties."""
    levels = np.array(list(product(range(3), repeat=4)), dtype=float)
    a, b = np.repeat(levels, len(levels), axis=0), np.tile(levels, (len(levels), 1))
    chosen = np.random.default_rng(0).choice(len(a), 300, replace=False)
    expected = [kendalltau(a[i], b[i]).statistic for i in chosen]
    assert np.isnan(expected).any()  # where one side orders nothing
    np.testing.assert_allclose(tau_b(a[chosen], b[chosen]), expected, atol=1e-12)


@pytest.mark.parametrize("things", [2, 3, 4])
def test_tau_b_over_all_orders_has_mean_0_and_the_stated_variance(things):
    orders = np.array(list(permutations(range(things))), dtype=float)
    values = tau_b(np.arange(float(things)), orders)
    assert values.mean() == pytest.approx(0)
    assert values.var() == pytest.approx(chance_variance(things))


def test_tau_b_depends_on_the_order_alone():
    a, b = np.array([0.0, 0, 3, 1]), np.array([1e-7, 1e-7, 5, 2e-7])
    assert tau_b(a, b) == pytest.approx(tau_b(a, b * 1e6))
    assert tau_b(a, np.array([0.2, 0.2, 9, 0.4])) == 1
    assert tau_b(a, -np.array([0.2, 0.2, 9, 0.4])) == -1


def test_values_equal_in_single_precision_are_tied():
    a = np.array([0.0, 0.0, 0.0, 1.0])
    assert tau_b(a, np.array([0.3, 0.3 + 1e-7, 0.3 - 1e-7, 0.9])) == 1
    assert tau_b(a, np.array([0.3, 0.31, 0.29, 0.9])) == pytest.approx(3 / np.sqrt(3 * 6))
    assert highest(np.array([0.9, 0.3, 0.9 + 1e-7, 0.1])).tolist() == [True, False, True, False]


def test_tau_b_is_nan_where_a_side_has_no_order():
    for a, b in [([1, 1, 1], [1, 2, 3]), ([1, 2, 3], [0, 0, 0]), ([5], [7]), ([], [])]:
        assert np.isnan(tau_b(np.array(a, float), np.array(b, float)))
    assert highest(np.array([])).tolist() == []
