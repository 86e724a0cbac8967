"""Segmentation and auxiliary losses: laws a training run leans on."""

import pytest
import torch
from torch.nn import functional

from ccsd_core.domain.modality import Modality
from ccsd_core.losses.auxiliary import domain_classification, shared_alignment
from ccsd_core.losses.segmentation import SegmentationLoss

SHAPE = (2, 3, 6, 6, 6)


@pytest.fixture
def loss() -> SegmentationLoss:
    return SegmentationLoss()


def test_a_sure_and_right_prediction_costs_nearly_nothing(loss):
    truth = torch.rand(SHAPE) > 0.6

    right = loss((truth.float() * 2 - 1) * 20, truth)
    wrong = loss((1 - truth.float() * 2) * 20, truth)

    assert float(right.max()) < 1e-3
    assert float(wrong.min()) > 5


def test_an_empty_region_left_empty_costs_nearly_nothing(loss):
    empty = loss(torch.full(SHAPE, -20.0), torch.zeros(SHAPE, dtype=torch.bool))

    assert float(empty.max()) < 1e-3


def test_what_is_marked_in_a_healthy_patient_counts_with_a_tumours_size_of_smoothing():
    def pull(empty_voxels: float) -> float:
        logits = torch.full((1, 3, 24, 24, 24), -8.0)
        logits[..., :10, :10, :10] = 0
        logits.requires_grad_()
        nothing = torch.zeros(logits.shape, dtype=torch.bool)
        SegmentationLoss(empty_voxels)(logits, nothing).sum().backward()
        assert logits.grad is not None
        return float(logits.grad[..., :10, :10, :10].mean())

    assert pull(500.0) > 3 * pull(1.0)


def test_the_smoothing_of_empty_regions_leaves_others_as_they_are(loss):
    logits, truth = torch.randn(SHAPE), torch.rand(SHAPE) > 0.5

    torch.testing.assert_close(SegmentationLoss(5_000.0)(logits, truth), loss(logits, truth))


def test_a_sample_costs_the_same_alone_and_in_a_batch(loss):
    logits, truth = torch.randn(SHAPE), torch.rand(SHAPE) > 0.5

    apart = torch.cat([loss(logits[:1], truth[:1]), loss(logits[1:], truth[1:])])

    torch.testing.assert_close(apart, loss(logits, truth))


def test_alignment_ignores_absent_sequences():
    shared = {m: torch.zeros(1, 4, 2, 2, 2) for m in Modality}
    shared[Modality.T1C] += 5
    without = torch.tensor([[True, True, False, True]])
    everyone = torch.ones(1, 4, dtype=torch.bool)

    assert float(shared_alignment(shared, without, without)) == 0
    assert float(shared_alignment(shared, everyone, everyone)) > 0


@torch.no_grad()
def test_the_domain_is_easy_to_name_when_features_say_it():
    classifier = torch.nn.Linear(4, 4, bias=False)
    torch.nn.init.eye_(classifier.weight)
    present = torch.ones(1, 4, dtype=torch.bool)
    telling = {m: torch.zeros(1, 4, 2, 2, 2) for m in Modality}
    for m, f in telling.items():
        f[:, m] = 20.0
    silent = {m: torch.zeros(1, 4, 2, 2, 2) for m in Modality}

    assert float(domain_classification(telling, present, present, classifier)) < 1e-3
    assert float(domain_classification(silent, present, present, classifier)) == pytest.approx(
        1.386, abs=0.01
    )


def test_the_auxiliaries_of_parts_add_up_to_those_of_the_whole():
    whole = torch.tensor([[True, True, False, True], [True, False, True, True]])
    shared = {m: torch.randn(2, 4, 2, 2, 2) for m in Modality}
    classifier = torch.nn.Linear(4, 4)

    def both(rows: slice) -> torch.Tensor:
        cut = {m: f[rows] for m, f in shared.items() if bool(whole[rows, m].any())}
        return torch.stack(
            [
                shared_alignment(cut, whole[rows], whole),
                domain_classification(cut, whole[rows], whole, classifier),
            ]
        )

    torch.testing.assert_close(both(slice(0, 1)) + both(slice(1, 2)), both(slice(0, 2)))


def test_the_neighbours_in_a_circle_are_summed():
    everyone = torch.ones(1, 4, dtype=torch.bool)
    shared = {m: torch.full((1, 4, 2, 2, 2), float(2**m)) for m in Modality}

    found = shared_alignment(shared, everyone, everyone, pairs="cyclic")

    assert float(found) == 1 + 2 + 4 + 7


def test_cross_entropy_can_be_summed_and_dice_smoothed_below_alone():
    """ShaSpec's terms, spelled out; by its Dice a region that is empty in truth always costs 1."""
    logits, truth = torch.randn(SHAPE), torch.rand(SHAPE) > 0.5
    truth[:, 2] = False

    found = SegmentationLoss(smoothed="denominator", cross_entropy="sum")(logits, truth)

    p, t = torch.sigmoid(logits), truth.float()
    dice = 1 - 2 * (p * t).sum((2, 3, 4)) / (p.sum((2, 3, 4)) + t.sum((2, 3, 4)) + 1)
    entropy = functional.binary_cross_entropy(p, t, reduction="none").mean((2, 3, 4))
    torch.testing.assert_close(found, dice.mean(1) + entropy.sum(1))
    assert dice[:, 2].tolist() == [1, 1]
