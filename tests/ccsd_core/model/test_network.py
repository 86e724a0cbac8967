"""The network: what a subset's output may depend on, and what it must not; for every backbone."""

import copy

import pytest
import torch
from jaxtyping import TypeCheckError

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.storage.resources import resource

MIXED = torch.tensor([[True, True, False, True], [True, False, True, False]])
"""Two patients with different sequences."""


ONE_AND_THREE = [ModalitySubset.full().of_size(size)[-1] for size in (1, 3)]
"""Whole batches of one subset go another way than those in which each patient has its own."""


@torch.no_grad()
def test_what_an_absent_sequence_holds_does_not_matter(
    filled_network, patients, every_subset, as_mask
):
    one_patient = patients[:1].expand(len(every_subset), -1, -1, -1, -1)
    batches = [(one_patient, every_subset)]
    batches += [(patients, as_mask(subset)) for subset in ONE_AND_THREE]
    for images, present in batches:
        dirty = images.masked_fill(~present.reshape(-1, 4, 1, 1, 1), torch.nan)

        logits = filled_network(dirty, present)

        assert torch.isfinite(logits).all(), present
        clean = filled_network(images, present)
        torch.testing.assert_close(logits, clean, rtol=0, atol=0, msg=str(present))


@torch.no_grad()
def test_decoding_a_shared_encoding_equals_encoding_the_subset_alone(
    filled_network, patients, every_subset, as_mask
):
    one_patient = patients[:1].expand(len(every_subset), -1, -1, -1, -1)
    batches = [(one_patient, [every_subset])]
    batches += [(patients, [as_mask(subset) for subset in ONE_AND_THREE])]
    for images, subsets in batches:
        encoding = filled_network.encode(images, torch.ones_like(subsets[0]))
        for subset in subsets:
            cached = filled_network.decode(encoding, subset)
            alone = filled_network(images, subset)

            assert cached.shape == (len(images), 3, *images.shape[2:])
            torch.testing.assert_close(cached, alone, rtol=0, atol=0, msg=str(subset))


@torch.no_grad()
def test_all_fifteen_subsets_give_different_answers(filled_network, patients, every_subset):
    one_patient = patients[:1].expand(len(every_subset), -1, -1, -1, -1)

    answers = filled_network(one_patient, every_subset)

    for i, one in enumerate(answers):
        for other in answers[i + 1 :]:
            assert not torch.allclose(one, other, atol=1e-4)


@torch.no_grad()
def test_a_patient_is_segmented_alike_alone_and_in_a_batch(filled_network, patients):
    network = filled_network.double()

    together = network(patients.double(), MIXED)

    for i in range(2):
        alone = network(patients[i : i + 1].double(), MIXED[i : i + 1])
        torch.testing.assert_close(together[i : i + 1], alone, rtol=1e-6, atol=1e-6)


def test_patients_with_different_sequences_share_a_batch(filled_network, patients):
    """One has a sequence that the other lacks, so that it is encoded; its NaN must not be read."""
    network = filled_network
    dirty = patients.masked_fill(~MIXED.reshape(2, 4, 1, 1, 1), torch.nan)
    encoding = network.encode(dirty, MIXED)

    asked_for_all = network.decode(encoding, torch.ones_like(MIXED))

    torch.testing.assert_close(asked_for_all, network(patients, MIXED), rtol=0, atol=0)
    asked_for_all.sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)


def test_a_patient_that_uses_nothing_does_not_spoil_the_others(filled_network, patients):
    """The second patient has none of the asked sequences: a step along the path can be so."""
    network = filled_network
    encoding = network.encode(patients, MIXED)
    only_t2 = torch.tensor([[m is Modality.T2 for m in Modality]]).expand(2, -1)

    logits = network.decode(encoding, only_t2)

    assert torch.isfinite(logits).all()
    alone = network.decode(network.encode(patients[:1], MIXED[:1]), only_t2[:1])
    torch.testing.assert_close(logits[:1], alone, rtol=1e-3, atol=1e-3)
    logits[:1].sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)


def test_an_absent_sequence_trains_no_encoder(filled_network, patients, as_mask):
    network = filled_network

    network(patients, as_mask(ModalitySubset.of(Modality.FLAIR))).square().sum().backward()

    assert all(p.grad is None for p in network.specific[Modality.T1].parameters())
    assert any(p.grad.abs().sum() > 0 for p in network.specific[Modality.FLAIR].parameters())


@torch.no_grad()
def test_each_kind_of_features_can_be_decoded(build_small, backbone, two_patients, present):
    """What is decoded as `specific` or `shared` is what a network of no composition would see."""
    network = build_small(backbone)
    encoding = network.encode(two_patients, present, kinds=("shared", "specific"))
    answers = {k: network.decode(encoding, present, kind=k) for k in ("shared", "specific")}
    fused = network.decode(encoding, present)

    assert not torch.allclose(answers["shared"], answers["specific"], atol=1e-3)
    torch.testing.assert_close(fused, network(two_patients, present), rtol=0, atol=0)
    for kind, position in (("shared", 0), ("specific", 1)):
        bypassed = copy.deepcopy(network)
        for layer in bypassed.composition.values():
            layer.forward = lambda *pair, position=position: pair[position]
        torch.testing.assert_close(answers[kind], bypassed(two_patients, present), rtol=0, atol=0)


@pytest.mark.parametrize("kind", ["shared", "specific", "fused"])
def test_the_features_of_an_encoding_are_those_that_decoding_read(
    build_small, backbone, two_patients, present, kind
):
    network = build_small(backbone)
    encoding = network.encode(two_patients, present, kinds=(kind,))

    loss = network.decode(encoding, present, kind=kind).square().mean()
    for modality in Modality:
        features = encoding.features(modality, kind)
        assert len(features) == encoding.levels
        assert features[-1] is encoding.deepest(kind)[modality]
        grads = torch.autograd.grad(loss, features, retain_graph=True)
        assert all(g.abs().sum() > 0 for g in grads)


def test_features_of_a_sequence_that_no_sample_has_are_none(network, images, as_mask):
    encoding = network.encode(images, as_mask(ModalitySubset.of(Modality.T2)))

    assert encoding.features(Modality.T1, "fused") is None
    assert set(encoding.deepest("fused")) == {Modality.T2}


def test_a_mask_of_the_wrong_shape_is_refused(network, images):
    with pytest.raises(TypeCheckError, match="present"):
        network.encode(images, torch.ones(2, 3, dtype=torch.bool))


def test_the_bundled_network_has_the_size_that_its_card_states():
    parameters = sum(p.numel() for p in build_network(ModelConfig()).parameters())

    card = resource("models", "ccsd-light", "CARD.md").read_text(encoding="utf-8")

    assert f"{parameters:,} parameters" in card
