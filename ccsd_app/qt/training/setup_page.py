"""The page of the training dialog that chooses data and settings, and starts a run.

folder ─▶ what is in it        configuration ─▶ a few settings        Estimate · Start
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.training.case_list import CaseList
from ccsd_app.qt.training.programs import ChildProgram, Ended
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.viewmodel.common.sentence import message
from ccsd_app.viewmodel.training.estimate import estimate
from ccsd_app.viewmodel.training.folder_contents import FolderContents, folder_contents
from ccsd_app.viewmodel.training.setup import (
    TrainingSetup,
    configurations,
    length_unit,
    names_validation,
    setup_of,
    suggested_run,
)
from ccsd_core.errors import CcsdError
from ccsd_core.storage.documents import parsed_json
from ccsd_core.storage.models.bundled import bundled_models

DEVICES = ("auto", "cpu", "cuda")
OTHER = "Other…"
RANDOM = "Random weights"
MOST_STEPS = 10_000_000
ROW_SPACING = 6


class SetupPage(QFrame):
    """Asks for the settings of a run.

    Args:
        start: Called with the settings of a run to start.
        parent: Qt parent.
    """

    def __init__(
        self, start: Callable[[TrainingSetup], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("training_setup")
        self._start = start
        self._folder = tempfile.TemporaryDirectory(prefix="ccsd-", ignore_cleanup_errors=True)
        self._contents: FolderContents | None = None
        self._configuration = ""
        self._run_is_suggested = True
        self._names_validation = False
        self._lister = ChildProgram(self, self._on_listed, self._say_listing)
        self._estimator = ChildProgram(self, self._on_estimated, self._say_estimating)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._add_data(layout)
        self._add_settings(layout)
        self._add_start(layout)
        self._choose_configuration(0)

    @property
    def setup(self) -> TrainingSetup:
        """The settings as they are chosen."""
        return TrainingSetup(
            self._path(self._data),
            self._path(self._run),
            self._configuration,
            self._name.text().strip(),
            self._length.value(),
            self._validation.value(),
            self._every.value(),
            self._chosen_init(),
            self._device.currentText(),
        )

    def close_children(self) -> None:
        """End the child processes."""
        self._lister.cancel()
        self._estimator.cancel()
        self._folder.cleanup()

    def set_data(self, folder: Path) -> None:
        """Choose the folder of cases, and look what is in it."""
        self._data.setText(str(folder))
        self._inspect()

    def set_run(self, folder: Path) -> None:
        """Choose the folder of the run."""
        self._run_is_suggested = False
        self._run.setText(str(folder))
        self._refresh()

    def set_configuration(self, path: Path) -> None:
        """Choose a settings file."""
        self._load_configuration(str(path))

    # ---------------------------------------------------------------- layout

    def _add_data(self, layout: QVBoxLayout) -> None:
        self._data = self._line("training_data", "Folder of labelled cases")
        self._data.editingFinished.connect(self._inspect)
        choose = push_button("Choose…", "choose_training_data", self._ask_data)
        layout.addLayout(_row(label("Labelled cases"), self._data, choose))
        self._summary = label(name="training_summary", wrap=True)
        self._summary.setText("Choose a folder; the cases in it are listed here.")
        self._warnings = label(role="warning", name="training_warnings", wrap=True)
        self._warnings.hide()
        layout.addWidget(self._summary)
        layout.addWidget(self._warnings)
        self._cases = CaseList()
        layout.addWidget(self._cases, 1)

    def _add_settings(self, layout: QVBoxLayout) -> None:
        self._configurations = QComboBox()
        self._configurations.setObjectName("training_configuration")
        self._configurations.setAccessibleName("Configuration")
        for choice in configurations():
            self._configurations.addItem(choice.name, choice.about)
            last = self._configurations.count() - 1
            self._configurations.setItemData(last, choice.about, Qt.ItemDataRole.ToolTipRole)
        self._configurations.addItem(OTHER)
        self._configurations.activated.connect(self._choose_configuration)
        self._about = label(role="small", name="training_about", wrap=True)
        self._name = self._line("training_name", "Name of the model")
        self._name.textEdited.connect(lambda _: self._suggest_run())
        self._length = self._number("training_length", "Steps of the run", 1, MOST_STEPS)
        self._length_name = label("Steps")
        self._validation = self._number("training_validation", "Share for validation", 0, 90)
        self._validation.setSuffix(" %")
        self._validation.setToolTip("Share of the patients that the model is only scored on")
        self._every = self._number("training_every", "Steps between validations", 1, MOST_STEPS)
        self._init = QComboBox()
        self._init.setObjectName("training_init")
        self._init.setAccessibleName("Initial weights")
        self._init.addItem(RANDOM, "")
        for model in bundled_models():
            self._init.addItem(model.name, model.name)
        self._init.addItem(OTHER)
        self._init.activated.connect(self._choose_init)
        self._device = QComboBox()
        self._device.setObjectName("training_device")
        self._device.setAccessibleName("Compute on")
        self._device.addItems(list(DEVICES))
        left, right = QFormLayout(), QFormLayout()
        for form in (left, right):
            form.setVerticalSpacing(ROW_SPACING)
        left.addRow("Configuration", self._configurations)
        left.addRow("Name of the model", self._name)
        left.addRow("Initial weights", self._init)
        left.addRow("Compute on", self._device)
        right.addRow(self._length_name, self._length)
        right.addRow("Validation cases", self._validation)
        right.addRow("Validate every", self._every)
        self._every.setSuffix(" steps")
        box = QWidget()
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        columns = QHBoxLayout(box)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(28)
        columns.addLayout(left, 3)
        columns.addLayout(right, 2)
        layout.addWidget(box)
        layout.addWidget(self._about)
        self._run = self._line("training_run", "Folder of the run")
        self._run.textEdited.connect(self._on_run_edited)
        choose = push_button("Choose…", "choose_training_run", self._ask_run)
        layout.addLayout(_row(label("Folder of the run"), self._run, choose))

    def _add_start(self, layout: QVBoxLayout) -> None:
        self._estimate_text = label(name="training_estimate", wrap=True)
        self._estimate_text.setText(
            "Estimate measures memory and time on this computer, in two steps."
        )
        self._problem = label(role="warning", name="training_problem", wrap=True)
        self._estimate = push_button(
            "Estimate",
            "training_estimate_button",
            self._on_estimate,
            hint="Measure memory and time in two training steps, before the run is started",
        )
        self._begin = push_button(
            "Start training",
            "training_start",
            self._on_start,
            hint="The training goes on when this dialog and the window are closed",
        )
        layout.addWidget(self._estimate_text)
        layout.addWidget(self._problem)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._estimate)
        row.addWidget(self._begin)
        layout.addLayout(row)
        for box in (self._length, self._validation, self._every):
            box.valueChanged.connect(self._refresh)

    def _line(self, name: str, title: str) -> QLineEdit:
        line = QLineEdit()
        line.setObjectName(name)
        line.setAccessibleName(title)
        line.textChanged.connect(self._refresh)
        return line

    def _number(self, name: str, title: str, low: int, high: int) -> QSpinBox:
        box = QSpinBox()
        box.setObjectName(name)
        box.setAccessibleName(title)
        box.setRange(low, high)
        box.setGroupSeparatorShown(True)
        return box

    # ---------------------------------------------------------------- folder of cases

    def _ask_data(self) -> None:
        start = self._data.text() or str(Path.home())
        chosen = QFileDialog.getExistingDirectory(self, "Folder of labelled cases", start)
        if chosen:
            self.set_data(Path(chosen))

    def _inspect(self) -> None:
        data = self._path(self._data)
        self._contents = None
        self._cases.setRowCount(0)
        self._warnings.hide()
        if data is None:
            self._lister.cancel()
        else:
            self._summary.setText(f"Looking for cases in {data}…")
            self._lister.start(("cases", str(data), "--json", str(self._file("cases"))))
        self._suggest_run()
        self._refresh()

    def _say_listing(self, line: str) -> None:
        if not line.startswith("error: "):
            self._summary.setText(line)

    def _on_listed(self, ended: Ended) -> None:
        try:
            if ended.code != 0:
                raise ValueError(ended.error or "the folder could not be read")
            self._contents = folder_contents(self._read("cases"))
        except (OSError, ValueError) as error:
            self._summary.setText(message(str(error)))
            self._refresh()
            return
        contents = self._contents
        self._summary.setText("\n".join(contents.summary))
        self._warnings.setText("\n".join(contents.warnings))
        self._warnings.setVisible(bool(contents.warnings))
        self._cases.show_rows(contents.rows)
        self._refresh()

    # ---------------------------------------------------------------- settings

    def _choose_configuration(self, index: int) -> None:
        name = self._configurations.itemText(index)
        if name == OTHER:
            chosen, _ = QFileDialog.getOpenFileName(
                self, "Settings of a training run", "", "Settings (*.toml *.json)"
            )
            self._load_configuration(chosen or self._configuration)
            return
        self._load_configuration(name)

    def _load_configuration(self, name: str) -> None:
        try:
            given = setup_of(name)
        except CcsdError as error:
            self._problem.setText(message(str(error)))
            self._show_configuration()
            return
        self._configuration = name
        if self._configurations.findText(name) < 0:
            self._configurations.insertItem(self._configurations.count() - 1, name, "Your own file")
        self._name.setText(given.name)
        self._length_name.setText(length_unit(name).capitalize())
        self._length.setValue(given.length)
        self._names_validation = names_validation(name)
        self._validation.setSpecialValueText(
            "as in the split" if self._names_validation else "none"
        )
        self._validation.setValue(given.validation_percent)
        self._every.setValue(given.validation_every)
        self._show_configuration()
        self._suggest_run()
        self._refresh()

    def _show_configuration(self) -> None:
        index = self._configurations.findText(self._configuration)
        with QSignalBlocker(self._configurations):
            self._configurations.setCurrentIndex(index)
        self._about.setText(str(self._configurations.itemData(index) or ""))

    def _choose_init(self, index: int) -> None:
        if self._init.itemText(index) != OTHER:
            return
        chosen = QFileDialog.getExistingDirectory(self, "Folder of a model or training run", "")
        with QSignalBlocker(self._init):
            if chosen:
                self._init.insertItem(index, Path(chosen).name, chosen)
                self._init.setItemData(index, chosen, Qt.ItemDataRole.ToolTipRole)
            self._init.setCurrentIndex(index if chosen else 0)

    def _chosen_init(self) -> str:
        return str(self._init.currentData() or "")

    def _ask_run(self) -> None:
        start = str(Path(self._run.text()).parent) if self._run.text() else str(Path.home())
        chosen = QFileDialog.getExistingDirectory(self, "Empty folder for the run", start)
        if chosen:
            self.set_run(Path(chosen))

    def _on_run_edited(self, text: str) -> None:
        self._run_is_suggested = not text.strip()

    def _suggest_run(self) -> None:
        data = self._path(self._data)
        if data is not None and self._run_is_suggested and self._name.text().strip():
            self._run.setText(str(suggested_run(data, self._name.text().strip())))

    # ---------------------------------------------------------------- estimate and start

    def _on_estimate(self) -> None:
        if self._estimator.running:
            self._estimator.cancel()
            self._estimate_text.setText("The estimate was cancelled.")
            self._refresh()
            return
        try:
            arguments = self.setup.dry_run_arguments(self._file("estimate"))
        except CcsdError as error:
            self._problem.setText(message(str(error)))
            return
        self._estimate_text.setText("Measuring two steps…")
        self._estimator.start(arguments)
        self._refresh()

    def _say_estimating(self, line: str) -> None:
        if not line.startswith(("error: ", "note: ")):
            self._estimate_text.setText(line)

    def _on_estimated(self, ended: Ended) -> None:
        try:
            if ended.code != 0:
                raise ValueError(ended.error or "the estimate ended without a message")
            found = estimate(self._read("estimate"))
        except (OSError, ValueError) as error:
            self._estimate_text.setText(message(str(error)))
        else:
            notes = [message(f"note: {note}") for note in found.notes]
            self._estimate_text.setText("\n".join([*found.lines, *notes]))
        self._refresh()

    def _on_start(self) -> None:
        self._estimator.cancel()
        self._start(self.setup)
        self._run_is_suggested = True
        self._suggest_run()
        self._refresh()

    def _refresh(self, *_: object) -> None:
        problem = self.setup.problem()
        if not problem and self._contents is not None and not self._contents.usable:
            problem = "No case here has expert labels and can be opened."
        waiting = self._lister.running
        self._problem.setText(problem if self._data.text().strip() else "")
        self._begin.setEnabled(not problem and not waiting)
        self._estimate.setEnabled(not problem and not waiting)
        self._estimate.setText("Cancel" if self._estimator.running else "Estimate")
        self._every.setEnabled(self._validation.value() > 0 or self._names_validation)

    def _file(self, name: str) -> Path:
        return Path(self._folder.name) / f"{name}.json"

    def _read(self, name: str) -> dict[str, object]:
        return parsed_json(self._file(name).read_text(encoding="utf-8"))

    def _path(self, line: QLineEdit) -> Path | None:
        text = line.text().strip()
        return Path(text) if text else None


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget, 1 if isinstance(widget, QLineEdit) else 0)
    return row
