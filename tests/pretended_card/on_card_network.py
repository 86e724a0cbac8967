"""The network on a card: maps stay half and channels_last_3d, the numbers are the CPU's."""

import pytest
import torch
from torch import nn

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.model.build import build_network, shaspec_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.layers.norm import InstanceNorm
from ccsd_core.model.network import CcsdNetwork

LAST = torch.channels_last_3d
SMALL = ModelConfig(base_channels=4, levels=2, spacing_mm=4.0)
MIXED = torch.tensor([[True] * 4, [True, False, True, True]])


def small_network() -> CcsdNetwork:
    torch.manual_seed(0)
    network = build_network(SMALL)
    for name, parameter in network.named_parameters():
        if "norm" in name:
            nn.init.normal_(parameter, mean=0.5, std=0.5)
    return network.to(memory_format=LAST)  # pyright: ignore[reportCallIssue]


def masks() -> list[torch.Tensor]:
    every = ModalitySubset.full().of_size(2)
    return [torch.tensor([[m in subset for m in Modality]]).expand(2, -1) for subset in every]


def test_what_convolutions_and_norms_give_stays_half_and_channels_last():
    network = small_network().to("cuda")
    strays = []

    def look(module: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        if output.dtype is not torch.bfloat16 or not output.is_contiguous(memory_format=LAST):
            strays.append((type(module).__name__, output.dtype, output.stride()))

    for module in network.modules():
        if isinstance(module, nn.Conv3d | InstanceNorm) and module is not network.decoder.head:
            module.register_forward_hook(look)
    images = torch.randn(2, 4, 8, 8, 8).to("cuda")
    with torch.autocast("cuda", torch.bfloat16):
        encoding = network.encode(images, MIXED)
        network.decode_subsets(encoding, masks()).float().sum().backward()

    assert not strays


@pytest.mark.parametrize("offset", [False, True], ids=["alone", "offset"])
def test_the_norm_is_that_of_the_cpu_and_so_are_its_gradients(offset):
    torch.manual_seed(0)
    norm = InstanceNorm(6)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    x = torch.randn(3, 6, 4, 5, 6).contiguous(memory_format=LAST)
    added = torch.randn(3, 6) if offset else None
    upstream = torch.randn(3, 6, 4, 5, 6)
    found = []
    for device in ("cpu", "cuda"):
        norm.zero_grad()
        norm = norm.to(device)
        there = x.clone().to(device).requires_grad_()
        extra = None if added is None else added.clone().to(device).requires_grad_()
        y = norm(there, offset=extra)
        y.backward(upstream.to(device))
        gradients = [there.grad, norm.weight.grad, norm.bias.grad]
        gradients += [] if extra is None else [extra.grad]
        found.append([y.detach().cpu(), *(g.cpu() for g in gradients if g is not None)])

    here, card = found
    assert len(here) == len(card)
    for ours, theirs in zip(card, here, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("fill", ["constant", "mean_shared", "literal"])
def test_subsets_decoded_as_one_batch_are_those_decoded_alone(fill):
    torch.manual_seed(0)
    network = build_network(SMALL.model_copy(update={"missing_fill": fill}))
    network.to(memory_format=LAST)  # pyright: ignore[reportCallIssue]
    images = torch.randn(2, 4, 8, 8, 8)
    with torch.no_grad():
        here = network.decode_subsets(network.encode(images, MIXED), [MIXED, *masks()])
        network.to("cuda")
        encoding = network.encode(images.to("cuda"), MIXED)
        there = network.decode_subsets(encoding, [MIXED, *masks()])
        alone = torch.stack([network.decode(encoding, mask) for mask in (MIXED, *masks())])

    torch.testing.assert_close(there.cpu(), alone.cpu(), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(there.cpu(), here, rtol=1e-4, atol=1e-4)


def test_shaspecs_backbone_is_that_of_the_cpu():
    torch.manual_seed(0)
    network = shaspec_network(width=4, blocks=(1, 1, 1, 1))
    images = torch.randn(1, 4, 32, 32, 16)
    everything, pair = (
        torch.ones(1, 4, dtype=torch.bool),
        torch.tensor([[True, False, False, True]]),
    )
    with torch.no_grad():
        here = network.decode_subsets(network.encode(images, everything), [everything, pair])
        network.to("cuda")
        encoding = network.encode(images.to("cuda"), everything)
        there = network.decode_subsets(encoding, [everything, pair])

    torch.testing.assert_close(there.cpu(), here, rtol=1e-3, atol=1e-3)
