"""The temperature that makes probabilities true, and how far they are from it."""

import numpy as np
import pytest

from ccsd_core.evaluation.derived.reliability import LogitCounts, reliability

VOXELS = 40_000


def counts(*, temperature: float, seed: int) -> LogitCounts:
    """Voxels of a model that is too sure by this temperature."""
    random = np.random.default_rng(seed)
    logit = random.normal(0, 2, VOXELS)
    truth = random.random(VOXELS) < 1 / (1 + np.exp(-logit))
    return LogitCounts.of(1 / (1 + np.exp(-logit * temperature)), truth)


def test_the_temperature_of_an_overconfident_model_is_found_for_each_number():
    too_sure = {1: 2.5, 2: 1.0, 3: 0.6}
    patients = [
        {k: [counts(temperature=t, seed=10 * i + k)] for k, t in too_sure.items()} for i in range(5)
    ]

    found = reliability(patients)

    for k, temperature in too_sure.items():
        assert found[k].temperature == pytest.approx(temperature, rel=0.05)
        assert found[k].error_after < 0.02
    assert found[1].error_before > 0.08
    assert found[3].error_before > 0.04


def test_each_patient_counts_alike_however_large():
    small, large = counts(temperature=2.0, seed=1), counts(temperature=1.0, seed=2)
    huge = LogitCounts(large.counts * 1000)

    assert reliability([{1: [small]}, {1: [huge]}])[1].temperature == pytest.approx(
        reliability([{1: [small]}, {1: [large]}])[1].temperature
    )


def test_the_error_after_is_that_of_a_temperature_from_the_other_patients():
    """Two patients who need opposite temperatures gain nothing from each other."""
    patients = [{1: [counts(temperature=t, seed=3)]} for t in (3.0, 1 / 3)]

    found = reliability(patients)[1]

    assert found.error_after > found.error_before


def test_the_error_is_the_gap_between_probability_and_frequency():
    probability = np.repeat([0.25, 0.75], 100)
    truth = np.concatenate([np.arange(100) < 45, np.arange(100) < 75])

    error = LogitCounts.of(probability, truth).error(1.0)

    assert error == pytest.approx(0.1, abs=0.01)  # 0.2 in one half, 0 in the other


def test_what_is_surely_and_rightly_nothing_does_not_dilute_the_error():
    some = LogitCounts.of(np.full(100, 0.6), np.arange(100) < 20)
    nothing = LogitCounts.of(np.full(100_000, 0.001), np.zeros(100_000, bool))

    assert (some + nothing).error(1.0) == pytest.approx(some.error(1.0))
    assert np.isnan(nothing.error(1.0))
