"""Fixtures for the engine: a tiny network, a tiny patient batch."""

import pytest
import torch

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.network import CcsdNetwork


@pytest.fixture(autouse=True)
def _fixed_randomness() -> None:
    torch.manual_seed(0)


@pytest.fixture
def small_config() -> ModelConfig:
    return ModelConfig(base_channels=4, levels=3, spacing_mm=2.0)


@pytest.fixture
def network(small_config: ModelConfig) -> CcsdNetwork:
    """A small network whose norms have learned something: biases of 0 hide mistakes."""
    return _learned(small_config)


@pytest.fixture(scope="module")
def frozen_network() -> CcsdNetwork:
    """One of the same kind for all tests of a module: none of them may change it."""
    torch.manual_seed(0)
    return _learned(ModelConfig(base_channels=4, levels=3, spacing_mm=2.0))


def _learned(config: ModelConfig) -> CcsdNetwork:
    net = build_network(config)
    for name, parameter in net.named_parameters():
        if "norm" in name:
            torch.nn.init.normal_(parameter, mean=0.5, std=0.5)
    return net


@pytest.fixture
def images() -> torch.Tensor:
    """Two patients, four sequences, 16×16×8."""
    return torch.randn(2, len(Modality), 16, 16, 8)


@pytest.fixture
def present() -> torch.Tensor:
    return torch.ones(2, len(Modality), dtype=torch.bool)


@pytest.fixture
def as_mask():
    """A subset as the mask of a batch."""

    def mask(subset: ModalitySubset, batch: int = 2) -> torch.Tensor:
        return torch.tensor([[m in subset for m in Modality]]).expand(batch, -1)

    return mask
