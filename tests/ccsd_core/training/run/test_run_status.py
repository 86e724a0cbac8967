"""The status of a run: what other programs read is true, however the process ended."""

import subprocess
import sys
import textwrap

import pytest

from ccsd_core.errors import BadInputError, TrainingError
from ccsd_core.progress import Progress
from ccsd_core.training.run.run_status import (
    STATUS,
    RunState,
    is_stop_requested,
    read_status,
    recorded,
    request_stop,
)

HOLDER = """
    import sys, time
    from pathlib import Path
    from ccsd_core.progress import Progress
    from ccsd_core.training.run.run_status import recorded
    with recorded(Path(sys.argv[1])) as status:
        status.report(Progress(3, 20, "loss 1.5"))
        print("ready", flush=True)
        time.sleep(60)
"""


def work_in(run, *progress, fails=None):
    """Work in a run's folder: report, then fail."""
    with recorded(run) as status:
        assert not is_stop_requested(run)
        for one in progress:
            status.report(one)
        if fails is not None:
            raise fails


@pytest.fixture
def holder(tmp_path):
    """A process that trains in a folder, as far as its status shows."""
    run = tmp_path / "run"
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER), str(run)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield run, process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_run_is_running_while_its_process_runs_and_failed_once_it_was_killed(holder):
    run, process = holder
    status = read_status(run)
    assert status is not None
    assert (status.state, status.done, status.total) == (RunState.RUNNING, 3, 20)
    assert status.pid == process.pid
    with pytest.raises(BadInputError, match=rf"another process .*process {process.pid} "):
        work_in(run)
    assert read_status(run) == status

    process.kill()
    process.wait()

    ended = read_status(run)
    assert ended is not None
    assert ended.state is RunState.FAILED
    assert "without a message" in ended.message


def test_the_end_and_its_reason_are_recorded_and_a_request_to_stop_holds_for_one_start(tmp_path):
    run = tmp_path / "run"
    with recorded(run) as status:
        assert status is not None
        status.report(Progress(0, 5, "training"))
        status.end(RunState.STOPPED)
    assert read_status(run).state is RunState.STOPPED
    request_stop(run)
    assert is_stop_requested(run)

    with pytest.raises(TrainingError):
        work_in(run, Progress(1, 5, "training"), fails=TrainingError("the loss is no number"))

    assert (read_status(run).state, read_status(run).message) == (
        RunState.FAILED,
        "the loss is no number",
    )


def test_a_start_that_is_refused_leaves_the_earlier_status_and_no_new_folder(tmp_path):
    done, new = tmp_path / "done", tmp_path / "new"
    with recorded(done) as status:
        status.report(Progress(5, 5, "training"))
        status.end(RunState.FINISHED)

    for run in (done, new):
        with pytest.raises(BadInputError):
            work_in(run, fails=BadInputError("no such data"))

    kept = read_status(done)
    assert (kept.state, kept.done, kept.message) == (RunState.FINISHED, 5, "no such data")
    assert not new.exists()


def test_a_folder_without_a_readable_status_has_none(tmp_path):
    assert read_status(tmp_path) is None
    (tmp_path / STATUS).write_text('{"state": "runn')
    assert read_status(tmp_path) is None
    (tmp_path / STATUS).write_text('{"state": "sleeping"}')
    assert read_status(tmp_path) is None
