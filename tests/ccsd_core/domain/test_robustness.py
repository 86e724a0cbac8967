"""The robustness curve, against the columns of the paper's Table 1 and against its laws.

The columns are facts from arXiv:2511.14599, Table 1 (BraTS 2018, Dice in percent), in table
order; the expected D_k and areas were computed from them by hand once.
"""

import itertools
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.robustness import RobustnessCurve
from ccsd_core.errors import BadInputError

COLUMNS = {
    "CCSD ET": (
        45.48,
        42.82,
        74.22,
        46.76,
        45.58,
        76.84,
        48.81,
        77.01,
        47.39,
        76.88,
        77.63,
        47.30,
        76.73,
        77.14,
        79.95,
    ),
    "CCSD TC": (
        70.89,
        65.20,
        78.05,
        69.43,
        73.60,
        84.31,
        73.17,
        84.02,
        72.15,
        84.79,
        85.28,
        74.64,
        86.86,
        85.42,
        85.70,
    ),
    "CCSD WT": (
        90.40,
        74.17,
        75.52,
        84.54,
        88.93,
        90.46,
        92.04,
        78.63,
        86.47,
        86.23,
        89.20,
        90.24,
        90.91,
        87.82,
        91.50,
    ),
    "ShaSpec ET": (
        37.79,
        38.43,
        74.27,
        47.62,
        43.85,
        76.18,
        44.66,
        74.53,
        48.90,
        76.52,
        75.87,
        44.66,
        74.83,
        75.74,
        76.47,
    ),
    "ShaSpec TC": (
        69.26,
        66.49,
        81.85,
        70.90,
        72.76,
        84.11,
        71.72,
        82.87,
        72.05,
        83.44,
        84.08,
        73.38,
        85.69,
        84.79,
        85.58,
    ),
    "ShaSpec WT": (
        89.65,
        73.66,
        74.35,
        84.15,
        88.36,
        90.33,
        90.14,
        77.51,
        87.31,
        85.59,
        89.02,
        89.46,
        89.76,
        85.30,
        90.15,
    ),
    "M3AE ET": (
        35.60,
        37.10,
        73.70,
        47.60,
        41.20,
        75.00,
        45.40,
        74.70,
        48.70,
        75.30,
        74.00,
        44.80,
        73.80,
        75.40,
        75.50,
    ),
}
EXPECTED = {
    "CCSD ET": ((52.32, 62.09, 69.70, 79.95), 197.92, 65.97),
    "CCSD TC": ((70.89, 78.67, 83.05, 85.70), 240.02, 80.01),
    "CCSD WT": ((81.16, 87.13, 89.54, 91.50), 263.00, 87.67),
    "ShaSpec ET": ((49.53, 60.77, 67.78, 76.47), 191.55, 63.85),
    "ShaSpec TC": ((72.12, 77.83, 81.98, 85.58), 238.66, 79.55),
    "ShaSpec WT": ((80.45, 86.54, 88.39, 90.15), 260.23, 86.74),
    "M3AE ET": ((48.50, 60.05, 67.00, 75.50), 189.05, 63.02),
}

every_available = pytest.mark.parametrize("available", ModalitySubset.every(), ids=str)
scores = st.floats(0, 1, allow_nan=False)


def curve_over(available: ModalitySubset, values) -> RobustnessCurve:
    return RobustnessCurve(available, dict(zip(available.subsets(), values, strict=True)))


@st.composite
def curves(draw) -> RobustnessCurve:
    available = draw(st.sampled_from(ModalitySubset.every()))
    count = len(available.subsets())
    return curve_over(available, draw(st.lists(scores, min_size=count, max_size=count)))


@pytest.mark.parametrize("name", EXPECTED)
def test_the_papers_columns_give_the_known_curve_and_area(name: str):
    means, area, third = EXPECTED[name]
    curve = curve_over(ModalitySubset.full(), COLUMNS[name])
    assert tuple(curve.means) == (1, 2, 3, 4)
    assert tuple(curve.means.values()) == pytest.approx(means, abs=0.0051)
    assert curve.aurc == pytest.approx(area, abs=0.0051)
    assert curve.aurc is not None
    assert curve.aurc / 3 == pytest.approx(third, abs=0.0051)


@pytest.mark.parametrize(
    ("name", "average"), [("CCSD ET", 62.70), ("CCSD TC", 78.23), ("CCSD WT", 86.47)]
)
def test_the_mean_over_all_subsets_is_the_papers_average(name: str, average: float):
    assert curve_over(ModalitySubset.full(), COLUMNS[name]).mean == pytest.approx(
        average, abs=0.0051
    )


@every_available
def test_a_curve_ends_at_the_number_of_sequences_the_case_has(available: ModalitySubset):
    curve = curve_over(available, [len(s) / 4 for s in available.subsets()])
    assert curve.means == {k: k / 4 for k in range(1, len(available) + 1)}


@every_available
def test_only_four_sequences_have_an_area(available: ModalitySubset):
    curve = curve_over(available, [1.0] * len(available.subsets()))
    assert curve.aurc == (3.0 if available == ModalitySubset.full() else None)


def test_an_incomplete_curve_has_no_area_mean_or_shapley_value_yet():
    full = ModalitySubset.full()
    curve = RobustnessCurve(full, dict.fromkeys(full.subsets()[:-1], 0.5))
    assert not curve.complete
    assert curve.aurc is None
    assert curve.mean is None
    assert curve.shapley(Modality.T2, empty_score=0) is None
    assert curve.drop_without(Modality.T2) is None
    assert set(curve.means) == {1, 2, 3}


def test_an_empty_curve_has_nothing():
    curve = RobustnessCurve(ModalitySubset.full(), {})
    assert curve.means == {}
    assert curve.worst is None


def test_a_subset_the_case_does_not_have_cannot_be_scored():
    pair = ModalitySubset.parse("FLAIR+T2")
    with pytest.raises(BadInputError, match=r"T1 is scored .* FLAIR\+T2"):
        RobustnessCurve(pair, {ModalitySubset.of(Modality.T1): 0.5})


@given(curve=curves(), empty=scores)
def test_shapley_values_sum_to_what_all_sequences_gain(curve: RobustnessCurve, empty: float):
    values = [curve.shapley(m, empty_score=empty) for m in curve.available]
    assert sum(v for v in values if v is not None) == pytest.approx(
        curve.scores[curve.available] - empty, abs=1e-9
    )


@given(curve=curves(), empty=scores)
def test_shapley_is_the_mean_gain_over_all_orders_of_acquisition(curve, empty: float):
    def score(members: tuple[Modality, ...]) -> float:
        return curve.scores[ModalitySubset.of(*members)] if members else empty

    for modality in curve.available:
        orders = list(itertools.permutations(curve.available))
        gains = []
        for order in orders:
            position = order.index(modality)
            gains.append(score(order[: position + 1]) - score(order[:position]))
        assert curve.shapley(modality, empty_score=empty) == pytest.approx(fmean(gains), abs=1e-9)


def test_a_sequence_that_changes_nothing_is_worth_nothing():
    full = ModalitySubset.full()
    curve = RobustnessCurve(full, {s: 1.0 if Modality.T1C in s else 0.25 for s in full.subsets()})
    assert curve.shapley(Modality.T2, empty_score=0.25) == pytest.approx(0)
    assert curve.shapley(Modality.T1C, empty_score=0.25) == pytest.approx(0.75)
    assert curve.drop_without(Modality.T2) == 0
    assert curve.drop_without(Modality.T1C) == 0.75


def test_a_sequence_the_case_does_not_have_is_worth_nothing_known():
    pair = curve_over(ModalitySubset.parse("FLAIR+T2"), [0.1, 0.2, 0.3])
    assert pair.shapley(Modality.T1, empty_score=0) is None
    assert pair.drop_without(Modality.T1) is None


@given(curve=curves())
def test_the_worst_subset_is_below_every_mean(curve: RobustnessCurve):
    assert curve.worst is not None
    subset, value = curve.worst
    assert curve.scores[subset] == value
    assert all(value <= mean + 1e-12 for mean in curve.means.values())


def test_the_worst_of_equals_is_the_first_in_table_order():
    curve = curve_over(ModalitySubset.full(), [0.5] * 15)
    assert curve.worst == (ModalitySubset.of(Modality.FLAIR), 0.5)
