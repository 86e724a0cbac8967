"""Prediction intervals of volumes: what they are learnt from, and that they cover new patients."""

import math

import numpy as np
import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.derived.volume_calibration import (
    FEWEST_PATIENTS,
    volume_intervals,
    volume_intervals_json,
)

METRICS = ("volume_ml", "volume_difference_ml")
SCALE = {Region.WT: 0.1, Region.TC: 0.2, Region.ET: 0.4}
"""Error of the full input by region, in √mL."""


def drawn(patients: int, *, seed: int, spread=lambda subset: 5 - len(subset)):
    """Experts' and predicted volumes in mL, by patient, subset and region."""
    random = np.random.default_rng(seed)
    expert = {(i, r): float(random.uniform(5, 90)) for i in range(patients) for r in Region}
    return expert, {
        (i, s, r): max(0.0, math.sqrt(expert[i, r]) + random.normal() * SCALE[r] * spread(s)) ** 2
        for i in range(patients)
        for s in ModalitySubset.every()
        for r in Region
    }


def evaluation_of(made_up, expert, predicted, **more):
    def value(case, subset, region, metric):
        volume = predicted[case, subset, region]
        return volume if metric == "volume_ml" else volume - expert[case, region]

    count = len({i for i, _ in expert})
    return made_up(count, value=value, metrics=METRICS, **more)


def test_of_new_patients_about_nine_in_ten_are_inside(made_up):
    found = volume_intervals(evaluation_of(made_up, *drawn(40, seed=0)))
    assert found is not None
    assert found.patients == 40
    expert, predicted = drawn(300, seed=1)
    for region in Region:
        inside = []
        for (i, subset, r), volume in predicted.items():
            if r is region:
                low, high = found.interval_ml(volume, subset=subset, region=region)
                inside.append(low <= expert[i, region] <= high)
        assert 0.86 <= np.mean(inside) <= 0.97
        assert 0.86 <= found.coverage[region] <= 0.97


def test_patients_differ_and_those_left_out_are_covered_all_the_same(made_up):
    """One hard patient in ten is wrong everywhere: pooled subsets alone would look better."""
    expert, predicted = drawn(30, seed=2)
    predicted |= {k: v * 3 for k, v in predicted.items() if k[0] % 10 == 0}

    found = volume_intervals(evaluation_of(made_up, expert, predicted))

    for region in Region:
        assert 0.85 <= found.coverage[region] <= 0.97


def test_fewer_sequences_never_make_a_narrower_interval(made_up):
    # By chance alone the full input is the worst here.
    drawn_badly = drawn(12, seed=3, spread=len)

    widths = volume_intervals(evaluation_of(made_up, *drawn_badly)).half_widths

    for subset in ModalitySubset.every():
        for richer in ModalitySubset.every():
            if subset.issubset(richer):
                for region in Region:
                    assert widths[subset][region] >= widths[richer][region] > 0


def test_only_new_patients_with_a_tumour_and_four_sequences_count(made_up):
    volumes = drawn(FEWEST_PATIENTS + 2, seed=4)
    pair = ModalitySubset.parse("FLAIR+T2")

    def patients(**more):
        found = volume_intervals(evaluation_of(made_up, *volumes, **more))
        return None if found is None else found.patients

    assert patients() == FEWEST_PATIENTS + 2
    assert patients(seen=(0,)) == FEWEST_PATIENTS + 1
    assert patients(absent={0: set(Region), 1: {Region.ET}}) == FEWEST_PATIENTS + 1
    lacking = lambda i: pair if i == 0 else ModalitySubset.full()  # noqa: E731
    assert patients(available=lacking) == FEWEST_PATIENTS + 1
    assert patients(seen=(0, 1, 2)) is None


def test_the_summary_has_no_entry_where_nothing_could_be_learnt(made_up):
    assert volume_intervals_json(made_up(FEWEST_PATIENTS + 5)) == {}  # no volumes were scored
    assert volume_intervals_json(evaluation_of(made_up, *drawn(FEWEST_PATIENTS - 1, seed=5))) == {}


def test_the_summary_says_how_the_intervals_are_made(made_up):
    found = volume_intervals_json(evaluation_of(made_up, *drawn(FEWEST_PATIENTS, seed=6)))

    entry = found["volume_intervals"]
    assert entry["level"] == pytest.approx(0.9)
    assert set(entry["half_widths_sqrt_ml"]) == {str(s) for s in ModalitySubset.every()}
    assert all(
        math.isfinite(f) for row in entry["half_widths_sqrt_ml"].values() for f in row.values()
    )
    assert set(entry["coverage_leave_one_out"]) == {"WT", "TC", "ET"}
