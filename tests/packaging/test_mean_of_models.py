"""The mean of models has seen what any of them has seen, and only equal networks have one."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from ccsd_core.model.config import ModelConfig
from ccsd_core.storage.models.checkpoint import load_model_file, save_model
from ccsd_core.storage.models.manifest import Manifest

SCRIPT = Path(__file__).parents[2] / "packaging" / "mean_of_models.py"


@pytest.fixture
def saved(tmp_path) -> Callable[..., Path]:
    """Saves a model of one weight, with the patients it has seen."""

    def save(name: str, weight: float, *seen: str, **network: object) -> Path:
        config = ModelConfig(**network).model_dump(mode="json")
        manifest = Manifest(
            name=name, sha256="", model=config, training_cases=seen, scores={"WT": 0.5}
        )
        save_model(tmp_path / name, {"a": torch.tensor([weight])}, manifest)
        return tmp_path / name

    return save


@pytest.fixture
def mean(monkeypatch) -> Callable[..., None]:
    """Runs the script in this process."""

    def run(*arguments: Path) -> None:
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *map(str, arguments)])
        runpy.run_path(str(SCRIPT), run_name="__main__")

    return run


def test_the_mean_has_seen_every_patient_and_no_scores(mean, saved, tmp_path):
    out = tmp_path / "mean"

    mean(out, saved("one", 1.0, "P1", "P2"), saved("two", 4.0, "P2", "P3"))

    weights, manifest = load_model_file(out)
    assert weights["a"].tolist() == [2.5]
    assert manifest.training_cases == ("P1", "P2", "P3")
    assert manifest.scores == {}


def test_different_networks_have_no_mean(mean, saved, tmp_path):
    with pytest.raises(SystemExit, match="settings differ"):
        mean(tmp_path / "mean", saved("one", 1.0), saved("two", 2.0, base_channels=16))

    assert not (tmp_path / "mean").exists()
