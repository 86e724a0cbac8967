"""A program that tests a 3-D convolution on a device, in a forward and a backward pass.

    python -m ccsd_core.inference.hardware.conv3d_probe cuda:0

It is a separate process, because an incompatible driver or library may crash it. It prints what was
tested, and exits with 1 and a reason if a result is wrong.
"""

import sys
import time

import torch
from torch.nn import functional

from ccsd_core.inference.hardware.gpus import has_bf16, prepare_gpu

TOLERANCE = {torch.float32: 5e-3, torch.bfloat16: 3e-2, torch.float16: 5e-3}
"""Largest error relative to the largest value. The one of fp32 allows for TF32."""


def main(name: str) -> None:
    """Test the convolution on a device; exit with a reason if it fails."""
    device = torch.device(name)
    prepare_gpu(device)
    reduced = torch.bfloat16 if device.type == "cpu" or has_bf16(device) else torch.float16
    tried = ", ".join(_try(device, dtype) for dtype in (torch.float32, reduced))
    sys.stdout.write(f"{tried}\n")


def _try(device: torch.device, dtype: torch.dtype) -> str:
    generator = torch.Generator().manual_seed(0)
    image = torch.randn(1, 8, 16, 16, 16, generator=generator)
    weight = torch.randn(8, 8, 3, 3, 3, generator=generator)
    expected = _computed(image, weight, torch.device("cpu"), torch.float64)
    begun = time.perf_counter()
    found = _computed(image, weight, device, dtype)
    took_ms = 1000 * (time.perf_counter() - begun)
    for ours, theirs in zip(found, expected, strict=True):
        error = float((ours - theirs).abs().max() / theirs.abs().max())
        if not error < TOLERANCE[dtype]:
            sys.exit(f"a 3-D convolution in {_name(dtype)} is wrong by {error:.2g}")
    return f"{_name(dtype)} ({took_ms:.0f} ms the first time)"


def _computed(
    image: torch.Tensor, weight: torch.Tensor, device: torch.device, dtype: torch.dtype
) -> tuple[torch.Tensor, torch.Tensor]:
    """The convolution, and the weight gradient of the sum of its squares, copied to the CPU."""
    last = torch.channels_last_3d
    image, weight = (
        values.to(device, dtype).contiguous(memory_format=last).requires_grad_()
        for values in (image, weight)
    )
    convolved = functional.conv3d(image, weight, padding=1)
    convolved.double().square().sum().backward()
    assert weight.grad is not None
    return convolved.detach().cpu().double(), weight.grad.cpu().double()


def _name(dtype: torch.dtype) -> str:
    return {torch.float32: "fp32", torch.bfloat16: "bf16", torch.float16: "fp16"}[dtype]


if __name__ == "__main__":
    main(sys.argv[1])
