"""The gain from adding each sequence that is not used: on average, and in this case.

sort by [gain] [gain per minute]
+ T1c     withheld   5.0 min  Add
most gain           WT    TC    ET   per min
mean Dice gain    +0.02 +0.20 +0.35   +0.038
Dice gain, here   +0.01 +0.15 +0.34   +0.033
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.widgets.flat_button import choice_buttons, flat_button
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.while_visible import draw_while_visible
from ccsd_app.session.scan_minutes import LEAST, MOST, STEP
from ccsd_app.viewmodel.panels.what_next_panel import NextSequence, WhatNext, WhatNextModel
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region

PER_MINUTE = "per min"
PER_MINUTE_HINT = "Mean gain over the regions, divided by the minutes of scanner time"
COLUMNS = (*(region.name for region in Region), PER_MINUTE)


class WhatNextPanel(QWidget):
    """One block for each sequence, the largest gain first, in all or per minute."""

    def __init__(self, model: WhatNextModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("what_next")
        self._model = model
        self._used = label(role="title", name="next_used", wrap=True)
        self._note = label(role="dim", name="next_note", wrap=True)
        self._blocks = [_Block() for _ in Modality]
        self._sort = choice_buttons(
            [
                (False, "gain", "next_by_gain", "Sort by the gain in the mean over all regions"),
                (True, "gain per minute", "next_by_minute", "Sort by gain per minute of scan time"),
            ],
            lambda per_minute: model.sort(per_minute=per_minute),
            self,
        )
        self._sorting = QWidget()
        sorting = QHBoxLayout(self._sorting)
        sorting.setContentsMargins(0, 0, 0, 0)
        sorting.setSpacing(4)
        sorting.addWidget(label("Sort by", role="small"))
        for button in self._sort.values():
            sorting.addWidget(button)
        sorting.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 6, 0)
        layout.setSpacing(10)
        layout.addWidget(self._used)
        layout.addWidget(self._sorting)
        for block in self._blocks:
            layout.addWidget(block)
        layout.addWidget(self._note)
        layout.addStretch(1)
        draw_while_visible(self, model.shown, self._show)

    def _show(self, shown: WhatNext) -> None:
        self._used.setText(f"What would one more sequence add to {shown.used}?")
        self._used.setVisible(bool(shown.rows))
        self._sorting.setVisible(len(shown.rows) > 1)
        self._sort[shown.per_minute].setChecked(True)
        self._note.setText(shown.note)
        self._note.setVisible(bool(shown.note))
        rows = (*shown.rows, *[None] * (len(self._blocks) - len(shown.rows)))
        for block, row in zip(self._blocks, rows, strict=True):
            block.setVisible(row is not None)
            if row is not None:
                block.show_row(row, shown, self._model)


class _Block(QWidget):
    """One sequence: its gains by region, and per minute of scanner time."""

    def __init__(self) -> None:
        super().__init__()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(6)
        layout.setVerticalSpacing(2)
        layout.setColumnStretch(0, 1)
        self._name = label(role="badge")
        self._status = label(role="dim")
        self._minutes = _minutes_box(self._on_minutes)
        self._add = flat_button("Add", "", "", self._on_added)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._name)
        head.addStretch(1)
        for widget in (self._status, self._minutes, self._add):
            head.addWidget(widget)
        layout.addLayout(head, 0, 0, 1, len(COLUMNS) + 1)
        self._best = label(role="small", wrap=True)
        layout.addWidget(self._best, 1, 0)
        self._headings = [label(role="small", wrap=True) for _ in range(2)]
        self._numbers = [[_number() for _ in COLUMNS] for _ in range(2)]
        for column, text in enumerate(COLUMNS):
            heading = _number(text, role="small")
            heading.setToolTip(PER_MINUTE_HINT if text == PER_MINUTE else "")
            layout.addWidget(heading, 1, column + 1)
        for line, (heading, numbers) in enumerate(zip(self._headings, self._numbers, strict=True)):
            layout.addWidget(heading, 2 + line, 0)
            for column, number in enumerate(numbers):
                layout.addWidget(number, 2 + line, column + 1)
        self._add_sequence: Callable[[], None] = lambda: None
        self._set_minutes: Callable[[float], None] = lambda _: None

    def show_row(self, row: NextSequence, shown: WhatNext, model: WhatNextModel) -> None:
        name = row.modality.label
        self._name.setText(f"+ {name}")
        self._status.setText(row.status)
        self._best.setText(row.best)
        with QSignalBlocker(self._minutes):
            self._minutes.setValue(row.minutes)
        self._minutes.setObjectName(f"minutes_{row.modality.name}")
        self._minutes.setAccessibleName(f"Minutes of scanner time of {name}")
        self._set_minutes = partial(model.set_minutes, row.modality)
        self._add.setVisible(row.available)
        self._add.setObjectName(f"add_{row.modality.name}")
        self._add.setAccessibleName(f"Give {name} to the model")
        self._add_sequence = partial(model.add, row.modality)
        lines = (
            (shown.mean_gain_heading, (*row.mean_gain, row.mean_per_minute)),
            (shown.case_gain_heading, (*row.case_gain, row.case_per_minute)),
        )
        for heading, numbers, (title, gains) in zip(
            self._headings, self._numbers, lines, strict=True
        ):
            has_gains = any(gains)
            heading.setText(title)
            heading.setVisible(has_gains)
            for number, text, column in zip(numbers, gains, COLUMNS, strict=True):
                number.setText(text)
                number.setVisible(has_gains)
                number.setAccessibleName(f"{name}, {title}: {column} {text}")

    def _on_added(self) -> None:
        self._add_sequence()

    def _on_minutes(self, minutes: float) -> None:
        self._set_minutes(minutes)


def _minutes_box(changed: Callable[[float], None]) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(LEAST, MOST)
    box.setSingleStep(STEP)
    box.setDecimals(1)
    box.setSuffix(" min")
    box.setToolTip("Minutes of scanner time; enter those of your scanner, they are remembered")
    box.setKeyboardTracking(False)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.valueChanged.connect(changed)
    return box


def _number(text: str = "", *, role: str = "") -> QLabel:
    number_label = label(text, role=role)
    number_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    number_label.setMinimumWidth(42)
    return number_label
