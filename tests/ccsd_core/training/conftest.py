"""Fixtures for training: a target, an objective with any switches."""

import pytest
import torch

from ccsd_core.training.build_objective import build_objective
from ccsd_core.training.config import DistillationConfig, LossConfig
from ccsd_core.training.objective import Objective


@pytest.fixture
def target() -> torch.Tensor:
    whole = torch.rand(2, 1, 16, 16, 8) > 0.7
    core = whole & (torch.rand_like(whole.float()) > 0.5)
    return torch.cat([whole, core, core & (torch.rand_like(whole.float()) > 0.5)], dim=1)


@pytest.fixture
def objective(network):
    """An objective over the small network: `objective(dmcd=False)`."""

    def make(*, auxiliaries: bool = True, **switches) -> Objective:
        return build_objective(
            network,
            distillation=DistillationConfig(**switches),
            losses=LossConfig(auxiliaries=auxiliaries),
        )

    return make
