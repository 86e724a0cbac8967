"""Logits of many subsets of one patient: whole or in tiles."""

import pytest
import torch

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.inference.subset_logits import subset_logits
from ccsd_core.model.network import CcsdNetwork

FULL = ModalitySubset.full()


def alone(network: CcsdNetwork, images: torch.Tensor, subset: ModalitySubset) -> torch.Tensor:
    with torch.no_grad():
        return network(images[None], torch.tensor([[m in subset for m in Modality]]))[0]


@pytest.mark.parametrize("tile", [None, (16, 16, 16), (48, 32, 16)])
def test_each_subset_has_the_logits_it_would_have_alone(network, tile):
    images = torch.randn(4, 16, 16, 16)
    found = dict(subset_logits(network, images, FULL, ModalitySubset.every(), tile=tile))

    assert tuple(found) == ModalitySubset.every()
    for subset, logits in found.items():
        torch.testing.assert_close(logits, alone(network, images, subset), rtol=0, atol=0)


def test_tiles_far_from_each_other_do_not_mix(network):
    """At the outer edge of a volume one tile alone counts."""
    images = torch.randn(4, 48, 16, 16)
    available = ModalitySubset.parse("FLAIR+T1c+T2")
    images[Modality.T1] = torch.nan
    subset = ModalitySubset.parse("T1c+T2")
    network.specific[Modality.T1].register_forward_hook(lambda *_: pytest.fail("T1 was encoded"))

    ((found, logits),) = subset_logits(network, images, available, [subset], tile=(16, 16, 16))

    assert found == subset
    assert logits.shape == (3, 48, 16, 16)
    first = alone(network, images[:, :16], subset)
    torch.testing.assert_close(logits[:, :8], first[:, :8], rtol=1e-4, atol=1e-4)


def test_the_network_can_be_trained_on_afterwards(network):
    images = torch.randn(4, 24, 16, 16)
    for tile in (None, (16, 16, 16)):
        list(subset_logits(network, images, FULL, [FULL], tile=tile))

    network(images[None], torch.ones(1, 4, dtype=torch.bool)).sum().backward()

    assert torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled()


def test_inference_mode_does_not_leak_between_two_subsets(network):
    logits = subset_logits(network, torch.randn(4, 16, 16, 16), FULL, [FULL, FULL], tile=None)

    next(logits)

    assert not torch.is_inference_mode_enabled()
