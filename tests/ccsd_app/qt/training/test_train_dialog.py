"""The dialog that trains a model: a run is found again, and problems are reported."""

import subprocess
import sys
import textwrap

import pytest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QPushButton, QTableWidget

from ccsd_app.engine.training.recent_runs import RecentRun, remember_run
from ccsd_app.qt.training import train_dialog
from ccsd_app.qt.training.train_dialog import TrainDialog
from ccsd_core.training.run.run_status import is_stop_requested

TIMEOUT_MS = 60_000
HOLDER = """
    import sys, time
    from pathlib import Path
    from ccsd_core.progress import Progress
    from ccsd_core.training.run.run_status import RunState, is_stop_requested, recorded
    run = Path(sys.argv[1])
    with recorded(run) as status:
        (run / "config.json").write_text('{"name": "mine", "steps": 20}')
        (run / "metrics.csv").write_text("step,loss\\n1,2\\n2,1.5\\n")
        (run / "cases.json").write_text('{"data": "d", "training": [], "validation": []}')
        for done in range(5):
            status.report(Progress(done, 20, "loss 1.5"))
        print("ready", flush=True)
        while not is_stop_requested(run):
            time.sleep(0.02)
        status.end(RunState.STOPPED)
"""


@pytest.fixture(autouse=True)
def _settings(tmp_path, monkeypatch):
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))


@pytest.fixture
def make_dialog(qtbot):
    made = []

    def make() -> TrainDialog:
        dialog = TrainDialog(lambda _: None)
        qtbot.addWidget(dialog)
        made.append(dialog)
        dialog.show()
        return dialog

    yield make
    for dialog in made:
        dialog.close_children()


@pytest.fixture
def running(tmp_path):
    """A run whose process does as if it trained, until it is asked to stop."""
    run = tmp_path / "mine"
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER), str(run)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    remember_run(RecentRun(folder=run))
    yield run
    process.kill()
    process.wait()
    process.stdout.close()


def text(dialog: TrainDialog, name: str) -> str:
    return dialog.findChild(QLabel, name).text()


def test_a_run_that_goes_on_is_shown_at_once_stops_when_asked_and_is_resumed(
    make_dialog, running, qtbot, monkeypatch
):
    dialog = make_dialog()

    assert text(dialog, "run_title") == "mine"
    assert text(dialog, "run_state") == "Running"
    assert "of 20" in text(dialog, "run_detail")
    assert "total" in text(dialog, "run_loss_legend")
    stop, resume = (dialog.findChild(QPushButton, name) for name in ("run_stop", "run_resume"))
    assert (stop.isEnabled(), resume.isVisible()) == (True, False)

    stop.click()

    assert is_stop_requested(running)
    qtbot.waitUntil(lambda: text(dialog, "run_state") == "Stopped", timeout=TIMEOUT_MS)
    assert (stop.isVisible(), resume.isVisible()) == (False, True)
    assert not dialog.findChild(QPushButton, "run_use").isEnabled()

    started = []

    def start(arguments, *, output):
        started.append(arguments)

    monkeypatch.setattr(train_dialog, "start_detached", start)
    resume.click()
    assert started == [("train", "--data", "d", "-o", str(running), "--resume", "--device", "auto")]
    assert text(dialog, "run_state") == "Starting…"


def test_a_folder_is_listed_and_one_without_cases_is_refused(
    make_dialog, qtbot, tmp_path, brats_case
):
    data = tmp_path / "data"
    brats_case("BraTS2021_00000", under=data)
    brats_case("own", under=data, with_labels=False)
    dialog = make_dialog()
    page, start = dialog.setup_page, dialog.findChild(QPushButton, "training_start")
    assert not start.isEnabled()

    page.set_data(data)
    qtbot.waitUntil(lambda: "2 cases" in text(dialog, "training_summary"), timeout=TIMEOUT_MS)

    assert dialog.findChild(QTableWidget, "training_cases").rowCount() == 2
    assert "not used (own)" in text(dialog, "training_warnings")
    assert start.isEnabled()
    (tmp_path / "empty").mkdir()
    page.set_data(tmp_path / "empty")
    assert not start.isEnabled()
    qtbot.waitUntil(lambda: "o case" in text(dialog, "training_summary"), timeout=TIMEOUT_MS)


def test_a_run_that_cannot_start_says_why(make_dialog, qtbot, tmp_path, brats_case):
    data = tmp_path / "data"
    brats_case("BraTS2021_00000", under=data)
    dialog = make_dialog()
    dialog.setup_page.set_data(data)
    start = dialog.findChild(QPushButton, "training_start")
    qtbot.waitUntil(start.isEnabled, timeout=TIMEOUT_MS)
    dialog.findChild(QComboBox, "training_init").setCurrentIndex(0)
    dialog.setup_page.set_run(tmp_path / "run")
    data.rename(tmp_path / "moved")
    tmp_path.joinpath("data").mkdir()

    start.click()

    qtbot.waitUntil(lambda: text(dialog, "run_state") == "Failed", timeout=TIMEOUT_MS)
    assert "no case found" in text(dialog, "run_problem").lower()
    assert dialog.findChild(QPushButton, "run_resume").isVisible()


def test_a_folder_that_is_no_run_is_refused(make_dialog, tmp_path, monkeypatch):
    dialog = make_dialog()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))

    dialog.findChild(QPushButton, "open_run").click()

    assert "is not the folder of a run" in text(dialog, "train_problem")
