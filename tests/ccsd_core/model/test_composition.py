"""The compositional layer: three ways to make one feature map of two."""

import pytest
import torch
from torch.nn import functional

from ccsd_core.model.composition import CompositionalLayer


@pytest.fixture
def pair() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(2, 4, 5, 6, 7), torch.randn(2, 4, 5, 6, 7)


def test_ours_is_the_papers_with_the_shared_features_added(pair):
    ours, plain = CompositionalLayer(4), CompositionalLayer(4, kind="plain")
    plain.load_state_dict(ours.state_dict())

    torch.testing.assert_close(ours(*pair), pair[0] + plain(*pair))


def test_the_bare_one_adds_a_standardised_convolution_and_nothing_else(pair):
    layer = CompositionalLayer(4, kind="bare")
    kernels = layer.mix.weight.flatten(1)
    kernels = (kernels - kernels.mean(1, keepdim=True)) / kernels.std(1, keepdim=True)
    weight = kernels.reshape(layer.mix.weight.shape)

    expected = pair[0] + functional.conv3d(torch.cat(pair, dim=1), weight, padding=1)

    assert [name for name, _ in layer.named_parameters()] == ["mix.weight"]
    torch.testing.assert_close(layer(*pair), expected, rtol=1e-4, atol=1e-4)


def test_the_bare_one_is_large_at_initialisation():
    """The reason why it is not our default: 2 · 256 · 27 kernel taps of variance 1."""
    layer = CompositionalLayer(256, kind="bare")
    shared, specific = (torch.randn(1, 256, 3, 3, 3) for _ in range(2))

    centre = layer(shared, specific)[..., 1, 1, 1]

    assert 60 < centre.std() < 180
