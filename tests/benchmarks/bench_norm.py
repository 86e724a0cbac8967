"""Our instance norm against torch's, and a narrow convolution against a plain one, on a CPU.

    pytest tests/benchmarks/bench_norm.py -n 0 --benchmark-only

One map of the finest level: 8 channels of 80×112×80 in bf16, channels_last.
"""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from ccsd_core.model.layers.narrow import NarrowConv
from ccsd_core.model.layers.norm import EPS, InstanceNorm

CHANNELS, BOX = 8, (80, 112, 80)
NORMS = ("ours", "ours, overwriting", "group_norm", "instance_norm")


def a_map() -> Tensor:
    x = torch.randn(1, CHANNELS, *BOX).bfloat16()
    return x.to(memory_format=torch.channels_last_3d)


def normalised(way: str, norm: InstanceNorm, x: Tensor) -> Tensor:
    if way.startswith("ours"):
        return norm(x, fresh=way.endswith("overwriting"))
    weight, bias = norm.weight.to(x.dtype), norm.bias.to(x.dtype)
    if way == "group_norm":
        return functional.group_norm(x, CHANNELS, weight, bias, EPS)
    return functional.instance_norm(x, weight=weight, bias=bias, eps=EPS)


@torch.no_grad()
@pytest.mark.parametrize("way", NORMS)
def test_norm_without_a_graph(way, benchmark):
    norm, x = InstanceNorm(CHANNELS), a_map()
    benchmark.group = "norm, forwards"

    benchmark.pedantic(lambda: normalised(way, norm, x), rounds=15, warmup_rounds=3)


@pytest.mark.parametrize("way", ["ours", "group_norm", "instance_norm"])
def test_norm_forwards_and_backwards(way, benchmark):
    norm, x, upstream = InstanceNorm(CHANNELS), a_map().requires_grad_(), a_map()
    benchmark.group = "norm, forwards and backwards"

    benchmark.pedantic(
        lambda: normalised(way, norm, x).backward(upstream), rounds=9, warmup_rounds=2
    )


@torch.no_grad()
@pytest.mark.parametrize("way", ["two voxels at a time", "plain"])
@pytest.mark.parametrize("ins", [1, 8, 16])
def test_a_convolution_to_few_channels(ins, way, benchmark):
    conv = NarrowConv(ins, CHANNELS).bfloat16()
    x = torch.randn(1, ins, *BOX).bfloat16().to(memory_format=torch.channels_last_3d)
    weight = conv.weight.contiguous(memory_format=torch.channels_last_3d)
    benchmark.group = f"{ins} → {CHANNELS} channels"

    benchmark.pedantic(
        (lambda: conv(x)) if way != "plain" else (lambda: functional.conv3d(x, weight, padding=1)),
        rounds=15,
        warmup_rounds=3,
    )
