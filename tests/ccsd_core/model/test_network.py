"""The network: what a subset's output may depend on, and what it must not."""

import pytest
import torch
from jaxtyping import TypeCheckError

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.storage.resources import resource

EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_what_an_absent_sequence_holds_does_not_matter(network, images, as_mask, subset):
    dirty = images.clone()
    for modality in subset.missing:
        dirty[:, modality] = torch.nan

    logits = network(dirty, as_mask(subset))

    assert torch.isfinite(logits).all()
    torch.testing.assert_close(logits, network(images, as_mask(subset)), rtol=0, atol=0)


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_decoding_a_shared_encoding_equals_encoding_the_subset_alone(
    network, images, present, as_mask, subset
):
    encoding = network.encode(images, present)

    cached = network.decode(encoding, as_mask(subset))

    assert cached.shape == (2, 3, 16, 16, 8)
    torch.testing.assert_close(cached, network(images, as_mask(subset)), rtol=0, atol=0)


def test_all_fifteen_subsets_give_different_answers(network, images, present, as_mask):
    encoding = network.encode(images, present)
    answers = [network.decode(encoding, as_mask(s)) for s in ModalitySubset.every()]

    for i, one in enumerate(answers):
        for other in answers[i + 1 :]:
            assert not torch.allclose(one, other, atol=1e-4)


def test_a_patient_is_segmented_alike_alone_and_in_a_batch(network, images, as_mask):
    present = torch.tensor([[True, True, False, True], [True, False, True, False]])

    together = network(images, present)

    for i in range(2):
        alone = network(images[i : i + 1], present[i : i + 1])
        torch.testing.assert_close(together[i : i + 1], alone, rtol=1e-4, atol=1e-5)


def test_patients_with_different_sequences_share_a_batch(network, images):
    """One has a sequence that the other lacks, so that it is encoded; its NaN must not be read."""
    present = torch.tensor([[True, True, False, True], [True, False, True, False]])
    dirty = images.masked_fill(~present.reshape(2, 4, 1, 1, 1), torch.nan)
    encoding = network.encode(dirty, present)

    asked_for_all = network.decode(encoding, torch.ones_like(present))

    torch.testing.assert_close(asked_for_all, network(images, present), rtol=0, atol=0)
    asked_for_all.sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)


def test_the_encoding_of_nothing_is_that_of_a_zero_volume_without_borders(network):
    """With padding that wraps around there is no border, and the interior is everything."""
    for module in network.shared.modules():
        if isinstance(module, torch.nn.Conv3d):
            module.padding_mode = "circular"
            module._reversed_padding_repeated_twice = [1] * 6

    literal = network.shared(torch.zeros(1, 1, 8, 8, 8))

    for features, constant in zip(literal, network.shared.constant_response(), strict=True):
        everywhere = constant.reshape(1, -1, 1, 1, 1).expand_as(features)
        torch.testing.assert_close(features, everywhere, rtol=1e-3, atol=1e-3)


def test_the_encoding_of_nothing_does_not_depend_on_the_volume(network, as_mask):
    subset = ModalitySubset.of(Modality.T2)
    small = network.encode(torch.randn(1, 4, 8, 8, 8), as_mask(subset, 1)).missing
    large = network.encode(torch.randn(1, 4, 16, 24, 8), as_mask(subset, 1)).missing

    for one, other in zip(small, large, strict=True):
        for a, b in zip(one, other, strict=True):
            assert torch.equal(a, b)


def test_gradients_reach_the_encoding_of_nothing(network, images, as_mask):
    network(images, as_mask(ModalitySubset.of(Modality.FLAIR))).sum().backward()

    bias = network.shared.levels[-1][-1].norm.bias.grad
    alone = network.specific[Modality.T1].levels[0][0].conv.weight.grad
    assert bias.abs().sum() > 0
    assert alone is None, "an absent sequence's encoder must not be trained by noise"


def test_a_wrong_mask_is_caught_at_the_door(network, images):
    with pytest.raises(TypeCheckError, match="present"):
        network.encode(images, torch.ones(2, 3, dtype=torch.bool))


def test_the_plain_composition_of_the_paper_differs_from_ours():
    torch.manual_seed(1)
    ours = build_network(ModelConfig(base_channels=2, levels=2))
    plain = build_network(ModelConfig(base_channels=2, levels=2, composition="plain"))
    plain.load_state_dict(ours.state_dict())
    x, present = torch.randn(1, 4, 8, 8, 8), torch.ones(1, 4, dtype=torch.bool)

    assert not torch.allclose(ours(x, present), plain(x, present), atol=1e-4)


def test_the_bundled_network_has_the_size_that_its_card_states():
    parameters = sum(p.numel() for p in build_network(ModelConfig()).parameters())

    card = resource("models", "ccsd-light", "CARD.md").read_text(encoding="utf-8")

    assert f"{parameters:,} parameters" in card
