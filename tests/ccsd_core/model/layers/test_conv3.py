"""Whatever way a 3³ convolution is computed in, values and gradients are the plain one's."""

import pytest
import torch
from torch.nn import functional

from ccsd_core.model.layers import conv3
from ccsd_core.model.layers.conv3 import Conv3

WIDTHS = [(1, 8), (8, 8), (16, 8), (3, 5), (32, 16)]


@pytest.fixture(params=["AVX2", "AVX512", "DEFAULT"])
def units(request, monkeypatch):
    monkeypatch.setattr(conv3, "vector_units", lambda: request.param)
    return request.param


@pytest.fixture
def calls(monkeypatch):
    """The special ways that were taken, in order."""
    taken: list[str] = []

    def noted(name, function):
        def call(*arguments):
            taken.append(name)
            return function(*arguments)

        return call

    gradient = conv3.PlanarGradient.apply
    monkeypatch.setattr(conv3, "convolve_pairs", noted("pairs", conv3.convolve_pairs))
    monkeypatch.setattr(conv3, "convolve_stacked", noted("stacked", conv3.convolve_stacked))
    monkeypatch.setattr(conv3.PlanarGradient, "apply", noted("gradient", gradient))
    return taken


def channels_last(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.randn(shape).to(dtype).to(memory_format=torch.channels_last_3d)


def apart(ours: torch.Tensor, exact: torch.Tensor) -> float:
    return float((ours.double() - exact).abs().max() / exact.abs().max())


@torch.no_grad()
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_values_are_those_of_the_plain_convolution(units, dtype):
    for ins, outs in WIDTHS:
        conv = Conv3(ins, outs).to(dtype).to(memory_format=torch.channels_last_3d)
        for shape in ((2, ins, 6, 5, 8), (1, ins, 6, 5, 7), (1, ins, 1, 2, 1)):
            x = channels_last(*shape, dtype=dtype)

            y = conv(x)

            plain = functional.conv3d(x.double(), conv.weight.double(), padding=1)
            assert apart(y, plain) <= (2e-6 if dtype is torch.float32 else 8e-3)


@torch.no_grad()
def test_the_layout_stays_channels_last(monkeypatch):
    for units, ins in (("AVX512", 8), ("AVX2", 32), ("AVX2", 1)):
        monkeypatch.setattr(conv3, "vector_units", lambda units=units: units)

        y = Conv3(ins, 8)(channels_last(2, ins, 6, 5, 8))

        assert y.is_contiguous(memory_format=torch.channels_last_3d)


def test_gradients_are_those_of_the_plain_convolution(units):
    for ins, outs in WIDTHS:
        conv = Conv3(ins, outs).double()
        for shape in ((2, ins, 6, 5, 8), (1, ins, 1, 2, 1)):
            x = channels_last(*shape, dtype=torch.float64).requires_grad_()
            y = conv(x)
            upstream = torch.randn_like(y)

            ours = torch.autograd.grad(y, (x, conv.weight), upstream)

            plain = functional.conv3d(x, conv.weight, padding=1)
            exact = torch.autograd.grad(plain, (x, conv.weight), upstream)
            for a, b in zip(ours, exact, strict=True):
                assert a.shape == b.shape
                assert apart(a, b) <= 1e-12


def test_a_kernel_that_is_frozen_gets_no_gradient_and_passes_it_on(monkeypatch):
    monkeypatch.setattr(conv3, "vector_units", lambda: "AVX2")
    conv, x = Conv3(8, 8).requires_grad_(requires_grad=False), channels_last(1, 8, 4, 4, 4)

    conv(x.requires_grad_()).sum().backward()

    assert conv.weight.grad is None
    assert x.grad is not None
    assert float(x.grad.abs().max()) > 0


@pytest.mark.parametrize(
    ("units", "ins", "outs", "trains", "way"),
    [
        ("AVX512", 8, 8, False, ["pairs"]),
        ("AVX512", 8, 9, False, []),
        ("AVX512", 8, 8, True, []),
        ("AVX2", 8, 8, False, []),
        ("AVX2", 8, 8, True, ["gradient"]),
        ("AVX2", 16, 16, True, []),
        ("AVX2", 1, 8, True, ["stacked"]),
        ("AVX2", 32, 32, False, ["stacked"]),
        ("DEFAULT", 1, 8, True, []),
    ],
    indirect=["units"],
)
def test_each_processor_takes_the_way_that_was_measured_on_it(units, calls, ins, outs, trains, way):
    with torch.set_grad_enabled(trains):
        Conv3(ins, outs)(channels_last(1, ins, 4, 4, 4))

    assert calls == way


@torch.no_grad()
def test_maps_that_are_large_or_in_another_layout_are_convolved_plainly(calls, monkeypatch):
    monkeypatch.setattr(conv3, "vector_units", lambda: "AVX2")
    monkeypatch.setattr(conv3, "SMALL_MAP", 32 * 4**3 - 1)
    Conv3(32, 32)(channels_last(1, 32, 4, 4, 4))
    monkeypatch.setattr(conv3, "vector_units", lambda: "AVX512")
    Conv3(8, 8)(channels_last(1, 8, 4, 4, 4).contiguous())

    assert calls == []


def test_reduced_precision_is_left_to_torch(calls, monkeypatch):
    monkeypatch.setattr(conv3, "vector_units", lambda: "AVX2")
    with torch.autocast("cpu", torch.bfloat16):
        y = Conv3(8, 8)(channels_last(1, 8, 4, 4, 4))
    y.float().sum().backward()

    assert calls == []
