"""Segmentation and auxiliary losses: laws a training run leans on."""

import pytest
import torch

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

    assert float(right) < 1e-3
    assert float(wrong) > 5


def test_an_empty_region_left_empty_costs_nearly_nothing(loss):
    assert float(loss(torch.full(SHAPE, -20.0), torch.zeros(SHAPE, dtype=torch.bool))) < 1e-3


def test_two_micro_batches_equal_one_batch(loss):
    logits, truth = torch.randn(SHAPE), torch.rand(SHAPE) > 0.5

    apart = (loss(logits[:1], truth[:1]) + loss(logits[1:], truth[1:])) / 2

    torch.testing.assert_close(apart, loss(logits, truth))


def test_samples_that_do_not_count_have_no_say(loss):
    logits = torch.randn(SHAPE, requires_grad=True)
    truth = torch.rand(SHAPE) > 0.5

    only_second = loss(logits, truth, torch.tensor([False, True]))
    only_second.backward()

    torch.testing.assert_close(only_second, loss(logits[1:], truth[1:]))
    assert logits.grad[0].abs().sum() == 0


def test_alignment_ignores_absent_sequences():
    shared = {m: torch.zeros(1, 4, 2, 2, 2) for m in Modality}
    shared[Modality.T1C] += 5
    without = torch.tensor([[True, True, False, True]])

    assert float(shared_alignment(shared, without)) == 0
    assert float(shared_alignment(shared, torch.ones(1, 4, dtype=torch.bool))) > 0


@torch.no_grad()
def test_the_domain_is_easy_to_name_when_features_say_it():
    classifier = torch.nn.Linear(4, 4, bias=False)
    torch.nn.init.eye_(classifier.weight)
    present = torch.ones(1, 4, dtype=torch.bool)
    telling = {m: torch.zeros(1, 4, 2, 2, 2) for m in Modality}
    for m, f in telling.items():
        f[:, m] = 20.0
    silent = {m: torch.zeros(1, 4, 2, 2, 2) for m in Modality}

    assert float(domain_classification(telling, present, classifier)) < 1e-3
    assert float(domain_classification(silent, present, classifier)) == pytest.approx(
        1.386, abs=0.01
    )
