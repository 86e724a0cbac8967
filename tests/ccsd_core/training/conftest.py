"""Fixtures for training: patients, a target, an objective with any switches."""

import shutil
from pathlib import Path

import pytest
import torch

from ccsd_core.data.synthetic import write_cases
from ccsd_core.progress import drain
from ccsd_core.training.build_objective import build_objective
from ccsd_core.training.config.config import DistillationConfig, LossConfig
from ccsd_core.training.loop import train
from ccsd_core.training.objective.objective import Objective
from tests.ccsd_core.training.tiny_run import CONFIG, stop_after


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """Three made-up patients, whom no test may change."""
    folder = tmp_path_factory.mktemp("training")
    drain(write_cases(folder, count=3, seed=20, spacing_mm=8.0))
    return folder


@pytest.fixture(scope="session")
def finished(data, tmp_path_factory) -> Path:
    """The folder of a whole run of CONFIG, which no test may change."""
    run = tmp_path_factory.mktemp("finished") / "run"
    drain(train(CONFIG, data=data, run=run, device="cpu"))
    return run


@pytest.fixture(scope="session")
def cut_at_3(data, tmp_path_factory) -> Path:
    """The folder of a run of CONFIG that was killed after three steps; no test may change it."""
    run = tmp_path_factory.mktemp("cut") / "run"
    stop_after(3, train(CONFIG, data=data, run=run, device="cpu"))
    return run


@pytest.fixture
def own_finished(finished, tmp_path) -> Path:
    """A finished run for this test alone."""
    return Path(shutil.copytree(finished, tmp_path / "own-finished"))


@pytest.fixture
def own_cut_at_3(cut_at_3, tmp_path) -> Path:
    """A killed run for this test alone."""
    return Path(shutil.copytree(cut_at_3, tmp_path / "own-cut"))


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
