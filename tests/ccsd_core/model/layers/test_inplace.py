"""What overwrites its first argument, and what must not."""

import torch
from torch.nn import functional

from ccsd_core.model.layers.inplace import add, leaky_relu
from ccsd_core.model.unet.upsampling import add_upsampled


def volume(channels: int, side: int) -> torch.Tensor:
    return torch.randn(2, channels, side, side, side).to(memory_format=torch.channels_last_3d)


@torch.no_grad()
def test_without_a_graph_the_first_is_overwritten():
    for work in (lambda x: add(x, torch.ones_like(x)), lambda x: leaky_relu(x, 0.01)):
        x = volume(3, 4)
        before = x.clone()

        y = work(x)

        assert y.data_ptr() == x.data_ptr()
        assert not torch.equal(y, before)


def test_with_a_graph_nothing_is():
    x = volume(3, 4).requires_grad_()
    before = x.detach().clone()

    (add(x, x) + leaky_relu(x, 0.01) + add_upsampled(x, volume(3, 2))).sum().backward()

    assert torch.equal(x, before)
    assert x.grad is not None


@torch.no_grad()
def test_a_sum_of_another_type_or_shape_is_a_new_one():
    half, row = volume(3, 4).bfloat16(), torch.randn(2, 3, 1, 1, 1)

    assert add(half, volume(3, 4)).dtype == torch.float32
    assert add(row, volume(3, 4)).shape == (2, 3, 4, 4, 4)


@torch.no_grad()
def test_a_coarse_map_is_doubled_by_its_nearest_voxels():
    fine, coarse = volume(5, 8), volume(5, 4)
    expected = fine + functional.interpolate(coarse, scale_factor=2, mode="nearest")

    assert torch.equal(add_upsampled(fine.contiguous(), coarse), expected)
    assert torch.equal(add_upsampled(fine, coarse), expected)
    assert torch.equal(fine, expected), "overwritten"
