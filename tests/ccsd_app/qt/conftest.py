"""A desk to export from the real main window, on the made-up inference process."""

import time
from functools import lru_cache
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QMessageBox

from ccsd_app.export import label_maps
from ccsd_app.export.film.settings import FilmFormat
from ccsd_app.qt.exporting.export_menu import ExportMenu
from ccsd_app.qt.exporting.film.film_dialog import FilmDialog
from ccsd_app.qt.view3d import gl_start
from ccsd_app.qt.view3d.view3d import Status
from ccsd_core.domain.modality import ModalitySubset

TIMEOUT_MS = 60_000


@pytest.fixture(scope="session", autouse=True)
def _one_probe():
    """OpenGL is asked once for all windows of the tests: its answer does not change."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gl_start, "probe", lru_cache(gl_start.probe))
        yield


class Desk:
    """The window with its export menu, and the answers that its dialogs get."""

    def __init__(self, parts, qtbot, folder: Path) -> None:
        self.parts, self.qtbot, self.folder = parts, qtbot, folder
        self.window, self.session = parts.window, parts.session
        self.menu = self.window.findChild(ExportMenu)
        self.exporter = self.window.exporter
        self.suggested: list[Path] = []
        self.named = lambda suggested: str(self.folder / suggested.name)
        self.replace: list[str] = []
        self.answer = QMessageBox.StandardButton.Yes

    def choose(self, entry: str) -> None:
        """Click an entry of the menu and wait until the export is over."""
        self.menu.choices_menu.aboutToShow.emit()
        self.menu.findChild(QAction, entry).trigger()
        self.wait()

    def wait(self) -> None:
        self.qtbot.waitUntil(lambda: not self.exporter.run.busy, timeout=TIMEOUT_MS)

    def wait_for_3d(self) -> None:
        """Until the 3-D view turns, and shows what it should."""
        view3d = self.window.views.view3d
        self.qtbot.waitUntil(lambda: view3d.status is not Status.STARTING, timeout=TIMEOUT_MS)
        assert view3d.status is Status.LIVE, view3d.reason
        self.qtbot.waitUntil(lambda: view3d.up_to_date, timeout=TIMEOUT_MS)

    def show(self, subset: ModalitySubset) -> None:
        self.session.become(self.session.state.using(subset))

    def files(self) -> set[str]:
        return {path.name for path in self.folder.rglob("*") if path.is_file()}


class FilmAnswer:
    """What the dialog of films is answered: a format, and other changes of its controls."""

    def __init__(self) -> None:
        self.form = FilmFormat.GIF
        self.change = lambda dialog: None
        self.asked = 0


@pytest.fixture
def film_answer(qtbot, monkeypatch) -> FilmAnswer:
    """The dialog of films is answered at once."""
    answer = FilmAnswer()

    def ask(dialog):
        answer.asked += 1
        form = dialog.findChild(QComboBox, "film_format")
        form.setCurrentIndex(form.findData(answer.form))
        answer.change(dialog)
        qtbot.waitUntil(lambda: dialog.choice is not None, timeout=TIMEOUT_MS)
        dialog.accept()
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(FilmDialog, "exec", ask)
    return answer


@pytest.fixture
def desk(open_window, qtbot, tmp_path, monkeypatch, film_answer):
    made = []

    def lay(case: str = "p", **how) -> Desk:
        folder = tmp_path / "out"
        folder.mkdir()
        at = Desk(open_window(case, **how), qtbot, folder)
        made.append(at)

        def save(parent, title, suggested, filters):
            at.suggested.append(Path(suggested))
            return at.named(Path(suggested)), filters

        def ask(parent, title, text, *buttons):
            at.replace.append(text)
            return at.answer

        monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(at.folder))
        monkeypatch.setattr(QMessageBox, "question", ask)
        return at

    yield lay
    for at in made:
        at.exporter.close()


@pytest.fixture
def live(desk):
    """The same with 3-D that turns."""
    at = desk()
    at.wait_for_3d()
    return at


@pytest.fixture
def slow_disk(monkeypatch):
    """Label maps take their time, so that something is left to be cancelled."""
    write = label_maps.save_segmentation

    def slowly(*args, **how):
        time.sleep(0.05)
        write(*args, **how)

    monkeypatch.setattr(label_maps, "save_segmentation", slowly)
