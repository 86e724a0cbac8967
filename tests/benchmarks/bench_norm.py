"""Our instance norm against torch's, and our ways of a 3³ convolution against its, on a CPU.

    pytest tests/benchmarks/bench_norm.py -n 0 --benchmark-only

One map of the finest level: 8 channels of 80×112×80 in bf16, channels_last.
"""

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from ccsd_core.model.layers.norm import EPS, InstanceNorm
from ccsd_core.model.layers.paired import convolve_pairs
from ccsd_core.model.layers.planar import PlanarGradient, convolve_stacked

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


WAYS = {
    "plain": lambda x, weight: functional.conv3d(x, weight, padding=1),
    "two voxels at a time": convolve_pairs,
    "one 2-D convolution": convolve_stacked,
}


def kernel(ins: int, outs: int, dtype: torch.dtype) -> Tensor:
    weight = torch.randn(outs, ins, 3, 3, 3).to(dtype)
    return weight.contiguous(memory_format=torch.channels_last_3d)


@torch.no_grad()
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("ins", [1, 8, 16])
def test_a_convolution_to_few_channels(ins, dtype, way, benchmark):
    weight = kernel(ins, CHANNELS, dtype)
    x = torch.randn(1, ins, *BOX).to(dtype).to(memory_format=torch.channels_last_3d)
    benchmark.group = f"{ins} → {CHANNELS} channels, {dtype}"

    benchmark.pedantic(lambda: WAYS[way](x, weight), rounds=9, warmup_rounds=2)


@torch.no_grad()
@pytest.mark.parametrize("way", ["plain", "one 2-D convolution"])
def test_a_convolution_of_many_channels(way, benchmark):
    x = torch.randn(1, 32, 20, 28, 20).to(memory_format=torch.channels_last_3d)
    weight = kernel(32, 32, torch.float32)
    benchmark.group = "32 → 32 channels, 20×28×20"

    benchmark.pedantic(lambda: WAYS[way](x, weight), rounds=9, warmup_rounds=2)


@pytest.mark.parametrize("way", ["plain", "plane by plane"])
@pytest.mark.parametrize("ins", [8, 16])
def test_the_gradient_of_a_narrow_kernel(ins, way, benchmark):
    weight = kernel(ins, CHANNELS, torch.float32).requires_grad_()
    x = torch.randn(1, ins, *BOX).to(memory_format=torch.channels_last_3d)
    y = WAYS["plain"](x, weight) if way == "plain" else PlanarGradient.apply(x, weight)
    upstream = torch.randn_like(y)
    benchmark.group = f"weight gradient, {ins} → {CHANNELS} channels"

    benchmark.pedantic(
        lambda: torch.autograd.grad(y, weight, upstream, retain_graph=True),
        rounds=9,
        warmup_rounds=2,
    )
