"""Decoding by whichever way is fastest: with or without a graph, a layout, fp32."""

import pytest
import torch

from ccsd_core.domain.modality import ModalitySubset

LAST = torch.channels_last_3d
SMALL = {"light": (28, 12, 20), "unet": (32, 16, 48), "shaspec": (64, 32, 16)}
"""Sides that differ, as odd as each backbone takes them."""
ONE_OF_EACH_SIZE = [ModalitySubset.full().of_size(size)[-1] for size in (1, 2, 3, 4)]
"""Where what is asked hardly depends on the subset."""


@pytest.fixture(params=["constant", "mean_shared"])
def fill(request) -> str:
    """One that is added after the norm, one that depends on the subset."""
    return request.param


@pytest.fixture
def network(build_small, backbone, fill):
    return build_small(backbone, fill=fill).to(memory_format=LAST)


@pytest.fixture
def patients(backbone) -> torch.Tensor:
    return torch.randn(2, 4, *SMALL[backbone]).to(memory_format=LAST)


@torch.no_grad()
def test_cached_and_uncached_agree_to_the_bit_in_fp32(network, patients, present, as_mask):
    encoding = network.encode(patients, present)

    for subset in ModalitySubset.every():
        cached = network.decode(encoding, as_mask(subset))

        alone = network(patients, as_mask(subset))
        assert torch.equal(cached, alone), subset


@torch.no_grad()
def test_a_decode_leaves_the_encoding_as_it_is(network, patients, present, as_mask):
    encoding = network.encode(patients, present)
    first = {s: network.decode(encoding, as_mask(s)) for s in ONE_OF_EACH_SIZE}

    for subset, logits in first.items():
        assert torch.equal(network.decode(encoding, as_mask(subset)), logits), subset


def test_with_a_graph_it_computes_the_same(network, patients, present, as_mask):
    with torch.no_grad():
        frozen = network.encode(patients, present)
    learning = network.encode(patients, present)

    for subset in ONE_OF_EACH_SIZE:
        with torch.no_grad():
            inferred = network.decode(frozen, as_mask(subset))
        trained = network.decode(learning, as_mask(subset))
        torch.testing.assert_close(inferred, trained, rtol=1e-4, atol=1e-4, msg=str(subset))


@torch.no_grad()
def test_bf16_stays_near_fp32(build_small, backbone, patients, present, as_mask):
    """Within a twentieth of the logits' own spread, root mean square."""
    network = build_small(backbone).to(memory_format=LAST)
    exact = network.encode(patients, present)
    with torch.autocast("cpu", torch.bfloat16):
        rough = network.encode(patients, present)

    for subset in ONE_OF_EACH_SIZE:
        logits = network.decode(exact, as_mask(subset))
        with torch.autocast("cpu", torch.bfloat16):
            reduced = network.decode(rough, as_mask(subset)).float()
        error = (reduced - logits).square().mean().sqrt() / logits.std()
        assert float(error) < 0.05, subset
