"""Criticality by cosine similarity and by the gradient of the loss."""

import pytest
import torch

from ccsd_core.distillation.criticality import (
    cosine_criticality,
    gradient_criticality,
    gradient_sums,
    restricted_to,
    similarity_sums,
)
from ccsd_core.distillation.path import decremental_path
from ccsd_core.domain.modality import Modality

MIXED = torch.tensor([[True] * 4, [True, False, True, True]])


def features(odd: Modality) -> dict[Modality, torch.Tensor]:
    common = torch.randn(2, 4, 3, 3, 3)
    return {
        m: torch.randn_like(common) if m is odd else common + 0.1 * torch.randn_like(common)
        for m in Modality
    }


@pytest.mark.parametrize("odd", Modality, ids=lambda m: m.name)
def test_the_sequence_unlike_the_others_is_the_most_critical(odd):
    present = torch.ones(2, 4, dtype=torch.bool)

    criticality = cosine_criticality(similarity_sums(features(odd), present))

    assert max(criticality, key=criticality.__getitem__) is odd
    assert odd not in decremental_path(criticality)[1]


def test_similarities_of_two_batches_add_up_to_those_of_both():
    both = features(Modality.T1C)
    whole = cosine_criticality(similarity_sums(both, MIXED))

    one, other = (
        similarity_sums({m: f[i : i + 1] for m, f in both.items()}, MIXED[i : i + 1])
        for i in range(2)
    )

    assert cosine_criticality(one + other) == pytest.approx(whole)


def test_cosine_criticality_of_two_sequences_is_equal():
    present = torch.ones(2, 4, dtype=torch.bool)
    sums = similarity_sums(features(Modality.T1C), present)

    last = cosine_criticality(restricted_to(sums, [Modality.T1, Modality.T2]))

    assert last[Modality.T1] == last[Modality.T2]


def test_scoring_again_compares_only_the_remaining_sequences():
    """T1 resembles FLAIR alone: with FLAIR gone, T1 is the odd one."""
    present = torch.ones(1, 4, dtype=torch.bool)
    a, b = torch.randn(2, 1, 4, 3, 3, 3)
    alike = {Modality.FLAIR: a, Modality.T1: a, Modality.T1C: b, Modality.T2: b + 0.1 * a}
    sums = similarity_sums(alike, present)

    left = cosine_criticality(restricted_to(sums, [Modality.T1, Modality.T1C, Modality.T2]))

    assert max(left, key=left.__getitem__) is Modality.T1


def weighted_loss(fused: dict[Modality, list[torch.Tensor]]) -> torch.Tensor:
    """Per sample; T1c matters most, FLAIR not at all."""
    weights = {Modality.FLAIR: 0.0, Modality.T1: 1.0, Modality.T1C: 9.0, Modality.T2: 2.0}
    return sum(weights[m] * f.flatten(1).mean(dim=1) for m, levels in fused.items() for f in levels)


def leaves(batch: int) -> dict[Modality, list[torch.Tensor]]:
    sizes = ((4, 4, 4, 4), (8, 2, 2, 2))
    return {m: [torch.randn(batch, *s, requires_grad=True) for s in sizes] for m in Modality}


def test_the_sequence_that_the_loss_depends_on_has_the_largest_gradient():
    fused = leaves(2)

    found = gradient_criticality(
        gradient_sums(weighted_loss(fused), fused, torch.ones(2, 4, dtype=torch.bool))
    )

    assert sorted(found, key=found.__getitem__) == [
        Modality.FLAIR,
        Modality.T1,
        Modality.T2,
        Modality.T1C,
    ]
    assert found[Modality.FLAIR] == 0
    assert found[Modality.T1C] == pytest.approx(9 * found[Modality.T1], rel=1e-4)


def test_gradient_norms_of_two_batches_add_up_to_those_of_both():
    fused = leaves(2)
    whole = gradient_sums(weighted_loss(fused), fused, MIXED)

    def part(i: int):
        cut = {m: [f[i : i + 1].detach().requires_grad_() for f in fs] for m, fs in fused.items()}
        return gradient_sums(weighted_loss(cut), cut, MIXED[i : i + 1])

    assert gradient_criticality(part(0) + part(1)) == pytest.approx(gradient_criticality(whole))


def test_gradient_criticality_leaves_no_gradients_behind():
    fused = leaves(1)

    gradient_sums(weighted_loss(fused), fused, torch.ones(1, 4, dtype=torch.bool))

    assert all(f.grad is None for levels in fused.values() for f in levels)
