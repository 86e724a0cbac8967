"""Criticality and the path: the odd one out goes first."""

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ccsd_core.distillation.criticality import (
    cosine_criticality,
    decremental_path,
    pair_similarities,
)
from ccsd_core.domain.modality import Modality, ModalitySubset


def features(odd: Modality) -> dict[Modality, torch.Tensor]:
    common = torch.randn(2, 4, 3, 3, 3)
    return {
        m: torch.randn_like(common) if m is odd else common + 0.1 * torch.randn_like(common)
        for m in Modality
    }


@pytest.mark.parametrize("odd", Modality, ids=lambda m: m.name)
def test_the_sequence_unlike_the_others_is_the_most_critical(odd):
    present = torch.ones(2, 4, dtype=torch.bool)

    criticality = cosine_criticality(*pair_similarities(features(odd), present))

    assert max(criticality, key=criticality.__getitem__) is odd
    assert odd not in decremental_path(criticality)[1]


def test_two_batches_add_up_to_one():
    both = features(Modality.T1C)
    present = torch.tensor([[True] * 4, [True, False, True, True]])
    whole = cosine_criticality(*pair_similarities(both, present))

    sums = [
        pair_similarities({m: f[i : i + 1] for m, f in both.items()}, present[i : i + 1])
        for i in range(2)
    ]
    added = cosine_criticality(sums[0][0] + sums[1][0], sums[0][1] + sums[1][1])

    assert added == pytest.approx(whole)


def test_recomputing_on_the_last_pair_would_always_tie():
    pair = {m: torch.randn(1, 4, 2, 2, 2) for m in (Modality.T1, Modality.T2)}

    criticality = cosine_criticality(*pair_similarities(pair, torch.ones(1, 4, dtype=torch.bool)))

    assert criticality[Modality.T1] == criticality[Modality.T2]


@given(st.lists(st.floats(-1, 2), min_size=4, max_size=4))
def test_a_path_loses_one_sequence_at_a_time_and_the_most_critical_first(scores):
    criticality = dict(zip(Modality, scores, strict=True))

    path = decremental_path(criticality)

    assert path[0] == ModalitySubset.full()
    assert [len(s) for s in path] == [4, 3, 2, 1]
    removed = [next(m for m in a if m not in b) for a, b in itertools.pairwise(path)]
    assert [criticality[m] for m in removed] == sorted(scores, reverse=True)[:3]
