"""The table of a batch: the rows of the view-model, sorted by a click on a heading."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from ccsd_app.qt.widgets import theme
from ccsd_app.viewmodel.open_case.batch.columns import Column, columns_for
from ccsd_app.viewmodel.open_case.batch.folder_batch import FolderBatch
from ccsd_app.viewmodel.open_case.batch.rows import BatchRow, CaseState
from ccsd_core.storage.cases.case_list import ListedCase

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
WIDTHS = {"Case": 146, "State": 100, "Sequences": 118, "Notes": 300}
VOLUME_WIDTH, SCORE_WIDTH = 114, 62


class BatchTableModel(QAbstractTableModel):
    """The rows of a batch for Qt. A cell is sorted by its value, under `Role.UserRole`."""

    def __init__(self, batch: FolderBatch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._batch = batch
        self._columns: tuple[Column, ...] = ()
        self._known: list[ListedCase] = []
        self._subset_chosen = False
        batch.changed.connect(self._on_changed)
        batch.row_changed.connect(self._on_row_changed)
        self._on_changed()

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._columns

    def choose_subset(self, *, chosen: bool) -> None:
        """Set whether sequences are withheld."""
        self._subset_chosen = chosen
        self._on_changed()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._batch.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        column = self._columns[section]
        match role:
            case Role.DisplayRole:
                return column.title
            case Role.ToolTipRole | Role.AccessibleDescriptionRole:
                return column.hint
            case Role.TextAlignmentRole:
                return _alignment(column)
            case _:
                return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        row, column = self._batch.rows[index.row()], self._columns[index.column()]
        match role:
            case Role.DisplayRole:
                return column.text(row)
            case Role.UserRole:
                return column.value(row)
            case Role.TextAlignmentRole:
                return _alignment(column)
            case Role.ToolTipRole if column.title == "Case":
                return str(row.case.path)
            case Role.ToolTipRole if column.title == "Notes":
                return "\n".join(row.messages)
            case Role.AccessibleTextRole:
                return f"{column.title}: {column.text(row) or 'none'}"
            case Role.ForegroundRole if row.state is CaseState.FAILED:
                return QColor(theme.WARNING)
            case _:
                return None

    def row(self, number: int) -> BatchRow:
        return self._batch.rows[number]

    def _on_changed(self) -> None:
        columns = columns_for(self._batch.rows, subset_chosen=self._subset_chosen)
        titles = [column.title for column in columns]
        same = titles == [column.title for column in self._columns]
        if same and self._known == [row.case for row in self._batch.rows]:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._columns = columns
        self._known = [row.case for row in self._batch.rows]
        self.endResetModel()

    def _on_row_changed(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))


class _Sorted(QSortFilterProxyModel):
    """Sorts by value; cells without one come last, in both orders."""

    def lessThan(self, left: Index, right: Index) -> bool:
        ours, theirs = left.data(Role.UserRole), right.data(Role.UserRole)
        if ours is None or theirs is None:
            ascending = self.sortOrder() is Qt.SortOrder.AscendingOrder
            return (theirs is None and ours is not None) == ascending and ours is not theirs
        return ours < theirs


class BatchTable(QTableView):
    """Shows the cases; a double click or Return opens one.

    Args:
        batch: The view-model.
        open_case: Opens the case of a row.
    """

    def __init__(
        self, batch: FolderBatch, open_case: Callable[[Path], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("batch_table")
        self.setAccessibleName("Cases of the folder")
        self.cases = BatchTableModel(batch, self)
        self._sorted = _Sorted(self)
        self._sorted.setSourceModel(self.cases)
        self._open_case = open_case
        self.setModel(self._sorted)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.activated.connect(self._open)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._add_action("Open case", lambda: self._open(self.currentIndex()))
        self._add_action("Sort by this column", self._sort_by_current)
        self.cases.modelReset.connect(self._size_columns)
        self._size_columns()

    @property
    def selected_text(self) -> str:
        """The case and its messages in full; "" without a selection or messages."""
        index = self.currentIndex()
        if not index.isValid():
            return ""
        row = self.cases.row(self._sorted.mapToSource(index).row())
        return f"{row.case.id}: {'; '.join(row.messages)}" if row.messages else ""

    def _add_action(self, text: str, act: Callable[[], None]) -> None:
        action = QAction(text, self)
        action.triggered.connect(lambda *_: act())
        self.addAction(action)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self._open_case(self.cases.row(self._sorted.mapToSource(index).row()).case.path)

    def _sort_by_current(self) -> None:
        """Sort by the column of the current cell, as a click on its heading does."""
        column, header = self.currentIndex().column(), self.horizontalHeader()
        ascending = Qt.SortOrder.AscendingOrder
        again = header.sortIndicatorSection() == column and header.sortIndicatorOrder() is ascending
        if column >= 0:
            self.sortByColumn(column, Qt.SortOrder.DescendingOrder if again else ascending)

    def _size_columns(self) -> None:
        for number, column in enumerate(self.cases.columns):
            default = VOLUME_WIDTH if column.title.endswith("mL") else SCORE_WIDTH
            self.setColumnWidth(number, WIDTHS.get(column.title, default))


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
