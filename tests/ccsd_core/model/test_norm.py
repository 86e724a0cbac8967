"""Our norm is GroupNorm with one channel a group, value and gradient."""

import pytest
import torch
from torch.nn import functional

from ccsd_core.model.norm import EPS, InstanceNorm

TOLERANCE = {torch.float64: 1e-9, torch.float32: 2e-4, torch.bfloat16: 0.1}


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("channels_last", [True, False], ids=["channels_last", "contiguous"])
def test_value_and_gradient_equal_group_norm(dtype, channels_last):
    layout = torch.channels_last_3d if channels_last else torch.contiguous_format
    x = (torch.randn(2, 6, 5, 6, 7, dtype=dtype) * 3 + 2).to(memory_format=layout)
    norm = InstanceNorm(6).to(dtype)
    torch.nn.init.normal_(norm.weight)
    torch.nn.init.normal_(norm.bias)
    upstream = torch.randn_like(x)

    results = []
    for function in (norm, lambda v: functional.group_norm(v, 6, norm.weight, norm.bias, EPS)):
        leaf = x.clone().requires_grad_()
        norm.zero_grad()
        y = function(leaf)
        y.backward(upstream)
        results.append((y.detach(), leaf.grad, norm.weight.grad.clone(), norm.bias.grad.clone()))

    for ours, theirs in zip(*results, strict=True):
        scale = max(1.0, float(theirs.abs().max()))
        assert float((ours - theirs).abs().max()) <= TOLERANCE[dtype] * scale


def test_the_layout_survives():
    x = torch.randn(1, 4, 4, 4, 4).to(memory_format=torch.channels_last_3d).requires_grad_()

    y = InstanceNorm(4)(x)
    y.sum().backward()

    assert y.is_contiguous(memory_format=torch.channels_last_3d)
    assert x.grad.is_contiguous(memory_format=torch.channels_last_3d)
