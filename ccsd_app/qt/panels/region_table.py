"""The regions table: colour, visibility, volume in mL, change, and score."""

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from ccsd_app.qt.widgets.labels import label
from ccsd_app.viewmodel.panels.region_table import RegionRow, RegionTable, RegionTableModel
from ccsd_core.domain.region import Region

SWATCH_PIXELS = 11
NUMBERS = ("volume", "change", "score")


class RegionTableWidget(QWidget):
    """One row for each region. Holds no state: it draws its view-model."""

    def __init__(self, model: RegionTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("region_table")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(6)
        layout.setVerticalSpacing(4)
        layout.setColumnStretch(1, 1)
        self._headings = [_number_label(role="small") for _ in NUMBERS]
        for column, heading in enumerate(self._headings):
            layout.addWidget(heading, 0, column + 2)
        self._headings[0].setText("mL")
        self._headings[1].setText("Change")
        self._headings[1].setToolTip("Change in mL vs all sequences")
        self._swatches: dict[Region, QLabel] = {}
        self._boxes: dict[Region, QCheckBox] = {}
        self._numbers: dict[Region, list[QLabel]] = {}
        for region in Region:
            swatch = self._swatches[region] = QLabel()
            box = self._boxes[region] = QCheckBox(region.name)
            box.setObjectName(f"region_{region.name}")
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            box.setToolTip(f"Show or hide the {region.title}")
            box.clicked.connect(partial(_show_region, model, region, box))
            numbers = self._numbers[region] = [
                _number_label(name=f"{region.name}_{number}") for number in NUMBERS
            ]
            row = region + 1
            layout.addWidget(swatch, row, 0)
            layout.addWidget(box, row, 1)
            for column, number in enumerate(numbers):
                layout.addWidget(number, row, column + 2)
        self._seen = label(
            "Score of a case seen in training", role="warning", name="seen_mark", wrap=True
        )
        layout.addWidget(self._seen, len(Region) + 1, 0, 1, 5)
        self._intervals = label(role="small", name="volume_intervals", wrap=True)
        layout.addWidget(self._intervals, len(Region) + 2, 0, 1, 5)
        self._expert = label(role="small", name="expert_volumes", wrap=True)
        layout.addWidget(self._expert, len(Region) + 3, 0, 1, 5)
        self._far = label(role="warning", name="far_from_expert", wrap=True)
        layout.addWidget(self._far, len(Region) + 5, 0, 1, 5)
        self._empty = label(role="small", name="empty_note", wrap=True)
        layout.addWidget(self._empty, len(Region) + 4, 0, 1, 5)
        self._model = model
        model.shown.changed.connect(self._show)
        self._show(model.shown.value)

    def _show(self, table: RegionTable) -> None:
        self._headings[2].setText(table.score_name)
        self._headings[2].setToolTip(table.score_hint)
        self._seen.setVisible(table.seen)
        self._intervals.setText(table.intervals)
        self._intervals.setToolTip(table.intervals_hint)
        self._intervals.setVisible(bool(table.intervals))
        self._intervals.setEnabled(not table.stale)
        self._expert.setText(table.expert)
        self._expert.setVisible(bool(table.expert))
        self._far.setText(table.far)
        self._far.setVisible(bool(table.far))
        self._empty.setText(table.empty)
        self._empty.setVisible(bool(table.empty))
        for row in table.rows:
            self._show_row(row, table)

    def _show_row(self, row: RegionRow, table: RegionTable) -> None:
        pixmap = QPixmap(SWATCH_PIXELS, SWATCH_PIXELS)
        pixmap.fill(QColor(*row.colour))
        self._swatches[row.region].setPixmap(pixmap)
        box = self._boxes[row.region]
        with QSignalBlocker(box):
            box.setChecked(row.visible)
        box.setAccessibleName(f"Show {row.region.title}")
        texts = (row.volume, row.change, row.score)
        for number, text, name in zip(self._numbers[row.region], texts, NUMBERS, strict=True):
            number.setText(text)
            number.setEnabled(not table.stale)
            number.setAccessibleName(f"{row.region.name} {name} {text}")


def _number_label(*, role: str = "", name: str = "") -> QLabel:
    number = label(role=role, name=name)
    number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    number.setMinimumWidth(42)
    return number


def _show_region(model: RegionTableModel, region: Region, box: QCheckBox, *_: object) -> None:
    # PySide passes no signal arguments to a `partial`, so the state is read from the box.
    model.show(region, visible=box.isChecked())
