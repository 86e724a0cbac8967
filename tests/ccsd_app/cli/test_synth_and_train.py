"""`ccsd-app synth` makes cases; `ccsd-app train` learns from them."""

import csv

import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.storage.case_folder import load_case

CONFIG = """
name = "tiny"
steps = 2
log_every = 1
checkpoint_every = 1

[model]
base_channels = 2
levels = 2
spacing_mm = 6.0

[data]
patch = [16, 16, 16]
batch = 1
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(CONFIG)
    return path


def test_synthetic_cases_are_whole_labelled_and_listed(command, tmp_path):
    said = command("synth", tmp_path / "cases", "--cases", "1", "--seed", "7", "--spacing", "4")

    assert said.code == 0, said.err
    (folder,) = said.out.split()
    case = load_case(tmp_path / "cases" / folder.rpartition("/")[2])
    assert case.available == ModalitySubset.full()
    assert case.reference is not None
    assert case.grid.spacing_mm == pytest.approx((4, 4, 4))


def test_training_leaves_weights_that_segment_can_use(command, make_case, config, tmp_path):
    data, run = tmp_path / "data", tmp_path / "run"
    case = make_case(within=data)

    said = command("train", config, "--data", data, "-o", run, "--device", "cpu")

    assert said.code == 0, said.err
    rows = list(csv.DictReader((run / "metrics.csv").open()))
    assert [int(row["step"]) for row in rows] == [1, 2]
    assert all(float(row["loss"]) for row in rows)
    again = command("segment", case, "-o", tmp_path / "x.nii.gz", "--model", run)
    assert again.code == 0, again.err
    assert "seen in training" in again.out


def test_a_run_is_not_trained_over_by_accident(command, make_case, config, tmp_path):
    data, run = tmp_path / "data", tmp_path / "run"
    make_case(within=data)
    arguments = ("train", config, "--data", data, "-o", run, "--device", "cpu")
    assert command(*arguments).code == 0

    said = command(*arguments)

    assert said.code == 2
    assert "--resume" in said.err


@pytest.mark.parametrize(
    ("text", "words"),
    [("steps = 'many'", "steps"), ("steps = ", "toml"), ("stepps = 3", "stepps")],
    ids=["wrong type", "not TOML", "unknown key"],
)
def test_a_configuration_with_a_mistake_is_code_2(command, tmp_path, text, words):
    path = tmp_path / "wrong.toml"
    path.write_text(text)

    said = command("train", path, "--data", tmp_path, "-o", tmp_path / "run")

    assert (said.code, len(said.error_lines)) == (2, 1)
    assert words in said.err.lower()


def test_a_configuration_that_is_not_there_is_named(command, tmp_path):
    said = command("train", tmp_path / "gone.toml", "--data", tmp_path, "-o", tmp_path / "run")

    assert said.code == 2
    assert "gone.toml" in said.err


def test_an_unknown_bundled_configuration_is_named(command, tmp_path):
    said = command("train", "no-such-run", "--data", tmp_path, "-o", tmp_path / "run")

    assert said.code == 2
    assert "no-such-run" in said.err
    assert len(said.error_lines) == 1
