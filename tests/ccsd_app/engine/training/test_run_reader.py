"""A run's folder, read from outside: what is shown is what is known."""

import json
import time

import pytest

from ccsd_app.engine.training import run_reader
from ccsd_app.engine.training.recent_runs import RecentRun, recent_runs, remember_run
from ccsd_app.engine.training.run_reader import OUTPUT, RunReader
from ccsd_core.progress import Progress
from ccsd_core.training.run.run_status import RunState, recorded, request_stop


def finished(run) -> None:
    with recorded(run) as status:
        status.report(Progress(20, 20, "loss 1"))
        status.end(RunState.FINISHED)


def test_a_started_process_is_starting_until_it_reports_or_prints_an_error_or_takes_too_long(
    tmp_path, monkeypatch
):
    launched = RecentRun(folder=tmp_path / "run", arguments=("train",)).now()
    launched.folder.mkdir()
    assert RunReader(launched).read().starting

    (launched.folder / OUTPUT).write_text("note: x\nerror: no module named torch\n")
    found = RunReader(launched).read()
    assert (found.starting, found.problem) == (False, "no module named torch")

    (launched.folder / OUTPUT).write_text("")
    monkeypatch.setattr(run_reader, "START_TIMEOUT_S", 0.0)
    found = RunReader(launched).read()
    assert (found.starting, found.running) == (False, False)
    assert "did not start" in found.problem

    finished(launched.folder)
    found = RunReader(launched).read()
    assert (found.starting, found.problem) == (False, "")
    assert found.status.state is RunState.FINISHED


def test_a_finished_run_shows_its_settings_numbers_and_log(tmp_path):
    run = tmp_path / "run"
    finished(run)
    (run / "config.json").write_text(json.dumps({"name": "mine", "steps": 20}))
    (run / "metrics.csv").write_text("step,loss\n1,2\n2,1\n")
    (run / "train.log").write_text("begun\nfinished\n")
    request_stop(run)

    found = RunReader(RecentRun(folder=run)).read()

    assert (found.name, found.steps, found.running) == ("mine", 20, False)
    assert found.metrics["loss"] == [2, 1]
    assert found.log.endswith("finished\n")
    assert not found.stopping  # nothing is left to stop
    assert (found.has_model, found.resumable) == (False, False)


def test_a_folder_of_nothing_shows_nothing(tmp_path):
    found = RunReader(RecentRun(folder=tmp_path / "gone")).read()

    assert (found.status, found.running, found.problem, found.log) == (None, False, "", "")


def test_recent_runs_are_listed_newest_first_while_their_folders_exist(tmp_path, monkeypatch):
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    assert recent_runs() == ()
    folders = [tmp_path / name for name in "abc"]
    for folder in folders:
        folder.mkdir()
        remember_run(RecentRun(folder=folder, launched=time.time()))
    remember_run(RecentRun(folder=folders[0]))
    folders[1].rmdir()

    assert [run.folder.name for run in recent_runs()] == ["a", "c"]
    (tmp_path / "training-runs.json").write_text("{")
    assert recent_runs() == ()


@pytest.mark.parametrize("text", ["", "{", '{"name": "x"}', "[]"])
def test_settings_that_cannot_be_read_are_left_out(tmp_path, text):
    (tmp_path / "config.json").write_text(text)

    assert RunReader(RecentRun(folder=tmp_path)).read().name == ""
