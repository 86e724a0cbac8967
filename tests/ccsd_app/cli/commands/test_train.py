"""`ccsd-app train`: from a configuration to weights, whatever comes in between."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from PIL import Image

from ccsd_core.errors import TrainingError
from ccsd_core.storage.cases.case_folder import find_cases
from ccsd_core.storage.models.checkpoint import load_tensors
from ccsd_core.training import loop
from ccsd_core.training.run.run_cases import RunCases, read_cases
from ccsd_core.training.run.run_status import RunState, read_status, request_stop

CONFIG = """
name = "tiny"
steps = 2

[model]
base_channels = 2
levels = 2
spacing_mm = 6.0

[data]
patch = [16, 16, 16]
batch = 1

[engine]
precision = "32-true"
log_every = 1
checkpoint_every = 1
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(CONFIG)
    return path


def test_training_leaves_weights_that_segment_can_use(command, make_case, config, tmp_path):
    data, run = tmp_path / "data", tmp_path / "run"
    case = make_case(within=data)

    result = command("train", config, "--data", data, "-o", run, "--device", "cpu")

    assert result.code == 0, result.err
    with (run / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == [1, 2]
    assert all(float(row["loss"]) for row in rows)
    assert (run / "model" / "CARD.md").exists()
    again = command("segment", case, "-o", tmp_path / "x.nii.gz", "--model", run)
    assert again.code == 0, again.err
    assert "seen in training" in again.out


def test_a_run_is_not_trained_over_by_accident(command, make_case, config, tmp_path):
    data, run = tmp_path / "data", tmp_path / "run"
    make_case(within=data)
    arguments = ("train", config, "--data", data, "-o", run, "--device", "cpu")
    assert command(*arguments).code == 0

    result = command(*arguments)

    assert result.code == 2
    assert "--resume" in result.err


@pytest.mark.parametrize(
    ("text", "words"),
    [("steps = 'many'", "steps"), ("steps = ", "toml"), ("stepps = 3", "stepps")],
    ids=["wrong type", "not TOML", "unknown key"],
)
def test_a_configuration_with_a_mistake_is_code_2(command, tmp_path, text, words):
    path = tmp_path / "wrong.toml"
    path.write_text(text)

    result = command("train", path, "--data", tmp_path, "-o", tmp_path / "run")

    assert (result.code, len(result.error_lines)) == (2, 1)
    assert words in result.err.lower()


def test_a_configuration_that_is_not_there_is_named(command, tmp_path):
    result = command("train", tmp_path / "gone.toml", "--data", tmp_path, "-o", tmp_path / "run")

    assert result.code == 2
    assert "gone.toml" in result.err


def test_an_unknown_bundled_configuration_is_named(command, tmp_path):
    result = command("train", "no-such-run", "--data", tmp_path, "-o", tmp_path / "run")

    assert result.code == 2
    assert "no-such-run" in result.err
    assert len(result.error_lines) == 1


def test_all_mistakes_of_a_configuration_are_reported_at_once(command, tmp_path):
    result = command(
        "train", "smoke", "--data", tmp_path, "-o", tmp_path / "run",
        "-s", "steps=0", "-s", "optim.lr=1", "-s", "data.patch=[30, 32, 32]",
    )  # fmt: skip

    assert (result.code, len(result.error_lines)) == (2, 1)
    assert "steps" in result.err
    assert "optim.lr: unknown setting" in result.err


def test_a_dry_run_prints_size_memory_and_time_and_writes_nothing(command, config, tmp_path):
    result = command("train", config, "--dry-run", "--device", "cpu")

    assert result.code == 0, result.err
    assert re.search(r"parameters +[\d,]+", result.out)
    estimated, counted = re.findall(
        r"memory .* optimiser \+ ([\d,]+) MB for the backward", result.out
    )
    assert estimated == counted
    assert re.search(r"time +[\d.]+ s per step", result.out)
    assert list(tmp_path.iterdir()) == [config]


def test_a_dry_run_that_would_not_fit_is_reported_before_a_step_is_tried(
    command, config, monkeypatch
):
    """Linux ends a process that asks for too much, without a word."""
    monkeypatch.setattr("ccsd_core.training.memory_estimate.free_bytes", lambda _: 10**6)
    monkeypatch.setattr(
        "ccsd_core.training.dry_run.optimiser_step", lambda *_, **__: pytest.fail("tried")
    )

    result = command("train", config, "--dry-run", "--device", "cpu")

    assert (result.code, len(result.error_lines)) == (2, 1)
    assert re.search(
        r"memory .* MB for the backward pass, estimated .* 0\.0 GB are free", result.out
    )
    assert "activation_checkpointing = true" in result.err


def test_a_dry_run_counts_the_cases_it_would_use(command, make_case, config, tmp_path):
    for number in range(3):
        make_case(f"BraTS2021_0000{number}", within=tmp_path / "data")

    result = command(
        "train", config, "--dry-run", "--device", "cpu", "--data", tmp_path / "data",
        "-s", "validation.every=1", "-s", "validation.cases=['BraTS2021_00001']",
    )  # fmt: skip

    assert "2 for training, 1 for validation" in result.out


@pytest.mark.parametrize("given", ["--data", "--out"])
def test_a_run_without_data_or_a_folder_is_refused_and_only_that_is_named(
    command, config, tmp_path, given
):
    result = command("train", config, given, tmp_path / "x")

    assert (result.code, len(result.error_lines)) == (2, 1)
    assert ("--data" in result.err, "--out" in result.err) == (given == "--out", given == "--data")


def test_resuming_needs_neither_the_configuration_nor_its_changes(
    command, make_case, config, tmp_path
):
    data, run = tmp_path / "data", tmp_path / "run"
    make_case(within=data)
    options = ("--data", data, "--device", "cpu")
    changes = ("-s", "seed=5", "-s", "steps=3", "-s", "engine.keep=3")
    assert command("train", config, *options, "-o", run, *changes).code == 0
    shutil.rmtree(run / "checkpoints" / "step-00000003")

    result = command("train", *options, "-o", run, "--resume")
    other = command("train", config, *options, "-o", run, "--resume")
    nowhere = command("train", *options, "-o", tmp_path / "nowhere", "--resume")
    none = command("train", *options, "-o", run)

    assert result.code == 0, result.err
    assert "resumed after step 2" in (run / "train.log").read_text()
    assert (other.code, nowhere.code, none.code) == (2, 2, 2)
    assert "seed was 5, is 0" in other.err
    assert "is not the folder of a run" in nowhere.err
    assert "the name of a configuration" in none.err


def test_a_run_s_folder_gives_its_settings_to_another_run(command, make_case, config, tmp_path):
    data, first, second = (tmp_path / name for name in ("data", "first", "second"))
    make_case(within=data)
    options = ("--data", data, "--device", "cpu")
    assert command("train", config, *options, "-o", first, "-s", "seed=7").code == 0

    for source in (first, first / "config.json"):
        result = command("train", source, *options, "-o", second / source.name)

        assert result.code == 0, result.err
        message = (second / source.name / "config.json").read_text()
        assert message == (first / "config.json").read_text()


def test_a_published_split_that_the_data_do_not_have_is_reported(command, make_case, tmp_path):
    make_case(within=tmp_path / "data")

    result = command("train", "brats2018", "--data", tmp_path / "data", "-o", tmp_path / "run")

    assert (result.code, len(result.error_lines)) == (2, 1)
    assert "none of the 199 patients of the training part of brats2018-3 (Brats18_" in result.err
    assert not (tmp_path / "run").exists()


def test_who_of_a_split_is_missing_is_reported_before_the_training(
    command, make_case, config, tmp_path
):
    for name in ("BraTS2021_01207", "BraTS2021_00000"):
        make_case(name, within=tmp_path / "data")
    options = ["-s", "data.split=brats2018-3", "--device", "cpu"]

    result = command("train", config, "--data", tmp_path / "data", "-o", tmp_path / "run", *options)
    dry = command("train", config, "--data", tmp_path / "data", "--dry-run", *options)

    note = "note: found 1 of the 199 patients of the training part of brats2018-3; missing: 198 ("
    assert result.code == 0, result.err
    assert [line.startswith(note) for line in result.error_lines[:2]] == [False, True]
    assert result.err.count(note) == 1
    assert note[len("note: ") :] in (tmp_path / "run" / "train.log").read_text()
    manifest = json.loads((tmp_path / "run" / "model" / "manifest.json").read_text())
    assert manifest["training_cases"] == ["BraTS2021_01207"]
    assert note in dry.err


def test_what_weights_began_otherwise_with_is_reported_before_the_training(
    command, make_case, config, tmp_path, monkeypatch
):
    """A run of days may end in an error; and a big folder is not looked through twice."""
    data, first = tmp_path / "data", tmp_path / "first"
    make_case(within=data)
    arguments = ("train", config, "--data", data, "--device", "cpu")
    assert command(*arguments, "-o", first).code == 0
    scans: list[Path] = []

    def counted(folder: Path) -> list[Path]:
        scans.append(folder)
        return find_cases(folder)

    def fail(*_, **__):
        raise TrainingError("the loss is no number")

    monkeypatch.setattr("ccsd_core.storage.cases.case_folder.find_cases", counted)
    monkeypatch.setattr("ccsd_core.training.loop.find_cases", counted)
    monkeypatch.setattr("ccsd_core.training.loop.optimiser_step", fail)
    change = ("-s", "model.missing_fill=token", "--init", first)

    result = command(*arguments, "-o", tmp_path / "second", *change)

    assert result.code == 1
    assert result.error_lines[1].startswith("note: weights of tiny, with different settings")
    assert result.error_lines[-1].endswith("the loss is no number")
    assert scans == [data]


# --------------------------------------------------------------- interrupted, in real processes


STEPS = 48
"""Enough to interrupt a run before its end."""


def start(*arguments: object, processes: int = 1) -> subprocess.Popen:
    """`ccsd-app …` as a process of its own, or as many under torchrun."""
    launcher = [sys.executable]
    if processes > 1:
        launcher += ["-m", "torch.distributed.run", "--standalone"]
        launcher += ["--nproc-per-node", str(processes)]
    return subprocess.Popen(
        [*launcher, "-m", "ccsd_app", "train", *map(str, arguments), "--device", "cpu"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def wait_for_steps(run: Path, count: int, process: subprocess.Popen) -> None:
    """Until the run's log has so many steps."""
    for _ in range(1800):
        if (run / "metrics.csv").exists() and len(steps(run)) >= count:
            return
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.05)
    pytest.fail("the run did not get going")


def steps(run: Path) -> list[str]:
    return (run / "metrics.csv").read_text().splitlines()[1:]


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_tensors(run / "model" / "model.safetensors")


@pytest.fixture
def long_run(config, make_case, tmp_path):
    """Arguments of a run long enough to be interrupted; and its uninterrupted result."""
    data = tmp_path / "data"
    make_case("BraTS2021_00001", within=data)
    make_case("BraTS2021_00002", within=data)
    return (config, "--data", data, "-s", f"steps={STEPS}", "-s", "engine.checkpoint_every=7")


@pytest.mark.slow
def test_a_run_killed_in_the_middle_goes_on_as_if_nothing_had_been(command, long_run, tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    process = start(*long_run, "-o", killed)
    wait_for_steps(killed, 12, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert 12 <= len(steps(killed)) < STEPS

    assert command("train", *long_run, "-o", killed, "--resume", "--device", "cpu").code == 0
    assert command("train", *long_run, "-o", whole, "--device", "cpu").code == 0

    assert steps(killed) == steps(whole)
    assert all(torch.equal(weights(killed)[n], tensor) for n, tensor in weights(whole).items())


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl+C", "SIGTERM"])
def test_ctrl_c_saves_and_says_how_to_go_on(long_run, tmp_path, number):
    run = tmp_path / "run"
    process = start(*long_run, "-s", "engine.workers=1", "-o", run)
    wait_for_steps(run, 10, process)

    os.killpg(process.pid, number)  # as a terminal does: the data worker gets it too
    out, err = process.communicate(timeout=60)

    assert process.returncode == 130, err
    done = int(
        re.search(rf"stopped after step (\d+) of {STEPS}; saved; continue with --resume", err)[1]
    )
    assert "Traceback" not in err
    assert err.count("stopping after saving") == 1, err
    assert out == ""
    assert (run / "checkpoints" / f"step-{done:08d}" / "state.json").exists()
    assert len(steps(run)) == done


@pytest.mark.slow
def test_two_processes_train_and_stop_together(long_run, tmp_path):
    run = tmp_path / "run"
    arguments = (*long_run, "-s", "data.batch=2", "-o", run)
    process = start(*arguments, processes=2)
    wait_for_steps(run, 5, process)

    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=90)
    stopped = len(steps(run))
    assert 5 <= stopped < STEPS, err
    assert (run / "checkpoints" / f"step-{stopped:08d}" / "state.json").exists(), err

    more = start(*arguments, "-s", "engine.workers=1", "--resume", processes=2)
    out, err = more.communicate(timeout=240)
    assert more.returncode == 0, err
    assert out.split() == [str(run / "model")]
    assert len(steps(run)) == STEPS
    assert [int(line.partition(",")[0]) for line in steps(run)] == list(range(1, STEPS + 1))


def table(path: Path) -> list[list[float]]:
    """The numbers of a CSV file; an empty cell is -1."""
    rows = [line.split(",") for line in path.read_text().splitlines()[1:]]
    return [[float(cell or -1) for cell in row if ">" not in cell] for row in rows]


@pytest.mark.slow
def test_two_processes_write_what_one_writes(command, config, make_case, tmp_path):
    """Also with a cache that the first one fills, and cases that cannot be shared evenly."""
    data = tmp_path / "data"
    for number in range(5):
        make_case(f"BraTS2021_0000{number}", within=data)
    settings = ["data.batch=2", "steps=4", "optim.learning_rate=1e-5", "validation.every=2"]
    settings += ["validation.cases=['BraTS2021_00000', 'BraTS2021_00001', 'BraTS2021_00002']"]
    changes = [word for setting in settings for word in ("-s", setting)]
    arguments = (config, "--data", data, *changes)
    one, two = tmp_path / "one", tmp_path / "two"
    assert command("train", *arguments, "-o", one, "--device", "cpu").code == 0

    process = start(*arguments, "-s", "engine.cache=disk", "-o", two, processes=2)
    _, err = process.communicate(timeout=240)

    assert process.returncode == 0, err
    for name in ("metrics.csv", "validation.csv"):
        for ours, theirs in zip(table(two / name), table(one / name), strict=True):
            assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-5)


def test_a_dry_run_s_estimate_is_also_written_as_json(command, make_case, config, tmp_path):
    data, out = tmp_path / "data", tmp_path / "estimate.json"
    make_case(within=data)

    result = command("train", config, "--dry-run", "--data", data, "--device", "cpu", "--json", out)
    refused = command("train", config, "--data", data, "-o", tmp_path / "run", "--json", out)

    assert result.code == 0, result.err
    found = json.loads(out.read_text())
    assert found["cases"] == {"training": 1, "validation": 0, "notes": []}
    assert found["hours"] == found["steps"] * found["step_s"] / 3600
    assert found["needed_mb"] > 0
    assert (refused.code, "--dry-run" in refused.err) == (2, True)


def test_a_run_records_its_end_its_cases_and_a_sample_and_stops_at_the_file_stop(
    command, make_case, config, tmp_path, monkeypatch
):
    data, run = tmp_path / "data", tmp_path / "run"
    make_case("BraTS2021_00001", within=data)
    make_case("BraTS2021_00002", within=data)
    arguments = ("--data", data, "-o", run, "--device", "cpu")
    changes = ("-s", "validation.every=2", "-s", "validation.cases=['BraTS2021_00002']")
    step = loop.optimiser_step

    def step_and_stop(*given, **how):
        request_stop(run)
        return step(*given, **how)

    monkeypatch.setattr(loop, "optimiser_step", step_and_stop)
    stopped = command("train", config, *arguments, *changes)
    assert stopped.code == 130, stopped.err
    status = read_status(run)
    assert (status.state, status.done, status.total) == (RunState.STOPPED, 1, 2)

    monkeypatch.setattr(loop, "optimiser_step", step)
    result = command("train", *arguments, "--resume")

    assert result.code == 0, result.err
    status = read_status(run)
    assert (status.state, status.done, status.message) == (RunState.FINISHED, 2, "")
    assert read_cases(run) == RunCases(data, ("BraTS2021_00001",), ("BraTS2021_00002",))
    with Image.open(run / "sample.png") as picture:
        assert picture.text["case"] == "BraTS2021_00002"
        assert picture.text["step"] == "2"
    scored = command("evaluate", data, "-o", tmp_path / "out", "--model", run, "--metrics", "dice",
                     "--validation-of", run, "--device", "cpu")  # fmt: skip
    assert scored.code == 0, scored.err
    with (tmp_path / "out" / "scores.csv").open() as file:
        assert {row["case"] for row in csv.DictReader(file)} == {"BraTS2021_00002"}
