"""An export on its way in the real window: its bar, cancelling it, and what goes wrong."""

import time

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QProgressDialog

from ccsd_app.export.staging import PREFIX
from ccsd_app.qt.exporting import export_run
from ccsd_core.progress import Progress

TIMEOUT_MS = 60_000


@pytest.mark.parametrize(
    "entry", ["label_maps", "picture_axial", "stepwise_removal", "ply"], ids=lambda entry: entry
)
def test_a_cancelled_export_leaves_no_file(desk, slow_disk, entry):
    at = desk()
    at.menu.refresh()
    at.menu.findChild(QAction, entry).trigger()
    assert at.exporter.run.busy

    at.window.findChild(QProgressDialog, "export_progress").canceled.emit()

    assert not at.exporter.run.busy
    at.exporter.close()  # waits for the thread
    assert list(at.folder.iterdir()) == []
    assert not at.session.state.problem


def test_closing_in_the_middle_leaves_no_file(desk, slow_disk):
    at = desk()
    at.menu.refresh()
    at.menu.findChild(QAction, "label_maps").trigger()
    at.qtbot.waitUntil(lambda: any(at.folder.glob(f"{PREFIX}*")), timeout=TIMEOUT_MS)

    at.exporter.close()

    assert list(at.folder.iterdir()) == []


def test_work_of_more_than_half_a_second_shows_a_bar(desk, monkeypatch):
    at = desk()
    monkeypatch.setattr(export_run, "BAR_DELAY_MS", 20)

    def slow():
        for step in range(1000):
            time.sleep(0.01)
            yield Progress(step, 1000, "waiting")

    at.exporter.run.write(slow(), "waiting")

    bar = at.window.findChild(QProgressDialog, "export_progress")
    at.qtbot.waitUntil(lambda: bar.isVisible() and bar.value() > 0, timeout=TIMEOUT_MS)
    assert bar.maximum() == 1000
    bar.canceled.emit()


def test_a_disk_that_refuses_is_reported_in_the_window(desk):
    at = desk()
    (at.folder / "file").write_text("x")
    at.named = lambda suggested: str(at.folder / "file" / suggested.name)

    at.choose("numbers")

    assert "Nothing was exported" in at.session.state.problem
    assert "choose another folder" in at.session.state.problem
    assert at.files() == {"file"}


def test_a_bug_of_ours_is_reported_and_the_next_export_works(desk):
    at = desk()

    def broken():
        yield Progress(0, 1, "soon")
        raise ZeroDivisionError("by\nzero")

    at.exporter.run.draw(broken(), "broken")
    at.wait()
    assert "internal error, please report it: ZeroDivisionError: by" in at.session.state.problem
    at.choose("numbers")
    assert at.files() == {"p_all_numbers.json"}
