"""Two voxels at a time is the same convolution."""

import pytest
import torch
from torch.nn import functional

from ccsd_core.model.layers import narrow
from ccsd_core.model.layers.narrow import NarrowConv


@pytest.fixture(autouse=True)
def any_processor(monkeypatch):
    capability = torch.backends.cpu.get_cpu_capability()
    monkeypatch.setattr(narrow, "LANES", {capability: 16})


def channels_last(*shape: int, dtype: torch.dtype) -> torch.Tensor:
    return torch.randn(shape).to(dtype).to(memory_format=torch.channels_last_3d)


@torch.no_grad()
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize(("ins", "outs"), [(1, 8), (8, 8), (16, 8), (3, 5)])
def test_it_equals_the_plain_convolution(ins, outs, dtype):
    conv = NarrowConv(ins, outs).to(dtype)
    x = channels_last(2, ins, 6, 5, 8, dtype=dtype)
    assert conv._is_faster(x)

    y = conv(x)

    assert y.is_contiguous(memory_format=torch.channels_last_3d)
    plain = functional.conv3d(x.double(), conv.weight.double(), padding=1)
    error = (y.double() - plain).abs().max() / plain.abs().max()
    assert float(error) <= (1e-6 if dtype is torch.float32 else 5e-3)


@torch.no_grad()
@pytest.mark.parametrize("shape", [(1, 8, 6, 5, 7), (1, 8, 6, 5, 1)], ids=str)
def test_an_odd_side_is_convolved_plainly(shape):
    conv, x = NarrowConv(8, 8), channels_last(*shape, dtype=torch.float32)

    assert torch.equal(conv(x), functional.conv3d(x, conv.weight, padding=1))


@torch.no_grad()
def test_wide_ones_other_processors_and_other_layouts_are_left_alone(monkeypatch):
    x = channels_last(1, 4, 4, 4, 4, dtype=torch.float32)

    assert not NarrowConv(4, 9)._is_faster(x)
    assert not NarrowConv(4, 8)._is_faster(x.contiguous())
    monkeypatch.setattr(narrow, "LANES", {})
    assert not NarrowConv(4, 8)._is_faster(x)


def test_a_graph_is_made_of_the_plain_convolution():
    assert not NarrowConv(4, 8)._is_faster(channels_last(1, 4, 4, 4, 4, dtype=torch.float32))
