"""A model with test-time augmentation is another model."""

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from ccsd_core.model.config import ModelConfig
from ccsd_core.storage.models.checkpoint import load_model_file, save_model
from ccsd_core.storage.models.manifest import Manifest

SCRIPT = Path(__file__).parents[2] / "packaging" / "set_tta.py"


@pytest.fixture
def model(tmp_path) -> Path:
    manifest = Manifest(
        name="m", sha256="", model=ModelConfig().model_dump(mode="json"), scores={"WT": 0.5}
    )
    save_model(tmp_path / "one", {"a": torch.ones(2)}, manifest)
    return tmp_path / "one"


@pytest.fixture
def set_tta(monkeypatch) -> Callable[..., None]:
    """Runs the script in this process."""

    def run(*arguments: object) -> None:
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *map(str, arguments)])
        runpy.run_path(str(SCRIPT), run_name="__main__")

    return run


def test_tta_makes_another_model_of_the_same_weights(set_tta, model, tmp_path):
    set_tta(model, tmp_path / "two", 2, "2m")

    (weights, before), (same, after) = map(load_model_file, (model, tmp_path / "two"))
    assert torch.equal(weights["a"], same["a"])
    assert after.sha256 != before.sha256
    assert ModelConfig.model_validate(after.model).tta[0].mirrored
    assert after.scores == {}


def test_the_model_itself_is_not_written_over(set_tta, model):
    with pytest.raises(SystemExit, match="there already"):
        set_tta(model, model, 2, "2m")

    assert load_model_file(model)[1].scores == {"WT": 0.5}


def test_a_view_finer_than_the_first_is_refused(set_tta, model, tmp_path):
    with pytest.raises(SystemExit, match="finer than spacing_mm"):
        set_tta(model, tmp_path / "two", 2, "1m")

    assert not (tmp_path / "two").exists()
