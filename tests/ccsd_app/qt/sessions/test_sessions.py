"""The real window: killed and restored, saved as a file and opened elsewhere."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QPushButton

from ccsd_app.engine.result_cache import ResultCache
from ccsd_app.qt.sessions.autosave import autosave_folder, find_unclosed
from ccsd_app.qt.startup.application import assemble, begin, watch
from ccsd_app.session.display import Layer
from ccsd_app.session.state import ModelInfo
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

TIMEOUT_MS = 60_000
SHA = "0123456789abcdef" * 4
FAKES = Path(__file__).parents[2] / "fakes"
NO_T1C = ModalitySubset.full().toggled(Modality.T1C)


@pytest.fixture
def start(qtbot, fake_worker, tmp_path, monkeypatch):
    """Starts windows as the program does; they are closed at the end."""
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    opened = []

    def begin_window(case: Path | None, *, until: str = "complete", sha: str = SHA):
        parts = assemble(
            program="fake_worker",
            read_case=fake_worker.load_case,
            cache=ResultCache(tmp_path / "results"),
            describe=lambda _: ModelInfo("fake", sha, "", frozenset()),
        )
        opened.append(parts)
        autosave = watch(parts)
        parts.window.show()
        begin(parts, case, autosave, model=f"log:{tmp_path / 'log'}", device="cpu")
        qtbot.waitUntil(lambda: getattr(parts.session.state, until), timeout=TIMEOUT_MS)
        return parts

    yield begin_window
    for parts in opened:
        parts.window.close()
        parts.window.deleteLater()


@pytest.fixture
def case(tmp_path):
    place = tmp_path / "p"
    place.mkdir()
    return place


def killed_window(case: Path, tmp_path: Path) -> None:
    """Opens a window in another process, changes what is shown, and kills it."""
    process = subprocess.Popen(
        [sys.executable, FAKES / "window_process.py", case, tmp_path / "results", tmp_path / "log"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "ready\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)


def text(window, name: str) -> str:
    return window.findChild(QLabel, name).text()


def test_what_was_open_when_the_window_was_killed_comes_back_without_computing_again(
    start, qtbot, case, tmp_path, monkeypatch
):
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    killed_window(case, tmp_path)

    parts = start(None)
    state = parts.session.state

    assert state.case.id == "p"
    assert state.used == state.shown == NO_T1C
    assert (state.background, state.layer, state.region) == (
        Modality.T2,
        Layer.CONSENSUS,
        Region.TC,
    )
    assert state.cursor_voxel == (3, 4, 5)
    assert not state.show_crosshair
    assert [mark.text for mark in state.bookmarks] == ["look here"]
    assert text(parts.window, "recovery_text").startswith(
        "The program ended unexpectedly: p was restored as of "
    )
    qtbot.waitUntil(lambda: parts.session.state.activity is None, timeout=TIMEOUT_MS)
    computed = Counter((tmp_path / "log").read_text().split())
    assert set(computed.values()) == {1}

    parts.window.close()
    assert find_unclosed() is None  # it was closed


def test_a_case_that_is_asked_for_comes_first_and_the_restoring_is_offered(
    start, qtbot, case, tmp_path, monkeypatch
):
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    killed_window(case, tmp_path)
    other = tmp_path / "other"
    other.mkdir()

    parts = start(other)
    assert parts.session.state.case.id == "other"
    button = parts.window.findChild(QPushButton, "restore_session")
    assert button.isVisible()
    button.click()
    qtbot.waitUntil(lambda: parts.session.state.case.id == "p", timeout=TIMEOUT_MS)
    assert parts.session.state.used == NO_T1C


def test_two_windows_have_files_of_their_own_and_neither_takes_the_others(start, qtbot, case):
    first = start(case)
    qtbot.waitUntil(lambda: len(list(autosave_folder().glob("*.json"))) == 1, timeout=TIMEOUT_MS)
    assert find_unclosed() is None  # it is in use

    second = start(case)
    qtbot.waitUntil(lambda: len(list(autosave_folder().glob("*.json"))) == 2, timeout=TIMEOUT_MS)
    second.window.close()
    assert len(list(autosave_folder().glob("*.json"))) == 1
    first.window.close()
    assert list(autosave_folder().iterdir()) == []


def test_unclosed_sessions_survive_a_jump_of_the_clock(case, tmp_path, monkeypatch):
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    killed_window(case, tmp_path)
    (last,) = autosave_folder().glob("window-*.json")
    hour_before, month_before = (last.with_name(f"window-{name}.json") for name in "ab")
    written = time.time() - 100 * 86_400  # the clock has gone forward by a hundred days since
    for path, age_s in ((last, 0), (hour_before, 3600), (month_before, 31 * 86_400)):
        if path != last:
            shutil.copy(last, path)
        os.utime(path, (written - age_s,) * 2)

    found = find_unclosed()

    assert found is not None
    assert found.path == last
    assert hour_before.exists()
    assert not month_before.exists(), "a month older than the newest one"


def test_a_damaged_autosave_never_keeps_a_window_from_starting(start, case):
    (autosave_folder()).mkdir(parents=True)
    for at, content in enumerate((b"", b"{}", b"\xff\xfe", b"[1]")):
        (autosave_folder() / f"window-{at}.json").write_bytes(content)

    assert find_unclosed() is None
    assert list(autosave_folder().glob("window-*.json")) == []


def choose(monkeypatch, *, save="", opened="", folder="", answer=None):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(save), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(opened), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answer)


def test_a_session_is_a_file_that_opens_in_another_home_where_the_case_lies_elsewhere(
    start, qtbot, case, tmp_path, monkeypatch
):
    parts = start(case)
    window, session = parts.window, parts.session
    session.become(replace(session.state.toggled(Modality.T1C), region=Region.ET))
    window.views.enlarge(window.views.view3d)
    file = tmp_path / "lesson.ccsd-session.json"
    choose(monkeypatch, save=file)
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert window.statusBar().currentMessage() == "Saved the session as lesson.ccsd-session.json"
    written = file.read_text()
    assert '"path": "p"' in written
    window.close()

    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("CCSD_SETTINGS", str(home / "settings.json"))
    there = home / "p"
    case.rename(there)
    copy = home / file.name
    file.rename(copy)
    copy.write_text(written.replace('"path": "p"', '"path": "gone/p"'))
    choose(monkeypatch, folder=there, answer=QMessageBox.StandardButton.Ok)

    other = start(copy)
    state = other.session.state
    assert state.used == state.shown == NO_T1C
    assert state.region is Region.ET
    assert other.window.views.large is other.window.views.view3d
    assert state.problem == ""


def test_other_images_and_another_model_are_reported(start, qtbot, case, tmp_path, monkeypatch):
    first = start(case)
    file = tmp_path / "lesson.ccsd-session.json"
    first.window.session_files.save_to(file)
    first.window.close()
    other = tmp_path / "p_FLAIR+T2"
    case.rename(other)
    file.write_text(file.read_text().replace('"path": "p"', f'"path": "{other.name}"'))

    parts = start(file, sha="fedcba9876543210" * 4)

    assert "T1, T1c, T2 differ" in parts.session.state.problem
    assert "results are now of fake fedcba98" in parts.session.state.problem
    assert parts.session.state.used == ModalitySubset.parse("FLAIR+T2")


def test_a_file_that_is_no_session_leaves_the_open_case_as_it_was(
    start, case, tmp_path, monkeypatch
):
    parts = start(case)
    before = parts.session.state
    file = tmp_path / "x.ccsd-session.json"
    file.write_text("<html>")
    choose(monkeypatch, opened=file)

    parts.window.findChild(QAction, "open_session").trigger()

    assert parts.session.state.case is before.case
    assert "x.ccsd-session.json is not a session" in parts.session.state.problem
