"""The page of the training dialog that shows one run while it goes on, and after it.

state · step · time left · progress
[ Curves | Sample slice | Log | Comparison ]
Stop and save · Resume · Compare with the bundled model · Use this model
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontDatabase, QImage
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.engine.training.recent_runs import RecentRun
from ccsd_app.engine.training.run_reader import RunReader
from ccsd_app.qt.training.comparison import Comparison
from ccsd_app.qt.training.run_plots import RunPlots
from ccsd_app.qt.training.sample_picture import SamplePicture
from ccsd_app.qt.widgets.labels import ElidedLabel, label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.viewmodel.common.sentence import message
from ccsd_app.viewmodel.training.run_view import RunView, run_curves, run_view
from ccsd_core.errors import CcsdError
from ccsd_core.training.run.run_cases import read_cases
from ccsd_core.training.run.run_status import request_stop

POLL_MS = 1000
SAMPLE = "sample.png"
NO_SAMPLE = (
    "No sample yet: one is drawn at every validation, or at every checkpoint if nothing is "
    "validated."
)
STOP_HINT = (
    "Save a checkpoint after this step and end the process; Resume continues exactly there. "
    "This is also the way to pause"
)


@dataclass(frozen=True, slots=True)
class RunActions:
    """What buttons do that reach beyond the page.

    Args:
        resume: Starts the process of a run again.
        use: Uses the model of a run's folder in the window.
    """

    resume: Callable[[RecentRun], None]
    use: Callable[[Path], None]


class RunPage(QFrame):
    """Shows a run; its folder is read every second while the page is visible."""

    def __init__(self, actions: RunActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training_run_page")
        self._actions = actions
        self._reader: RunReader | None = None
        self._sample_time = 0
        self._comparison = Comparison(self, self._say_comparing, self._on_compared)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._title = label(role="title", name="run_title")
        self._folder = ElidedLabel(role="small", name="run_folder")
        self._state = label(name="run_state")
        self._detail = label(role="dim", name="run_detail")
        self._problem = label(role="warning", name="run_problem", wrap=True)
        self._bar = QProgressBar()
        self._bar.setObjectName("run_progress")
        self._bar.setAccessibleName("Progress of the run")
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addWidget(self._folder, 1)
        line = QHBoxLayout()
        line.addWidget(self._state)
        line.addWidget(self._detail, 1)
        layout.addLayout(head)
        layout.addLayout(line)
        layout.addWidget(self._bar)
        layout.addWidget(self._problem)
        layout.addWidget(self._tabs(), 1)
        layout.addLayout(self._buttons())
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.refresh)

    @property
    def run(self) -> RecentRun | None:
        """The run that is shown."""
        return None if self._reader is None else self._reader.run

    def show_run(self, run: RecentRun) -> None:
        """Show another run, or the same after its process was started again."""
        if self._reader is None or self._reader.run.folder != run.folder:
            self._comparison.cancel()
            self._table.clear()
            self._sample_time = 0
            self.sample.show_image(QImage())
            self._caption.setText(NO_SAMPLE)
        self._reader = RunReader(run)
        self._folder.setText(str(run.folder))
        self.refresh()
        self._timer.start()

    def pause(self) -> None:
        """Stop reading the folder while the page is hidden."""
        self._timer.stop()

    def close_children(self) -> None:
        """End the comparison."""
        self._timer.stop()
        self._comparison.cancel()

    def refresh(self) -> None:
        """Read the folder and draw what is new."""
        if self._reader is None:
            return
        run = self._reader.read()
        self._plots.show_curves(run_curves(run))
        self._show(run_view(run))
        self._show_log(run.log)
        self._show_sample(run.folder / SAMPLE)

    def _tabs(self) -> QTabWidget:
        self._plots = RunPlots()
        self.sample = SamplePicture()
        self._caption = label(role="small", name="run_sample_caption", wrap=True)
        sample = QWidget()
        column = QVBoxLayout(sample)
        column.addWidget(self.sample, 1)
        column.addWidget(self._caption)
        self._log = _text("run_log", "Log of the run")
        self._table = _text("run_comparison", "Comparison with the bundled model")
        self._table.setPlaceholderText(
            "Compare with the bundled model: both are scored on the validation cases of this run, "
            "and the differences are tested patient by patient."
        )
        self._pages = QTabWidget()
        self._pages.setObjectName("run_tabs")
        for title, page in (
            ("Curves", self._plots),
            ("Sample slice", sample),
            ("Log", self._log),
            ("Comparison", self._table),
        ):
            self._pages.addTab(page, title)
        return self._pages

    def _buttons(self) -> QHBoxLayout:
        self._stop = push_button("Stop and save", "run_stop", self._on_stop, hint=STOP_HINT)
        self._resume = push_button(
            "Resume",
            "run_resume",
            self._on_resume,
            hint="Continue from the newest checkpoint, with the run's own settings",
        )
        self._compare = push_button(
            "Compare with the bundled model", "run_compare", self._on_compare
        )
        self._use = push_button("Use this model", "run_use", self._on_use)
        self._note = label(role="small", name="run_note")
        row = QHBoxLayout()
        row.addWidget(self._note, 1)
        for button in (self._stop, self._resume, self._compare, self._use):
            row.addWidget(button)
        return row

    def _show(self, view: RunView) -> None:
        self._title.setText(view.title)
        self._state.setText(view.state)
        self._detail.setText(view.detail)
        self._problem.setText(view.problem)
        self._problem.setVisible(bool(view.problem))
        busy = view.fraction is None and view.running
        self._bar.setRange(0, 0 if busy else 1000)
        self._bar.setValue(round(1000 * (view.fraction or 0.0)))
        self._stop.setEnabled(view.can_stop)
        self._stop.setVisible(view.running)
        self._resume.setVisible(view.can_resume)
        self._use.setEnabled(view.can_use)
        self._use.setToolTip(view.use_hint)
        comparing = self._comparison.running
        self._compare.setText("Cancel" if comparing else "Compare with the bundled model")
        self._compare.setEnabled(comparing or view.can_compare)
        self._compare.setToolTip(
            "Score both on the validation cases of this run, patient by patient"
            if view.can_compare
            else "This needs a run that has ended and was validated"
        )
        self._note.setText(
            "The training goes on when this dialog and the window are closed."
            if view.running
            else ""
        )

    def _show_log(self, text: str) -> None:
        if text != self._log.toPlainText():
            self._log.setPlainText(text)
            bar = self._log.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _show_sample(self, path: Path) -> None:
        try:
            written = path.stat().st_mtime_ns
        except OSError:
            return
        image = QImage(str(path)) if written != self._sample_time else QImage()
        if image.isNull():
            return
        self._sample_time = written
        self.sample.show_image(image)
        case, inputs, step = (image.text(key) for key in ("case", "inputs", "step"))
        words = f"{case} after step {step}, from {inputs}"
        self.sample.setAccessibleName(words)
        self._caption.setText(
            f"{words}. Filled: predicted WT, TC, ET; white outline: WT of the expert labels."
        )

    def _on_stop(self) -> None:
        if self._reader is None:
            return
        try:
            request_stop(self._reader.run.folder)
        except CcsdError as error:
            self._problem.setText(message(str(error)))
            self._problem.show()
            return
        self.refresh()

    def _on_resume(self) -> None:
        if self._reader is not None:
            self._actions.resume(self._reader.run)

    def _on_use(self) -> None:
        if self._reader is not None:
            self._actions.use(self._reader.run.folder)
            self._note.setText("The window uses this model now.")

    def _on_compare(self) -> None:
        if self._reader is None:
            return
        if self._comparison.running:
            self._comparison.cancel()
            self._table.setPlainText("Cancelled.")
            self.refresh()
            return
        folder = self._reader.run.folder
        self._pages.setCurrentWidget(self._table)
        try:
            cases = read_cases(folder)
        except CcsdError as error:
            self._table.setPlainText(message(str(error)))
            return
        self._comparison.start(folder, data=cases.data, device="auto")
        self.refresh()

    def _say_comparing(self, line: str) -> None:
        self._table.setPlainText(line)

    def _on_compared(self, text: str) -> None:
        self._table.setPlainText(text)
        self.refresh()


def _text(name: str, title: str) -> QPlainTextEdit:
    text = QPlainTextEdit()
    text.setObjectName(name)
    text.setAccessibleName(title)
    text.setReadOnly(True)
    text.setTabChangesFocus(True)
    text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    return text
