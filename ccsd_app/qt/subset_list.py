"""The list of subsets: which sequences each holds, its state and its scores."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ccsd_app.qt import theme
from ccsd_app.viewmodel.subset_list import SubsetList, SubsetListModel, SubsetRow
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region

ROW_PIXELS = 20
STATE_COLUMN = len(Modality)
SCORE_COLUMNS = range(STATE_COLUMN + 1, STATE_COLUMN + 1 + len(Region))
GIVEN, ABSENT = "●", "○"


class SubsetListWidget(QTableWidget):
    """One row a subset; a click or Enter goes there."""

    def __init__(self, model: SubsetListModel, parent: QWidget | None = None) -> None:
        super().__init__(0, len(Modality) + 1 + len(Region), parent)
        self.setObjectName("subset_list")
        self.setAccessibleName("subsets of the sequences, with their scores")
        self._model = model
        self._drawn: tuple[SubsetRow, ...] = ()
        self._score_name = ""
        self.setHorizontalHeaderLabels(
            [m.label for m in Modality] + ["state"] + [r.name for r in Region]
        )
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(ROW_PIXELS)
        self.verticalHeader().setMinimumSectionSize(ROW_PIXELS)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(STATE_COLUMN, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(20)
        for column in range(self.columnCount()):
            self.setColumnWidth(column, 38 if column in (0, *SCORE_COLUMNS) else 30)
        self.cellClicked.connect(self._on_chosen)
        self.cellActivated.connect(self._on_chosen)
        model.shown.changed.connect(self._show)
        self._show(model.shown.value)

    def _show(self, subsets: SubsetList) -> None:
        if subsets.score_name != self._score_name:
            self._score_name = subsets.score_name
            for region in Region:
                head = self.horizontalHeaderItem(STATE_COLUMN + 1 + region)
                if head is not None:
                    head.setToolTip(f"{subsets.score_name} of the {region.title}")
        if len(subsets.rows) != self.rowCount():
            self.setRowCount(len(subsets.rows))
            self._drawn = ()
        for index, row in enumerate(subsets.rows):
            if index >= len(self._drawn) or row != self._drawn[index]:
                self._show_row(index, row)
        self._drawn = subsets.rows

    def _show_row(self, index: int, row: SubsetRow) -> None:
        texts = [GIVEN if given else ABSENT for given in row.given] + [row.word, *row.scores]
        for column, text in enumerate(texts):
            item = self.item(index, column)
            if item is None:
                item = QTableWidgetItem()
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self.setItem(index, column, item)
            item.setText(text)
            item.setForeground(QBrush(_ink(row, column, text)))
            item.setBackground(QBrush(_paper(row)))
            item.setToolTip(row.spoken)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, row.spoken)

    def _on_chosen(self, index: int, _: int) -> None:
        self._model.use(self._model.shown.value.rows[index].subset)


def _ink(row: SubsetRow, column: int, text: str) -> QColor:
    if column < STATE_COLUMN:
        return QColor(theme.TEXT if text == GIVEN else theme.FAINT)
    if column == STATE_COLUMN:
        colours = {"computed": theme.DIM, "running": theme.ACCENT, "stopped": theme.WARNING}
        return QColor(colours.get(row.word, theme.FAINT))
    return QColor(*row.colours[column - STATE_COLUMN - 1])


def _paper(row: SubsetRow) -> QColor:
    if row.shown:
        return QColor("#31485a")
    return QColor("#2f3238") if row.wanted else QColor(theme.PANEL)
