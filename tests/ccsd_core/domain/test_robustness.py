"""The robustness curve and its laws.

The curves and areas of the paper's Table 1 are tested beside its numbers, in `test_reference`.
"""

import itertools
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.robustness import RobustnessCurve
from ccsd_core.errors import BadInputError

every_available = pytest.mark.parametrize("available", ModalitySubset.every(), ids=str)
scores = st.floats(0, 1, allow_nan=False)


def curve_over(available: ModalitySubset, values) -> RobustnessCurve:
    return RobustnessCurve(available, dict(zip(available.subsets(), values, strict=True)))


@st.composite
def curves(draw) -> RobustnessCurve:
    available = draw(st.sampled_from(ModalitySubset.every()))
    count = len(available.subsets())
    return curve_over(available, draw(st.lists(scores, min_size=count, max_size=count)))


@every_available
def test_a_curve_ends_at_the_number_of_sequences_the_case_has(available: ModalitySubset):
    curve = curve_over(available, [len(s) / 4 for s in available.subsets()])
    assert curve.means == {k: k / 4 for k in range(1, len(available) + 1)}


@every_available
def test_only_four_sequences_have_an_area(available: ModalitySubset):
    curve = curve_over(available, [1.0] * len(available.subsets()))
    assert curve.aurc == (1.0 if available == ModalitySubset.full() else None)


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
    with pytest.raises(BadInputError, match=r"T1 has a score.* FLAIR \+ T2"):
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


@given(curve=curves(), empty=scores)
def test_an_interaction_is_what_one_is_worth_with_the_other_less_without_it(curve, empty: float):
    """The recursion by which Grabisch and Roubens define it."""
    for a, b in itertools.permutations(curve.available, 2):
        others = curve.available.toggled(b)
        without = RobustnessCurve(others, {s: curve.scores[s] for s in others.subsets()})
        with_b = RobustnessCurve(others, {s: curve.scores[s.toggled(b)] for s in others.subsets()})
        only_b = curve.scores[ModalitySubset.of(b)]
        more, less = with_b.shapley(a, empty_score=only_b), without.shapley(a, empty_score=empty)
        assert more is not None
        assert less is not None
        assert curve.interaction(a, b, empty_score=empty) == pytest.approx(more - less, abs=1e-9)


def test_interactions_of_known_games():
    full = ModalitySubset.full()
    a, b = Modality.T1, Modality.T1C
    games = {
        "each adds its own": (lambda s: 0.1 * sum(m + 1 for m in s), 0.0),
        "only both together": (lambda s: float(a in s and b in s), 1.0),
        "either is enough": (lambda s: float(a in s or b in s), -1.0),
    }
    for name, (score, expected) in games.items():
        curve = RobustnessCurve(full, {s: score(s) for s in full.subsets()})
        for one, other in itertools.combinations(Modality, 2):
            found = curve.interaction(one, other, empty_score=0.0)
            wanted = expected if {one, other} == {a, b} else 0.0
            assert found == pytest.approx(wanted, abs=1e-12), name


def test_there_is_no_interaction_of_what_the_curve_does_not_hold():
    full, pair = ModalitySubset.full(), ModalitySubset.parse("FLAIR+T2")
    whole = curve_over(full, [0.5] * 15)
    assert whole.interaction(Modality.T1, Modality.T1, empty_score=0) is None
    two = curve_over(pair, [0.5] * 3)
    assert two.interaction(Modality.T1, Modality.T2, empty_score=0) is None
    partly = RobustnessCurve(full, dict.fromkeys(full.subsets()[:-1], 0.5))
    assert partly.interaction(Modality.T1, Modality.T2, empty_score=0) is None
