"""Criticality of one case: the training's scores, for whatever sequences it has."""

import dataclasses

import pytest
import torch

from ccsd_core.data.preprocess import prepare, prepare_target
from ccsd_core.distillation.criticality import cosine_criticality, similarity_sums
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import ResourceError
from ccsd_core.inference import case_criticality
from ccsd_core.inference.predictor import Predictor
from ccsd_core.losses.segmentation import SegmentationLoss
from ccsd_core.progress import drain


@pytest.fixture
def predictor(network, manifest) -> Predictor:
    return Predictor(network, manifest, spacing_mm=8.0, device="cpu")


def test_every_sequence_a_case_has_is_scored_and_no_other(predictor, case):
    for available in ModalitySubset.every():
        found = drain(predictor.criticality(case.restricted_to(available)))

        assert set(found.gradient) == set(available), available
        assert all(value > 0 for value in found.gradient.values()), available
        assert set(found.cosine) == (set(available) if len(available) > 1 else set()), available
        if len(available) > 1:
            assert [len(subset) for subset in found.path] == list(range(len(available), 0, -1)), (
                available
            )
            (first,) = set(found.path[0]) - set(found.path[1])
            assert found.cosine[first] == max(found.cosine.values())  # the most critical goes first


def test_cosine_is_that_of_the_networks_deepest_fused_features(predictor, network, case):
    found = drain(predictor.criticality(case))

    prepared = prepare(case, spacing_mm=8.0)
    images = torch.stack([prepared.images[m] for m in Modality])[None]
    present = torch.ones(1, 4, dtype=torch.bool)
    with torch.no_grad():
        deepest = network.encode(images, present).deepest("fused")
    wanted = cosine_criticality(similarity_sums(deepest, present))
    assert found.cosine == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize("modality", list(Modality), ids=lambda m: m.name)
def test_gradient_criticality_predicts_the_change_of_the_loss(predictor, network, case, modality):
    """A small step against one sequence's gradient lowers the loss by step × norm."""
    found = drain(predictor.criticality(case))
    prepared = prepare(case, spacing_mm=8.0)
    images = torch.stack([prepared.images[m] for m in Modality])[None]
    present, step = torch.ones(1, 4, dtype=torch.bool), 1e-2
    target, loss = prepare_target(case, prepared)[None], SegmentationLoss()

    with torch.no_grad():
        encoding = network.encode(images, present)
    sequence = encoding.sequences[modality]
    fused = [feature.clone().requires_grad_() for feature in sequence.fused]

    def loss_of(features):
        project = network.decoder.project
        own = [project(f, level=i, modality=modality) for i, f in enumerate(features)]
        changed = list(encoding.sequences)
        changed[modality] = dataclasses.replace(sequence, projected={"fused": own})
        other = dataclasses.replace(encoding, sequences=tuple(changed))
        return loss(network.decode(other, present), target)[0]

    before = loss_of(fused)
    gradients = torch.autograd.grad(before, fused)
    norm = torch.sqrt(sum(g.square().sum() for g in gradients))
    with torch.no_grad():
        moved = [f - step * g / norm for f, g in zip(fused, gradients, strict=True)]
        fall = (before - loss_of(moved)) / step
    assert found.gradient[modality] == pytest.approx(float(norm), rel=1e-3)
    assert found.gradient[modality] == pytest.approx(float(fall), rel=0.1)


def test_without_labels_the_networks_own_finding_is_the_target_and_it_says_so(predictor, case):
    labelled = drain(predictor.criticality(case))
    alone = drain(predictor.criticality(dataclasses.replace(case, reference=None)))

    assert (labelled.against_expert, alone.against_expert) == (True, False)
    assert alone.cosine == labelled.cosine
    assert alone.gradient != labelled.gradient


def test_scores_leave_the_network_and_later_predictions_alone(predictor, network, case):
    encoded = drain(predictor.encode(case))
    before = predictor.predict(encoded, case.available).regions

    drain(predictor.criticality(case))

    assert all(p.grad is None and not p.requires_grad for p in network.parameters())
    assert (predictor.predict(encoded, case.available).regions == before).all()


class EnoughError(Exception):
    """Raised by a cancellation check."""


def test_criticality_can_be_interrupted_between_blocks_forwards_and_backwards(
    predictor, network, case
):
    """After the last report come decoding and its backward pass; both can be given up."""
    steps = predictor.criticality(case)
    checks, last = [], None

    def raise_if_cancelled() -> None:
        checks.append(torch.is_grad_enabled())
        if last is not None and len(checks) >= last:
            raise EnoughError

    predictor.raise_if_cancelled = raise_if_cancelled
    for progress in steps:
        if progress.what.endswith("gradients"):
            before = len(checks)
    after = len(checks) - before
    blocks = sum(1 for m in network.decoder.modules() if next(m.children(), None) is None)
    assert after > 1.5 * blocks  # forwards, and backwards where a gradient is passed on

    checks.clear()
    last = before + after - 3  # the last checks are those of the backward pass
    with pytest.raises(EnoughError):
        drain(predictor.criticality(case))
    predictor.raise_if_cancelled = None
    assert drain(predictor.criticality(case)).gradient  # and nothing of it is left


def test_a_case_beyond_the_tile_is_refused_with_the_reason(network, manifest, case):
    tiled = Predictor(network, manifest, spacing_mm=8.0, tile=(16, 32, 16), device="cpu")

    with pytest.raises(ResourceError, match="larger than the model's tile"):
        drain(tiled.criticality(case))


def test_what_would_not_fit_the_memory_is_refused_before_it_is_tried(predictor, case, monkeypatch):
    monkeypatch.setattr(case_criticality, "free_bytes", lambda device: 1000)

    with pytest.raises(ResourceError, match="close other programs"):
        drain(predictor.criticality(case))
