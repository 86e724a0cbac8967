"""The path: one sequence at a time, in the order that was asked for."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ccsd_core.distillation.path import decremental_path, path_in_order
from ccsd_core.domain.modality import Modality, ModalitySubset

SCORES = st.lists(st.floats(-1, 2).map(lambda x: round(x, 4)), min_size=4, max_size=4, unique=True)


def removed(path):
    return [next(m for m in a if m not in b) for a, b in itertools.pairwise(path)]


@given(SCORES)
def test_a_path_loses_one_sequence_at_a_time_and_the_most_critical_first(scores):
    criticality = dict(zip(Modality, scores, strict=True))

    path = decremental_path(criticality)

    assert path[0] == ModalitySubset.full()
    assert [len(s) for s in path] == [4, 3, 2, 1]
    assert [criticality[m] for m in removed(path)] == sorted(scores, reverse=True)[:3]


@given(SCORES)
def test_the_gentle_path_is_that_of_turned_scores(scores):
    criticality = dict(zip(Modality, scores, strict=True))

    gentle = decremental_path(criticality, keep_critical=True)

    assert gentle == decremental_path({m: -score for m, score in criticality.items()})


def test_equal_scores_are_resolved_towards_the_lower_channel():
    assert removed(decremental_path(dict.fromkeys(Modality, 0.5))) == list(Modality)[:3]


def test_the_last_bits_of_a_score_do_not_decide():
    """Ranks add up the same numbers in another order."""
    scores = dict(zip(Modality, (0.3, 0.3 + 1e-12, 0.1, 0.2), strict=True))

    assert removed(decremental_path(scores))[0] is Modality.FLAIR


def test_scores_taken_again_can_change_the_order_and_ties_go_back_to_the_first_scores():
    first = dict(zip(Modality, (0.1, 0.2, 0.9, 0.3), strict=True))

    def again(left):
        if len(left) == 3:  # without T1c, FLAIR has become the odd one
            return {Modality.FLAIR: 0.8, Modality.T1: 0.1, Modality.T2: 0.1}
        return dict.fromkeys(left, 0.5)

    path = decremental_path(first, rescore=lambda left: first if len(left) == 4 else again(left))

    assert removed(path) == [Modality.T1C, Modality.FLAIR, Modality.T2]


def test_a_path_in_a_given_order_removes_in_that_order():
    for order in list(itertools.permutations(Modality)):
        assert removed(path_in_order(order)) == list(order[:3]), order
        assert path_in_order(order)[-1] == ModalitySubset.of(order[3]), order
