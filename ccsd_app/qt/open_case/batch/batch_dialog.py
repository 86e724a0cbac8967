"""The dialog that segments a folder of cases.

┌ folder of cases [ … ] Choose… ────────────────────────────────────────────┐
│ label maps into [ … ] Choose…      sequences [all ▾]   model [window's ▾] │
│ [x] skip cases whose label map exists                                     │
│ case │ state │ sequences │ WT TC ET mL │ Dice … │ notes                   │
│ ▓▓▓▓▓░░░░  3 of 12 cases, encoding T1, about 4 min left                   │
└ Export table…                                    Start │ Stop │ Close ────┘
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.export.number_files import csv_of
from ccsd_app.qt.open_case.batch.batch_table import BatchTable
from ccsd_app.qt.open_case.batch.model_box import ModelBox
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.qt.widgets.queued_call import QueuedCall
from ccsd_app.session.jobs import JobRunner, Listener
from ccsd_app.viewmodel.common.sentence import message
from ccsd_app.viewmodel.open_case.batch.batch_rows import batch_rows
from ccsd_app.viewmodel.open_case.batch.folder_batch import Connect, FolderBatch
from ccsd_app.worker.batch_client import BatchClient
from ccsd_app.worker.batch_protocol import BatchEvent, BatchRequest
from ccsd_app.worker.protocol import Limits
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.errors import CcsdError, ResourceError, bug_line
from ccsd_core.progress import Progress
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.cases.case_list import ListedCase, list_cases
from ccsd_core.storage.cases.overrides import Overrides

SIZE = (1120, 640)
BAR_STEPS = 1000
ALL_SEQUENCES = "All sequences of each case"
INTRO = (
    "Every case and DICOM study in the folder is segmented in turn, raw ones after preparation; "
    "one that fails does not stop the others. "
    "Double click or Return opens a case in the window."
)


@dataclass(frozen=True, slots=True)
class BatchDefaults:
    """What the window uses, and the batch, too.

    Args:
        model: The window's model; None is the bundled default.
        device: Where it runs.
        prepare: Whether raw cases are prepared.
        limits: The user's limits for a process.
        start: The folder in which file dialogs start.
        corrections: Returns the files that the user has chosen, by the real path of the case.
    """

    model: str | None
    device: str
    prepare: bool
    limits: Limits
    start: Path
    corrections: Callable[[], Mapping[str, Overrides]] = dict[str, Overrides]


class BatchDialog(QDialog):
    """Segments a folder of cases in a process of its own.

    Args:
        defaults: What the window uses.
        open_case: Opens a case in the window.
        connect: Makes the client of the process; None is the real one.
    """

    def __init__(
        self,
        defaults: BatchDefaults,
        open_case: Callable[[Path], None],
        parent: QWidget | None = None,
        *,
        connect: Connect | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("batch_dialog")
        self.setWindowTitle("Segment a folder of cases")
        self.resize(*SIZE)
        self._defaults = defaults
        self._corrections = defaults.corrections()
        self._queued_call = QueuedCall(self)
        self.batch = FolderBatch(connect or self._connect)
        self._lister = JobRunner(
            ThreadPoolExecutor(1, thread_name_prefix="ccsd-case-list"), self._queued_call
        )
        self._closed = False
        self._folder = self._path_field("batch_folder", "Folder of cases", "No folder is chosen")
        self._out = self._path_field("batch_out", "Folder of the label maps", "")
        self._subset = _subset_box()
        self._model = ModelBox(defaults.model, self._tell)
        self._skip = QCheckBox("Skip cases whose label map exists")
        self._skip.setObjectName("batch_skip")
        self._skip.setChecked(True)
        self._table = BatchTable(self.batch, open_case)
        self._bar = QProgressBar()
        self._bar.setObjectName("batch_progress")
        self._bar.setAccessibleName("Progress of the folder")
        self._bar.setRange(0, BAR_STEPS)
        self._bar.setTextVisible(False)
        self._headline = label(name="batch_headline")
        self._notes = label(role="dim", name="batch_notes", wrap=True)
        self._notes.setAccessibleName("Notes on the selected case")
        self._problem = label(role="warning", name="batch_problem", wrap=True)
        self._choose_folder = push_button("Choose…", "choose_batch_folder", self._ask_folder)
        self._choose_folder.setAccessibleName("Choose the folder of cases")
        self._choose_out = push_button("Choose…", "choose_batch_out", self._ask_out)
        self._choose_out.setAccessibleName("Choose the folder of the label maps")
        self._export = push_button("Export table…", "export_batch", self._ask_export)
        self._start = push_button("Start", "start_batch", self.start)
        self._stop = push_button("Stop", "stop_batch", self.batch.stop)
        self._close = push_button("Close", "close_batch", self.reject)
        self._lay_out()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Return opens the selected case
        self._subset.currentIndexChanged.connect(self._on_subset)
        for changed in (self._out.textChanged, self._model.currentIndexChanged, self._skip.toggled):
            changed.connect(self._refresh)
        self.batch.changed.connect(self._refresh)
        self.batch.row_changed.connect(self._show_progress)
        self._table.selectionModel().currentRowChanged.connect(self._show_notes)
        self.finished.connect(self._shut_down)
        self.destroyed.connect(self._lister.cancel)
        self._refresh()

    def _connect(self, on_event: Callable[[BatchEvent], None]) -> BatchClient:
        return BatchClient(on_event=on_event, queued_call=self._queued_call)

    @property
    def running(self) -> bool:
        return self.batch.running

    @property
    def request(self) -> BatchRequest:
        """What is chosen, without the cases."""
        return BatchRequest(
            (),
            Path(self._out.text().strip()),
            self._subset.currentData(),
            self._model.model,
            self._defaults.device,
            self._skip.isChecked(),
            self._defaults.prepare,
            self._defaults.limits,
            self._corrections,
        )

    def list_folder(self, folder: Path) -> None:
        """List the cases of a folder, and suggest one for the label maps beside it."""
        self._folder.setText(str(folder))
        self._out.setText(str(folder.with_name(f"{folder.name}_labels")))
        self.batch.show(())
        self._headline.setText("Searching for cases…")
        listener = Listener(self._on_listed, self._on_not_listed, self._on_listing)
        self._corrections = self._defaults.corrections()
        steps = list_cases(folder, studies=True, corrections=self._corrections)
        self._lister.start(steps, listener)

    def start(self) -> None:
        """Segment the cases that are not done."""
        self._corrections = self._defaults.corrections()
        self.batch.start(self.request)

    def reject(self) -> None:
        """Close, unless cases are being segmented and the user wants to go on."""
        if self.running and not self._may_stop():
            return
        super().reject()

    def export(self, path: Path) -> None:
        """Write the table as CSV; a failure is shown."""
        rows = batch_rows(self.batch.rows, self.batch.model, Path(self._folder.text()))
        try:
            write_text(path, csv_of(rows))
        except ResourceError as error:
            self._tell(str(error))
            return
        self._headline.setText(f"Table of {len(rows)} cases written to {path.name}")

    def _lay_out(self) -> None:
        places = QGridLayout()
        lines = (
            ("Folder of cases", self._folder, self._choose_folder),
            ("Label maps into", self._out, self._choose_out),
        )
        for row, (text, field, button) in enumerate(lines):
            places.addWidget(label(text), row, 0)
            places.addWidget(field, row, 1)
            places.addWidget(button, row, 2)
        choices = QHBoxLayout()
        choices.setSpacing(8)
        for widget in (label("Sequences"), self._subset, label("Model"), self._model, self._skip):
            choices.addWidget(widget)
        choices.addStretch(1)
        progress = QHBoxLayout()
        progress.addWidget(self._bar, 1)
        progress.addWidget(self._headline, 2)
        buttons = QHBoxLayout()
        buttons.addWidget(self._export)
        buttons.addWidget(label(DISCLAIMER, role="dim"))
        buttons.addStretch(1)
        for button in (self._start, self._stop, self._close):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(label(INTRO, role="dim", wrap=True))
        layout.addLayout(places)
        layout.addLayout(choices)
        layout.addWidget(self._problem)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._notes)
        layout.addLayout(progress)
        layout.addLayout(buttons)

    def _path_field(self, name: str, title: str, placeholder: str) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName(name)
        field.setAccessibleName(title)
        field.setPlaceholderText(placeholder)
        field.setReadOnly(name == "batch_folder")
        return field

    def _ask_folder(self) -> None:
        start = self._folder.text() or str(self._defaults.start)
        chosen = QFileDialog.getExistingDirectory(self, "Folder of cases", start)
        if chosen:
            self.list_folder(Path(chosen))

    def _ask_out(self) -> None:
        start = self._out.text() or str(self._defaults.start)
        chosen = QFileDialog.getExistingDirectory(self, "Folder of the label maps", start)
        if chosen:
            self._out.setText(chosen)

    def _ask_export(self) -> None:
        suggested = str(Path(self._out.text()) / "batch.csv")
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Export table", suggested, "CSV table (*.csv)"
        )
        if chosen:
            self.export(Path(chosen))

    def _may_stop(self) -> bool:
        left = self.batch.unfinished
        many = "1 case is" if left == 1 else f"{left} cases are"
        question = (
            f"{many} not segmented yet. Label maps that are written are kept, "
            "and the rest can be segmented later."
        )
        box = QMessageBox(QMessageBox.Icon.Question, "Stop segmenting?", question, parent=self)
        stop = box.addButton("Stop and close", QMessageBox.ButtonRole.DestructiveRole)
        go_on = box.addButton("Continue", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(go_on)
        box.setEscapeButton(go_on)
        box.exec()
        return box.clickedButton() is stop

    def _on_listing(self, progress: Progress) -> None:
        if progress.total > 1:
            self._headline.setText(f"Searching for cases: {progress.done} of {progress.total}")

    def _on_listed(self, cases: tuple[ListedCase, ...]) -> None:
        self.batch.show(cases)
        many = "case" if len(cases) == 1 else "cases"
        self._headline.setText(f"{len(cases)} {many} found")

    def _on_not_listed(self, error: Exception) -> None:
        self._headline.clear()
        self._tell(str(error) if isinstance(error, CcsdError) else bug_line(error))

    def _on_subset(self, *_: object) -> None:
        self._table.cases.choose_subset(chosen=self.request.subset is not None)
        self._refresh()

    def _tell(self, problem: str) -> None:
        self._problem.setText(message(problem))
        self._problem.setVisible(bool(problem))

    def _refresh(self, *_: object) -> None:
        running = self.running
        for widget in (self._choose_folder, self._choose_out, self._out, self._subset, self._model):
            widget.setEnabled(not running)
        self._skip.setEnabled(not running)
        there = bool(self.batch.rows) and bool(self._out.text().strip())
        self._start.setEnabled(there and not running and self.batch.has_work(self.request))
        self._stop.setEnabled(running)
        self._export.setEnabled(bool(self.batch.rows))
        self._tell(self.batch.problem)
        self._show_progress()

    def _show_notes(self, *_: object) -> None:
        text = self._table.selected_text
        self._notes.setText(text)
        self._notes.setVisible(bool(text))

    def _show_progress(self, *_: object) -> None:
        self._show_notes()
        self._bar.setValue(round(self.batch.fraction * BAR_STEPS))
        if self.batch.headline:
            self._headline.setText(self.batch.headline)

    def _shut_down(self, *_: object) -> None:
        if not self._closed:
            self._closed = True
            self.batch.close()
            self._queued_call.close()
            self._lister.close()


def _subset_box() -> QComboBox:
    box = QComboBox()
    box.setObjectName("batch_subset")
    box.setAccessibleName("Sequences given to the model")
    box.setToolTip("A case that lacks one of the chosen sequences fails")
    box.addItem(ALL_SEQUENCES, None)
    for subset in reversed(ModalitySubset.every()):
        box.addItem(f"Only {subset.label}", subset)
    return box
