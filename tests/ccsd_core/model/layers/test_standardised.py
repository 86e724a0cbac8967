"""Standardised kernels: their definition, and computing them once for several backward passes."""

import pytest
import torch

from ccsd_core.model.layers.blocks import ConvNormAct
from ccsd_core.model.layers.checkpointing import call_checkpointed
from ccsd_core.model.layers.standardised import EPS, standardised, standardised_once


def by_formula(weight):
    variance, mean = torch.var_mean(weight, dim=(1, 2, 3, 4), correction=1, keepdim=True)
    return (weight - mean) * (variance + EPS).rsqrt()


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last_3d])
@pytest.mark.parametrize("shape", [(3, 4, 3, 3, 3), (5, 2, 1, 1, 1)])
def test_kernels_and_gradients_are_those_of_the_formula(shape, layout):
    weight = torch.randn(shape, dtype=torch.float64).contiguous(memory_format=layout)
    upstream = torch.randn(shape, dtype=torch.float64)
    one, other = weight.clone().requires_grad_(), weight.clone().requires_grad_()

    found, expected = standardised(one), by_formula(other)

    torch.testing.assert_close(found, expected)
    found.backward(upstream)
    expected.backward(upstream)
    torch.testing.assert_close(one.grad, other.grad)
    assert found.is_contiguous(memory_format=torch.channels_last_3d), "as convolutions want them"


@pytest.fixture
def layers():
    torch.manual_seed(0)
    chosen = (ConvNormAct(2, 2, standardised=True), ConvNormAct(2, 2, kernel=1, standardised=True))
    unused = ConvNormAct(2, 2, standardised=True)
    return torch.nn.ModuleList([*chosen, unused]).double()


def gradients_of(layers, images, *, checkpointing):
    for image in images:
        x = image
        for layer in layers[:2]:
            x = call_checkpointed(layer, x, checkpointing=checkpointing)
        x.square().mean().backward()


@pytest.mark.parametrize("checkpointing", [False, True])
def test_computed_once_for_several_passes_the_gradients_are_the_same(
    layers, checkpointing, monkeypatch
):
    images = torch.randn(3, 1, 2, 4, 4, 4, dtype=torch.float64)
    gradients_of(layers, images, checkpointing=checkpointing)
    expected = [p.grad for p in layers.parameters()]
    layers.zero_grad(set_to_none=True)
    with standardised_once(layers):
        monkeypatch.setattr("ccsd_core.model.layers.standardised.standardised", None)

        gradients_of(layers, images, checkpointing=checkpointing)

    found = [p.grad for p in layers.parameters()]
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_a_change_of_the_weights_is_seen_afterwards_even_if_a_pass_failed(layers):
    image = torch.randn(1, 2, 4, 4, 4, dtype=torch.float64)
    before = layers[0](image).detach()
    with pytest.raises(RuntimeError, match="stop"), standardised_once(layers):
        raise RuntimeError("stop")
    torch.nn.init.normal_(layers[0].conv.weight)

    assert not torch.allclose(layers[0](image), before)
