"""Small networks of every backbone and with every fill, whose norms have learned something."""

import itertools
import typing
from collections.abc import Callable

import pytest
import torch

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.model.build import build_network, shaspec_network
from ccsd_core.model.choices import Backbone, MissingFill
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.network import CcsdNetwork

BuildSmall = Callable[..., CcsdNetwork]


@pytest.fixture(params=typing.get_args(Backbone))
def backbone(request) -> str:
    return request.param


ARCHITECTURES = [
    *itertools.product(("light", "shaspec"), typing.get_args(MissingFill)),
    *itertools.product(("unet",), ("constant", "mean_shared")),
]
"""The U-Net is made of the light one's modules: one fill that depends on the subset, one not."""


@pytest.fixture(params=ARCHITECTURES, ids="-".join)
def filled_network(request, build_small) -> CcsdNetwork:
    """A small network of every backbone and fill."""
    backbone, fill = request.param
    return build_small(backbone, fill=fill)


@pytest.fixture
def patients(request, two_patients) -> torch.Tensor:
    """Two patients of a size that the `filled_network` of the same test takes."""
    backbone, _ = request.node.callspec.params["filled_network"]
    return two_patients[..., :16, :16, :8] if backbone == "light" else two_patients


@pytest.fixture
def build_small() -> BuildSmall:
    """Builds a small network of a backbone; biases of 0 would hide mistakes."""

    def build(
        backbone: str,
        *,
        fill: str = "constant",
        composition: str = "residual",
        head: str = "regions",
        checkpointing: bool = False,
    ) -> CcsdNetwork:
        torch.manual_seed(0)
        if backbone == "shaspec":
            network = shaspec_network(
                width=2,
                blocks=(2, 1, 1, 1),
                fill=fill,
                composition=composition,
                head=head,
                checkpointing=checkpointing,
            )
        else:
            sizes = {"light": (4, 3), "unet": (2, 5)}[backbone]
            config = ModelConfig(
                backbone=backbone,
                base_channels=sizes[0],
                levels=sizes[1],
                missing_fill=fill,
                composition=composition,
                head=head,
            )
            network = build_network(config, activation_checkpointing=checkpointing)
        for name, parameter in network.named_parameters():
            if "norm" in name or "tokens" in name:
                torch.nn.init.normal_(parameter, mean=0.5, std=0.5)
        return network

    return build


@pytest.fixture
def two_patients() -> torch.Tensor:
    """Two patients, four sequences, of a size that every backbone takes."""
    return torch.randn(2, len(Modality), 32, 32, 16)


@pytest.fixture
def every_subset() -> torch.Tensor:
    """A batch in which each patient has another subset."""
    return torch.tensor([[m in s for m in Modality] for s in ModalitySubset.every()])
