"""Runs, models and configurations of before, whose settings had other names, are still read."""

import json
import shutil
from pathlib import Path

from ccsd_core.inference.load import load_model
from ccsd_core.model.tta_view import TtaView
from ccsd_core.progress import drain
from ccsd_core.training.config.config_file import read_config
from ccsd_core.training.loop import train
from tests.ccsd_core.training.tiny_run import changed

FIXTURES = Path(__file__).parents[2] / "fixtures"
RUN = FIXTURES / "run_of_2026_11"
OF_BEFORE = {"spacing_mm": 4.0, "tta": [{"spacing_mm": 5.0, "mirrored": True}]}
CONFIG = changed(model={**OF_BEFORE, "tile": [32, 32, 32]})


def test_a_model_of_before_has_its_settings():
    model = load_model(RUN, device="cpu")

    assert model.tta == (TtaView(spacing_mm=5.0, mirrored=True),)
    assert model.tile == (32, 32, 32)


def test_a_run_of_before_goes_on_and_writes_the_names_of_today(data, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(RUN, run)

    done = drain(train(CONFIG, data=data, run=run, resume=True, device="cpu"))

    assert done.finished
    model = json.loads((run / "model" / "manifest.json").read_text())["model"]
    assert model == json.loads(CONFIG.model.model_dump_json())


def test_a_configuration_of_before_changes_what_it_extends():
    config = read_config(FIXTURES / "experiment_of_2026_11.toml", ["model.looks=[]"])

    assert config.model.tta == ()
    assert config.model.tile == (128, 128, 96)
