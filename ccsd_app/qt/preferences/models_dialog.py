"""The dialog of the models: what there is, how good it is, its card; use, add, remove.

┌ model │ hash │ where │ date │ MB │ all subsets WT TC ET │ all sequences WT TC ET ┐
│ means of 7 test patients                                                        │
│ card of the selected model                                                      │
└ Add… │ Remove…        [ ] also at the next start      Use this model │ Close ───┘
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFile, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.settings import Settings, load_settings, save_settings
from ccsd_app.viewmodel.common.model_list import HASH_DIGITS, ModelEntry, model_entries
from ccsd_app.viewmodel.common.sentence import message
from ccsd_core.domain.region import Region
from ccsd_core.errors import CcsdError, ResourceError
from ccsd_core.storage.models.find import describe_model

SIZE = (1040, 660)
COLUMNS = (
    *("Model", "Hash", "Where", "Date", "MB"),
    *(f"{region.name}, subsets" for region in Region),
    *(f"{region.name}, all" for region in Region),
)
HINTS = {
    "subsets": "Mean Dice over the 15 subsets of sequences and the test patients",
    "all": "Mean Dice from all four sequences over the test patients",
}
NUMBERS_FROM = 4
WIDTHS = (176, 76, 140, 84, 46)
SCORE_WIDTH = 78


class ModelsDialog(QDialog):
    """Lists the models.

    Args:
        current: The model in use, as `find_model` accepts it; None is the bundled default.
        use: Called with the model that the user chooses.
        compare: Called with the model that the one in use is to be compared with; None if no case
            is open.
    """

    def __init__(
        self,
        current: str | None,
        use: Callable[[str | None], None],
        parent: QWidget | None = None,
        *,
        compare: Callable[[str | None], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("models_dialog")
        self.setWindowTitle("Models")
        self.resize(*SIZE)
        self._current = current
        self._use_model = use
        self._compare_with = compare
        self._entries: tuple[ModelEntry, ...] = ()
        self._table = _table()
        self._table.itemSelectionChanged.connect(self._show_selected)
        self._cohort = label(role="dim", name="model_cohort", wrap=True)
        self._problem = label(role="warning", name="models_problem", wrap=True)
        self._card = QTextBrowser()
        self._card.setObjectName("model_card")
        self._card.setAccessibleName("Card of the model")
        self._card.setOpenLinks(False)
        self._add = push_button("Add…", "add_model", self._ask_model)
        self._add.setToolTip("Add the folder of a training run or of a model; nothing is copied")
        self._remove = push_button("Remove…", "remove_model", self._ask_remove)
        self._again = QCheckBox("Also at the next start")
        self._again.setObjectName("use_model_again")
        self._compare = push_button("Compare with it", "compare_model", self._on_compare)
        self._use = push_button("Use this model", "use_model", self._on_use)
        close = push_button("Close", "close_models", self.reject)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self._table)
        split.addWidget(self._card)
        split.setSizes([190, 380])
        row = QHBoxLayout()
        for widget in (self._add, self._remove):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self._compare, self._again, self._use, close):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self._problem)
        layout.addWidget(split, 1)
        layout.addWidget(self._cohort)
        layout.addLayout(row)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self._tell("")
        self._refresh()

    @property
    def entries(self) -> tuple[ModelEntry, ...]:
        return self._entries

    def add(self, path: Path) -> None:
        """Add the folder of a model or training run to the list, if it is one."""
        try:
            found = describe_model(path)
        except CcsdError as error:
            self._tell(str(error))
            return
        known = next((e for e in self._entries if e.sha256 == found.manifest.sha256), None)
        if known is not None:
            self._tell(f"This model is in the list already: {known.name} ({known.place})")
            self._select(known.sha256)
            return
        if self._save(load_settings().with_model(path)):
            self._tell("")
            self._refresh(found.manifest.sha256)

    def remove(self, entry: ModelEntry) -> None:
        """Remove an added model from the list; its files stay."""
        settings = load_settings()
        left = tuple(path for path in settings.models if str(path) != entry.model)
        if self._save(settings.model_copy(update={"models": left})):
            self._refresh()

    def _ask_model(self) -> None:
        title = "Folder of a model or training run"
        chosen = QFileDialog.getExistingDirectory(self, title, str(Path.cwd()))
        if chosen:
            self.add(Path(chosen))

    def _ask_remove(self) -> None:
        entry = self._selected
        if entry is None or not entry.removable:
            return
        box = QMessageBox(QMessageBox.Icon.Question, "Remove model?", "", parent=self)
        box.setText(f"{entry.name} lies in {entry.folder}.")
        from_list = box.addButton("Remove from the list", QMessageBox.ButtonRole.AcceptRole)
        trash = box.addButton("Move files to the trash", QMessageBox.ButtonRole.DestructiveRole)
        trash.setEnabled(entry.folder.is_dir())
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel)
        box.exec()
        if box.clickedButton() is trash and not QFile.moveToTrash(str(entry.folder)):
            self._tell(f"{entry.folder} could not be moved to the trash: remove it by hand")
            return
        if box.clickedButton() in (from_list, trash):
            self.remove(entry)

    def _on_use(self) -> None:
        entry = self._selected
        if entry is None or entry.current or entry.problem:
            return
        if self._again.isChecked():
            chosen = load_settings().model_copy(update={"model": entry.model or ""})
            if not self._save(chosen):
                return
        self._current = entry.model
        self._use_model(entry.model)
        self._refresh(entry.sha256)

    def _on_compare(self) -> None:
        entry = self._selected
        if entry is not None and self._compare_with is not None:
            self._compare_with(entry.model)
            self.accept()

    @property
    def _selected(self) -> ModelEntry | None:
        row = self._table.currentRow()
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def _save(self, settings: Settings) -> bool:
        try:
            save_settings(settings)
        except ResourceError as error:
            self._tell(f"The preferences were not saved: {error}")
            return False
        return True

    def _tell(self, problem: str) -> None:
        self._problem.setText(message(problem))
        self._problem.setVisible(bool(problem))

    def _refresh(self, selected: str = "") -> None:
        """Read all descriptions again, and select the model with a hash, else the one in use."""
        self._entries = model_entries(load_settings().models, self._current)
        self._table.setRowCount(len(self._entries))
        for row, entry in enumerate(self._entries):
            for column, text in enumerate(_texts(entry)):
                item = QTableWidgetItem(text)
                item.setToolTip(entry.problem or (str(entry.folder) if column == 2 else text))
                if column >= NUMBERS_FROM:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self._table.setItem(row, column, item)
        in_use = next((entry.sha256 for entry in self._entries if entry.current), "")
        self._select(selected or in_use)

    def _select(self, sha256: str) -> None:
        row = next((i for i, e in enumerate(self._entries) if e.sha256 == sha256), 0)
        self._table.selectRow(row)
        self._show_selected()

    def _show_selected(self) -> None:
        entry = self._selected
        usable = entry is not None and not entry.problem
        other = entry is not None and usable and not entry.current
        self._use.setEnabled(other)
        self._compare.setEnabled(other and self._compare_with is not None)
        self._compare.setToolTip(
            "Open a case first"
            if self._compare_with is None
            else "Both models side by side on the open case; the one in use stays in use"
        )
        self._remove.setEnabled(entry is not None and entry.removable)
        self._remove.setToolTip(_why_not_removable(entry))
        if entry is not None:
            self._card.setSearchPaths([str(entry.folder)])
            self._card.setMarkdown(entry.card or message(entry.problem))
            self._cohort.setText(entry.cohort)


def _texts(entry: ModelEntry) -> tuple[str, ...]:
    return (
        entry.title,
        entry.sha256[:HASH_DIGITS],
        entry.place,
        entry.date,
        f"{entry.size_mb:.1f}" if entry.sha256 else "",
        *(entry.mean_text(region) for region in Region),
        *(entry.full_text(region) for region in Region),
    )


def _why_not_removable(entry: ModelEntry | None) -> str:
    if entry is None or entry.removable:
        return ""
    if entry.bundled:
        return "Bundled models cannot be removed"
    return "The window uses this model: use another one first"


def _table() -> QTableWidget:
    table = QTableWidget(0, len(COLUMNS))
    table.setObjectName("models_table")
    table.setAccessibleName("Models")
    for column, title in enumerate(COLUMNS):
        heading = QTableWidgetItem(title)
        heading.setToolTip(HINTS.get(title.rpartition(", ")[2], ""))
        table.setHorizontalHeaderItem(column, heading)
        table.setColumnWidth(column, WIDTHS[column] if column < len(WIDTHS) else SCORE_WIDTH)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(24)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    return table
