"""TF32, in which GPUs from Ampere on convolve fp32: emulated, to know what error it brings.

A tensor core rounds both factors to a mantissa of 10 bits, and adds in fp32. `32-true` leaves it
on, as torch does, except for versions of cuDNN that compute it wrongly.
"""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from ccsd_core.inference.hardware import conv3d_probe
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig

PRESENT = torch.tensor([[True, True, True, True], [True, False, True, True]])
SUBSETS = [PRESENT, torch.tensor([[True, False, True, False], [False, False, True, True]])]
CUT_BITS = 13
"""Bits of an fp32 mantissa that TF32 has not."""


def rounded(values):
    """fp32 values rounded to the nearest of TF32; anything else unchanged."""
    if not isinstance(values, torch.Tensor) or values.dtype is not torch.float32:
        return values
    bits = values.view(torch.int32) + (1 << (CUT_BITS - 1))
    return (bits & -(1 << CUT_BITS)).view(torch.float32)


class Tf32(TorchDispatchMode):
    """Convolutions and their gradients, computed from rounded factors."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func in (
            torch.ops.aten.convolution.default,
            torch.ops.aten.convolution_backward.default,
        ):
            args = tuple(rounded(argument) for argument in args)
        return func(*args, **(kwargs or {}))


@pytest.fixture(autouse=True)
def _plain_convolutions(monkeypatch):
    """Without the ways for a CPU, which a GPU does not take."""
    monkeypatch.setattr("ccsd_core.model.layers.conv3.vector_units", lambda: "none")


def outputs_and_gradients():
    """Probabilities of three decodes, and the gradients of their loss, in one vector."""
    torch.manual_seed(0)
    network = build_network(ModelConfig(base_channels=8, levels=3))
    network.to(memory_format=torch.channels_last_3d)
    images = torch.randn(2, 4, 24, 24, 16).contiguous(memory_format=torch.channels_last_3d)
    target = (torch.rand(3, 2, 3, 24, 24, 16) > 0.6).float()
    logits = network.decode_subsets(network.encode(images, PRESENT), [PRESENT, *SUBSETS]).float()
    torch.nn.functional.binary_cross_entropy_with_logits(logits, target).backward()
    gradients = [p.grad.flatten() for p in network.parameters() if p.grad is not None]
    return logits.detach().sigmoid(), torch.cat(gradients)


def error(found, expected) -> float:
    return float((found - expected).norm() / expected.norm())


def test_tf32_changes_a_step_and_a_prediction_less_than_bf16_does():
    probabilities, gradients = outputs_and_gradients()
    with Tf32():
        in_tf32 = outputs_and_gradients()
    with torch.autocast("cpu", torch.bfloat16):
        in_bf16 = outputs_and_gradients()

    tf32, bf16 = (error(p, probabilities) for p, _ in (in_tf32, in_bf16))
    assert 1e-5 < tf32 < min(1e-3, bf16 / 5), "0.04 %, bf16 0.44 %"
    tf32, bf16 = (error(g, gradients) for _, g in (in_tf32, in_bf16))
    assert 1e-5 < tf32 < min(0.04, bf16 / 2), "2 %, bf16 7 %"
    changed = float(((in_tf32[0] > 0.5) != (probabilities > 0.5)).float().mean())
    assert changed < 1e-3, "0.03 % of voxels change their region, 0.27 % in bf16"


def test_the_doctor_takes_tf32_for_right():
    factors = [torch.randn(1, 8, 16, 16, 16), torch.randn(8, 8, 3, 3, 3)]
    exact = conv3d_probe._computed(*factors, torch.device("cpu"), torch.float64)
    with Tf32():
        found = conv3d_probe._computed(*factors, torch.device("cpu"), torch.float32)

    for ours, theirs in zip(found, exact, strict=True):
        largest = float((ours - theirs).abs().max() / theirs.abs().max())
        assert 1e-5 < largest < conv3d_probe.TOLERANCE[torch.float32] / 2
