"""The list of subsets: the sequences of each, its state, and one measure of its regions.

[Dice] [Δ Dice] [HD95] [mL] [Δ mL]              copy
Dice vs expert labels
● ○ ● ○   computed   0.91 0.80 0.77
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QBrush, QColor, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.widgets import theme
from ccsd_app.qt.widgets.flat_button import choice_buttons, flat_button
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.text_size import follow_text_size, scaled, scaled_width
from ccsd_app.qt.widgets.while_visible import draw_while_visible
from ccsd_app.viewmodel.panels.measures import Measure
from ccsd_app.viewmodel.panels.subset_list import SubsetList, SubsetListModel, SubsetRow
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region

ROW_PIXELS = 20
FLAIR_PIXELS, GIVEN_PIXELS, VALUE_PIXELS = 38, 26, 52
STATE_COLUMN = len(Modality)
VALUE_COLUMNS = range(STATE_COLUMN + 1, STATE_COLUMN + 1 + len(Region))
USED_SIGN, UNUSED_SIGN = "●", "○"


class SubsetListWidget(QWidget):
    """The table of subsets, the choice of a measure, and a button that copies all measures.

    Args:
        model: The view-model.
        copy: Copies all numbers of the case to the clipboard.
        parent: Qt parent.
    """

    def __init__(
        self,
        model: SubsetListModel,
        *,
        copy: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("subset_table")
        self._model = model
        entries = [(measure, "", f"measure_{measure.value}", "") for measure in Measure]
        self._buttons = choice_buttons(entries, model.measure, self)
        for button in self._buttons.values():
            button.setProperty("role", "step")  # small, because they share the width
        hint = "Copy all numbers of the case, for a spreadsheet"
        self._copy = flat_button("Copy", "copy_numbers", hint, copy)
        self._caption = label(role="dim", name="table_caption", wrap=True)
        header = QHBoxLayout()
        header.setSpacing(2)
        for button in self._buttons.values():
            header.addWidget(button)
        header.addStretch(1)
        header.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self._caption)
        layout.addWidget(_Table(model), 1)
        draw_while_visible(self, model.shown, self._show)

    def _show(self, subsets: SubsetList) -> None:
        for choice in subsets.choices:
            button = self._buttons[choice.measure]
            button.setText(choice.name)
            button.setToolTip(choice.hint)
            button.setAccessibleName(choice.hint)
            button.setEnabled(choice.possible)
            button.setChecked(choice.measure is subsets.measure)
        self._caption.setText(subsets.caption)
        self._copy.setEnabled(subsets.can_copy)


class _Table(QTableWidget):
    """One row for each subset; a click or Enter selects it."""

    def __init__(self, model: SubsetListModel, parent: QWidget | None = None) -> None:
        super().__init__(0, len(Modality) + 1 + len(Region), parent)
        self.setObjectName("subset_list")
        self.setAccessibleName("Subsets of the sequences, with one measure for each region")
        self._model = model
        self._drawn: tuple[SubsetRow, ...] = ()
        self._caption = ""
        self.setHorizontalHeaderLabels(
            [m.label for m in Modality] + [""] + [r.name for r in Region]
        )
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().setVisible(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(STATE_COLUMN, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(20)
        follow_text_size(self, self._set_sizes)
        self.cellClicked.connect(self._on_chosen)
        self.cellActivated.connect(self._on_chosen)
        model.shown.changed.connect(self._show)
        self._show(model.shown.value)

    def _show(self, subsets: SubsetList) -> None:
        if subsets.caption != self._caption:
            self._caption = subsets.caption
            for region in Region:
                heading = self.horizontalHeaderItem(STATE_COLUMN + 1 + region)
                if heading is not None:
                    heading.setToolTip(f"{region.title}: {subsets.caption}")
        if len(subsets.rows) != self.rowCount():
            self.setRowCount(len(subsets.rows))
            self._drawn = ()
        for index, row in enumerate(subsets.rows):
            if index >= len(self._drawn) or row != self._drawn[index]:
                self._show_row(index, row)
        shown_before = _shown_in(self._drawn)
        self._drawn = subsets.rows
        if _shown_in(subsets.rows) != shown_before:
            self._scroll_to_shown()

    def _set_sizes(self) -> None:
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(scaled(ROW_PIXELS))
        rows.setDefaultSectionSize(scaled(ROW_PIXELS))
        self.setColumnWidth(Modality.FLAIR, scaled_width(FLAIR_PIXELS))
        for column in range(Modality.FLAIR + 1, STATE_COLUMN):
            self.setColumnWidth(column, scaled_width(GIVEN_PIXELS))
        for column in VALUE_COLUMNS:
            self.setColumnWidth(column, scaled_width(VALUE_PIXELS))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._drawn:
            self._drawn = ()  # items keep the colours of the theme they were made in
            self._show(self._model.shown.value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scroll_to_shown()  # also when the table is first shown, as it has no height before

    def _scroll_to_shown(self) -> None:
        shown = _shown_in(self._drawn)
        if shown is not None:
            self.scrollTo(self.model().index(shown, 0))

    def _show_row(self, index: int, row: SubsetRow) -> None:
        texts = [USED_SIGN if given else UNUSED_SIGN for given in row.given] + [
            _state(row),
            *row.values,
        ]
        for column, text in enumerate(texts):
            item = self.item(index, column)
            if item is None:
                item = QTableWidgetItem()
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self.setItem(index, column, item)
            item.setText(text)
            item.setForeground(QBrush(_text_colour(row, column, text)))
            item.setBackground(QBrush(_background(row)))
            item.setToolTip(row.accessible_text)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, row.accessible_text)

    def _on_chosen(self, index: int, _: int) -> None:
        self._model.use(self._model.shown.value.rows[index].subset)


def _shown_in(rows: Sequence[SubsetRow]) -> int | None:
    return next((index for index, row in enumerate(rows) if row.shown), None)


def _state(row: SubsetRow) -> str:
    """The state of a row as text; "" if it is computed, because then there are numbers."""
    return "" if row.status == "computed" else row.status


def _text_colour(row: SubsetRow, column: int, text: str) -> QColor:
    if column < STATE_COLUMN:
        return QColor(theme.TEXT if text == USED_SIGN else theme.FAINT)
    if column == STATE_COLUMN:
        colours = {"computed": theme.DIM, "running": theme.ACCENT, "stopped": theme.WARNING}
        return QColor(colours.get(row.status, theme.FAINT))
    return QColor(*row.colours[column - STATE_COLUMN - 1])


def _background(row: SubsetRow) -> QColor:
    if row.shown:
        return QColor(theme.CHOSEN)
    return QColor(theme.WANTED) if row.wanted else QColor(theme.PANEL)
