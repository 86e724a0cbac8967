"""The dialog that trains a model, and finds runs again that were started in it.

Run: [ New run ▾ ]                         [ Open a run… ]
─ a new run: setup page; another: run page ─
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.engine.training.recent_runs import RecentRun, recent_runs, remember_run
from ccsd_app.engine.training.run_reader import OUTPUT
from ccsd_app.qt.training.programs import start_detached
from ccsd_app.qt.training.run_page import RunActions, RunPage
from ccsd_app.qt.training.setup_page import SetupPage
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.viewmodel.common.sentence import message
from ccsd_app.viewmodel.training.setup import TrainingSetup, resume_arguments
from ccsd_core.errors import CcsdError
from ccsd_core.training.config.config_file import RUN_CONFIG
from ccsd_core.training.run.run_cases import CASES, read_cases
from ccsd_core.training.run.run_status import RunState, read_status

SIZE = (1060, 700)
NEW = "New run"


class TrainDialog(QDialog):
    """Starts training runs, and shows them.

    Args:
        use: Uses the model of a run's folder in the window.
        parent: Qt parent.
    """

    def __init__(self, use: Callable[[Path], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train_dialog")
        self.setWindowTitle("Train a model")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(*SIZE)
        self._runs = QComboBox()
        self._runs.setObjectName("training_runs")
        self._runs.setAccessibleName("Run")
        self._runs.activated.connect(self._on_chosen)
        self._problem = label(role="warning", name="train_problem", wrap=True)
        self._problem.hide()
        self.setup_page = SetupPage(self._start)
        self.run_page = RunPage(RunActions(self._resume, use))
        self._pages = QStackedWidget()
        self._pages.addWidget(self.setup_page)
        self._pages.addWidget(self.run_page)
        head = QHBoxLayout()
        head.addWidget(label("Run"))
        head.addWidget(self._runs, 1)
        head.addWidget(
            push_button(
                "Open a run…", "open_run", self._ask_run, hint="Show the run of another folder"
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 14)
        layout.addLayout(head)
        layout.addWidget(self._problem)
        layout.addWidget(self._pages, 1)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Return in a field is not a click on a button
        self._list_runs(None)
        self._show_running()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.run_page.run is not None:
            self.run_page.show_run(self.run_page.run)

    def hideEvent(self, event: QHideEvent) -> None:
        self.run_page.pause()
        super().hideEvent(event)

    def close_children(self) -> None:
        """End the child processes of the dialog; training goes on."""
        self.setup_page.close_children()
        self.run_page.close_children()

    def open_run(self, run: RecentRun) -> None:
        """Show a run."""
        self._list_runs(run)
        self.run_page.show_run(run)
        self._pages.setCurrentWidget(self.run_page)

    def _show_running(self) -> None:
        """Show the newest run whose process is still running."""
        for run in recent_runs():
            status = read_status(run.folder)
            if status is not None and status.state is RunState.RUNNING:
                self.open_run(run)
                return

    def _list_runs(self, chosen: RecentRun | None) -> None:
        with QSignalBlocker(self._runs):
            self._runs.clear()
            self._runs.addItem(NEW)
            for run in recent_runs():
                self._runs.addItem(f"{run.folder.name}  –  {run.folder.parent}", run)
                if chosen is not None and run.folder == chosen.folder:
                    self._runs.setCurrentIndex(self._runs.count() - 1)

    def _on_chosen(self, index: int) -> None:
        run = self._runs.itemData(index)
        self._report("")
        if isinstance(run, RecentRun):
            self.run_page.show_run(run)
            self._pages.setCurrentWidget(self.run_page)
        else:
            self.run_page.pause()
            self._pages.setCurrentWidget(self.setup_page)

    def _ask_run(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder of a training run", "")
        if not chosen:
            return
        folder = Path(chosen)
        if not (folder / RUN_CONFIG).is_file():
            self._report(f"{folder} is not the folder of a run: it has no {RUN_CONFIG}.")
            return
        known = (run for run in recent_runs() if run.folder == folder)
        self._remember(next(known, RecentRun(folder=folder)))

    def _start(self, setup: TrainingSetup) -> None:
        assert setup.run is not None
        try:
            arguments = setup.train_arguments()
        except CcsdError as error:
            self._report(message(str(error)))
            return
        self._launch(RecentRun(folder=setup.run.absolute(), arguments=arguments))

    def _resume(self, run: RecentRun) -> None:
        arguments = (*run.arguments, "--resume")
        if (run.folder / CASES).is_file():
            try:
                data = read_cases(run.folder).data
            except CcsdError as error:
                self._report(message(str(error)))
                return
            arguments = resume_arguments(run.folder, data=data, device=_device(run))
        self._launch(run, arguments)

    def _launch(self, run: RecentRun, arguments: tuple[str, ...] = ()) -> None:
        self._report("")
        launched = run.now()
        try:
            start_detached(arguments or run.arguments, output=run.folder / OUTPUT)
        except CcsdError as error:
            self._report(message(str(error)))
            return
        self._remember(launched)

    def _remember(self, run: RecentRun) -> None:
        try:
            remember_run(run)
        except CcsdError as error:
            self._report(f"The run could not be added to the list of runs: {error}")
        self.open_run(run)

    def _report(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))


def _device(run: RecentRun) -> str:
    """The device that a run was started on."""
    arguments = list(run.arguments)
    return arguments[arguments.index("--device") + 1] if "--device" in arguments else "auto"
