"""Our norm is GroupNorm with one channel a group, value and gradient."""

import pytest
import torch
from torch.nn import functional

from ccsd_core.model.layers import folded
from ccsd_core.model.layers.folded import fold, moments
from ccsd_core.model.layers.norm import EPS, InstanceNorm

TOLERANCE = {torch.float64: 1e-9, torch.float32: 1e-4, torch.bfloat16: 0.02}


@pytest.fixture(params=[0, 10**9], ids=["batch norm's passes", "plain sums"])
def small(request, monkeypatch):
    """Up to how many values a map is small."""
    monkeypatch.setattr(folded, "SMALL_MAP", request.param)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("mean", [0.0, 10.0])
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("channels_last", [True, False], ids=["channels_last", "contiguous"])
def test_value_and_gradient_equal_group_norm_in_double_precision(dtype, channels_last, mean):
    layout = torch.channels_last_3d if channels_last else torch.contiguous_format
    x = (torch.randn(2, 6, 8, 9, 7) + mean).to(dtype).to(memory_format=layout).requires_grad_()
    norm = InstanceNorm(6)
    torch.nn.init.normal_(norm.weight)
    torch.nn.init.normal_(norm.bias)
    upstream = torch.randn_like(x)
    exact = x.detach().double().requires_grad_()
    weight, bias = (p.detach().double().requires_grad_() for p in (norm.weight, norm.bias))

    ours = norm(x)
    ours.backward(upstream)
    theirs = functional.group_norm(exact, 6, weight, bias, EPS)
    theirs.backward(upstream.double())

    pairs = [(ours, theirs), (x.grad, exact.grad), (norm.weight.grad, weight.grad),
             (norm.bias.grad, bias.grad)]  # fmt: skip
    allowed = max(TOLERANCE[dtype], TOLERANCE[torch.float32])
    if not channels_last:
        allowed *= 3  # torch's own kernel is less exact in bf16 far from a mean of 0
    for one, other in pairs:
        error = (one.detach().double() - other.detach()).abs().max() / other.detach().abs().max()
        assert float(error) <= allowed


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("voxels", [(1, 1, 2), (3, 5, 7), (7, 11, 13), (16, 16, 16)])
@pytest.mark.parametrize("channels", [1, 3, 8, 600])
def test_any_number_of_voxels_and_channels_folds(voxels, channels):
    x = torch.randn(2, channels, *voxels).to(memory_format=torch.channels_last_3d)
    norm = InstanceNorm(channels)

    torch.testing.assert_close(
        norm(x),
        functional.group_norm(x, channels, norm.weight, norm.bias, EPS),
        atol=5e-3,
        rtol=1e-3,
    )


def test_the_layout_survives():
    x = torch.randn(1, 4, 4, 4, 4).to(memory_format=torch.channels_last_3d).requires_grad_()

    y = InstanceNorm(4)(x)
    y.sum().backward()

    assert y.is_contiguous(memory_format=torch.channels_last_3d)
    assert x.grad.is_contiguous(memory_format=torch.channels_last_3d)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("voxels", [(4, 6, 8), (1, 1, 1)])
def test_a_constant_far_from_zero_is_its_bias(voxels):
    x = torch.full((2, 8, *voxels), 100.0).to(memory_format=torch.channels_last_3d)
    norm = InstanceNorm(8)
    torch.nn.init.normal_(norm.bias)

    expected = norm.bias.reshape(1, -1, 1, 1, 1).expand_as(x)
    torch.testing.assert_close(norm(x), expected, rtol=0, atol=5e-3)


@pytest.mark.usefixtures("small")
def test_the_variance_of_what_is_far_from_zero_does_not_cancel():
    x = (torch.randn(1, 8, 16, 16, 16) + 1e4).to(memory_format=torch.channels_last_3d)

    _, variance = moments(fold(x), 8)

    exact = x.double().var(dim=(2, 3, 4), correction=0)
    torch.testing.assert_close(variance, exact.float(), rtol=1e-3, atol=0)


@torch.no_grad()
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_a_fresh_map_is_overwritten_by_what_it_becomes(dtype):
    x = torch.randn(2, 6, 8, 9, 7).to(dtype).to(memory_format=torch.channels_last_3d)
    norm, kept = InstanceNorm(6), x.clone()

    apart = norm(x)
    assert torch.equal(x, kept)
    over = norm(x, overwrite=True)

    assert torch.equal(over, apart)
    assert over.data_ptr() == x.data_ptr()


def test_a_fresh_map_that_a_graph_needs_is_not_overwritten():
    x = torch.randn(1, 6, 8, 8, 8).to(memory_format=torch.channels_last_3d)
    kept = x.clone()

    InstanceNorm(6)(x, overwrite=True).sum().backward()

    assert torch.equal(x, kept)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("channels_last", [True, False], ids=["channels_last", "contiguous"])
def test_an_offset_is_added_to_each_sample_and_learns(channels_last):
    layout = torch.channels_last_3d if channels_last else torch.contiguous_format
    x = torch.randn(2, 6, 8, 9, 7).to(memory_format=layout)
    norm = InstanceNorm(6)
    torch.nn.init.normal_(norm.bias)
    offset = torch.randn(2, 6, requires_grad=True)
    upstream = torch.randn_like(x)

    shifted = norm(x, offset=offset)
    shifted.backward(upstream)

    torch.testing.assert_close(shifted, norm(x) + offset[..., None, None, None])
    torch.testing.assert_close(offset.grad, upstream.sum(dim=(2, 3, 4)), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(norm.bias.grad, offset.grad.sum(0), rtol=1e-4, atol=1e-4)
    with torch.no_grad():
        torch.testing.assert_close(norm(x, offset=offset), shifted, rtol=1e-4, atol=1e-4)
