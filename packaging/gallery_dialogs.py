"""Draws the dialogs about many cases or models: quiz, batch, models, training, film, report.

They work on copies of one case in a temporary folder and on the real processes; the training is of
a tiny network, which is of no use. `pdftoppm` draws the pages of the report where it is installed.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QPushButton, QTabWidget, QWidget

from ccsd_app.export.film.settings import FilmFormat
from ccsd_app.qt.exporting.film.film_dialog import FilmDialog
from ccsd_app.qt.exporting.film.shots import stepwise_removal
from ccsd_app.qt.exporting.report_exports import report_file
from ccsd_app.qt.open_case.batch.batch_dialog import BatchDialog
from ccsd_app.qt.startup.application import Parts
from ccsd_app.qt.teaching.quiz.quiz_dialog import QuizDialog
from ccsd_app.qt.widgets.queued_call import QueuedCall
from ccsd_app.session.jobs import JobRunner
from ccsd_app.session.state import State
from ccsd_app.viewmodel.teaching.quiz.quiz import Phase
from ccsd_core.data.synthetic.writer import write_cases
from ccsd_core.domain.modality import Modality
from ccsd_core.progress import drain
from ccsd_core.storage.models.bundled import bundled_models
from ccsd_core.storage.models.card import short_card

REPORT_DPI = 100
CONFIG = """
name = "tiny"
steps = 60
[model]
base_channels = 4
levels = 2
spacing_mm = 4.0
[data]
patch = [24, 24, 24]
[validation]
every = 20
fraction = 0.25
[engine]
log_every = 1
checkpoint_every = 20
"""


class Camera(Protocol):
    """What is needed of the gallery."""

    def grab(self, name: str, widget: QWidget) -> None: ...
    def picture(self, name: str, change: Callable[[State], State]) -> None: ...
    def wait_until(self, condition: Callable[[], bool]) -> None: ...


def draw_dialogs(camera: Camera, parts: Parts, folder: Path, out: Path) -> None:
    """Draw the pictures.

    Args:
        camera: Takes them.
        parts: The window, with the results of a case.
        folder: A temporary folder.
        out: The folder of the pictures, for the report.
    """
    parts.window.resize(1280, 800)
    cases = folder / "cases"
    drain(write_cases(cases, count=4, seed=11, spacing_mm=3.0))
    _draw_models(camera, parts)
    _draw_film(camera, parts)
    _draw_report(parts, out)
    _draw_quiz(camera, parts, cases)
    _draw_training(camera, parts, cases, folder)
    _draw_batch(camera, parts, cases)


def _draw_models(camera: Camera, parts: Parts) -> None:
    """The list of models, and two of them side by side."""
    window, session = parts.window, parts.session
    window.dialogs.show_models()
    for dialog in window.findChildren(QDialog, "models_dialog"):
        camera.grab("models", dialog)
        dialog.reject()
    used = session.state.model
    others = [m for m in bundled_models() if used is None or m.manifest.sha256 != used.sha256]
    if not others:
        return
    before = session.state
    window.dialogs.compare_with_model(others[0].name)
    camera.grab("compare_models_computing", window)
    camera.wait_until(lambda: session.state.compared_result is not None)
    camera.grab("compare_models", window)
    session.become(before)


def _draw_film(camera: Camera, parts: Parts) -> None:
    """The dialog before a film, with its length and size."""
    window, state = parts.window, parts.session.state
    assert state.case is not None
    path = [s for s in state.case.available.subsets() if Modality.FLAIR in s][::-1][:4]
    queued_call = QueuedCall(window)
    runner = JobRunner(ThreadPoolExecutor(1), queued_call)
    dialog = FilmDialog(
        "Film: Stepwise removal",
        stepwise_removal(window.views, state, path),
        form=FilmFormat.MP4,
        scale=1.0,
        runner=runner,
        parent=window,
    )
    dialog.show()
    size = dialog.findChild(QLabel, "film_bytes")
    assert isinstance(size, QLabel)
    camera.wait_until(lambda: size.text().startswith("About"))
    camera.grab("film", dialog)
    dialog.reject()
    queued_call.close()
    runner.close()


def _draw_report(parts: Parts, out: Path) -> None:
    """The report, on A4 and on Letter, and its pages as pictures."""
    model = parts.window.engine.model
    for paper in ("a4", "letter"):
        path = out / f"report_{paper}.pdf"
        views = parts.window.views
        steps = report_file(
            parts.session.state, views, path, paper=paper, model_card=short_card(model)
        )
        drain(steps)
        sys.stdout.write(f"{path}\n")
        program = shutil.which("pdftoppm")
        if program is not None:
            arguments = ["-r", str(REPORT_DPI), "-png", str(path), str(path.with_suffix(""))]
            subprocess.run([program, *arguments], check=True)


def _draw_quiz(camera: Camera, parts: Parts, cases: Path) -> None:
    """Its first page, each kind of question with its explanation, and the results."""
    dialog = parts.window.quiz.show()
    dialog.start_page.search_in(cases)
    camera.grab("quiz_start", dialog)
    _click(dialog, "quiz_start")
    seen: set[str] = set()
    while True:
        camera.wait_until(lambda: _phase(dialog) in (Phase.ASKING, Phase.FINISHED))
        question = None if dialog.quiz is None else dialog.quiz.question
        if question is None:
            break
        name = question.kind.name.lower()
        if name not in seen:
            camera.grab(f"quiz_{name}", dialog)
        wrong = [i for i in range(len(question.choices)) if i not in question.right]
        answer = wrong[0] if name not in seen and wrong else min(question.right)
        _click(dialog, f"quiz_answer_{answer + 1}")
        if name not in seen:
            camera.grab(f"quiz_{name}_answered", dialog)
        seen.add(name)
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    camera.grab("quiz_results", dialog)
    _click(dialog, "quiz_close")
    camera.wait_until(lambda: parts.session.state.complete)


def _phase(dialog: QuizDialog) -> Phase | None:
    return None if dialog.quiz is None else dialog.quiz.phase


def _draw_training(camera: Camera, parts: Parts, cases: Path, folder: Path) -> None:
    """The settings, and a run with its curves, sample slice and log."""
    config = folder / "tiny.toml"
    config.write_text(CONFIG, encoding="utf-8")
    parts.window.dialogs.show_training()
    dialog = parts.window.dialogs.training
    dialog.setup_page.set_data(cases)
    dialog.setup_page.set_configuration(config)
    dialog.setup_page.set_run(folder / "run")
    start = dialog.findChild(QPushButton, "training_start")
    assert isinstance(start, QPushButton)
    camera.wait_until(start.isEnabled)
    camera.grab("train_settings", dialog)
    start.click()
    state = dialog.findChild(QLabel, "run_state")
    assert isinstance(state, QLabel)
    camera.wait_until(lambda: state.text() in ("Finished", "Failed"))
    tabs = dialog.findChild(QTabWidget, "run_tabs")
    assert isinstance(tabs, QTabWidget)
    for index in range(tabs.count()):
        tabs.setCurrentIndex(index)
        camera.grab(f"train_{tabs.tabText(index).lower().replace(' ', '_')}", dialog)
    dialog.close()


def _draw_batch(camera: Camera, parts: Parts, cases: Path) -> None:
    """A folder of which one case is broken and one lacks T1c, from all sequences and from two."""
    broken, poor, *_ = sorted(path for path in cases.iterdir() if path.is_dir())
    next(broken.glob("*t2*")).write_bytes(b"no image")
    next(poor.glob("*t1ce*")).unlink()
    parts.window.opener.segment_folder()
    for dialog in parts.window.findChildren(BatchDialog):
        dialog.list_folder(cases)
        camera.wait_until(lambda d=dialog: bool(d.batch.rows))
        camera.grab("batch_listed", dialog)
        subsets = dialog.findChild(QComboBox, "batch_subset")
        assert isinstance(subsets, QComboBox)
        for name, index in (("batch_done", 0), ("batch_of_a_subset", subsets.count() - 2)):
            subsets.setCurrentIndex(index)
            dialog.start()
            camera.wait_until(lambda d=dialog: not d.running)
            camera.grab(name, dialog)
        dialog.close()


def _click(dialog: QWidget, name: str) -> None:
    found = dialog.findChild(QPushButton, name)
    assert isinstance(found, QPushButton), name
    found.click()
