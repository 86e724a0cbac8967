"""Fixtures for training: patients, a target, an objective with any switches."""

from pathlib import Path

import pytest
import torch

from ccsd_core.data.synthetic import write_cases
from ccsd_core.progress import drain
from ccsd_core.training.build_objective import build_objective
from ccsd_core.training.config.config import DistillationConfig, LossConfig
from ccsd_core.training.objective.objective import Objective


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """Three made-up patients, whom no test may change."""
    folder = tmp_path_factory.mktemp("training")
    drain(write_cases(folder, count=3, seed=20, spacing_mm=4.0))
    return folder


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
