"""The gain from adding each sequence that is not used: on average, and in this case."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from ccsd_app.qt.widgets.flat_button import flat_button
from ccsd_app.qt.widgets.labels import label
from ccsd_app.viewmodel.panels.what_next_panel import NextSequence, WhatNext, WhatNextModel
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region


class WhatNextPanel(QWidget):
    """One block for each sequence, the largest gain first."""

    def __init__(self, model: WhatNextModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("what_next")
        self._model = model
        self._used = label(role="title", name="next_used", wrap=True)
        self._note = label(role="dim", name="next_note", wrap=True)
        self._blocks = [_Block() for _ in Modality]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self._used)
        for block in self._blocks:
            layout.addWidget(block)
        layout.addWidget(self._note)
        layout.addStretch(1)
        model.shown.changed.connect(self._show)
        self._show(model.shown.value)

    def _show(self, shown: WhatNext) -> None:
        self._used.setText(f"What would one more sequence add to {shown.used}?")
        self._used.setVisible(bool(shown.rows))
        self._note.setText(shown.note)
        self._note.setVisible(bool(shown.note))
        rows = (*shown.rows, *[None] * (len(self._blocks) - len(shown.rows)))
        for block, row in zip(self._blocks, rows, strict=True):
            block.setVisible(row is not None)
            if row is not None:
                block.show_row(row, shown, self._model)


class _Block(QWidget):
    """One sequence: its gains by region."""

    def __init__(self) -> None:
        super().__init__()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(10)
        layout.setVerticalSpacing(2)
        layout.setColumnStretch(0, 1)
        self._name = label(role="badge")
        self._status = label(role="dim")
        self._add = flat_button("Add", "", "", self._on_added)
        layout.addWidget(self._name, 0, 0)
        layout.addWidget(self._status, 0, 1, 1, len(Region) - 1, Qt.AlignmentFlag.AlignRight)
        layout.addWidget(self._add, 0, len(Region))
        self._headings = [label(role="small", wrap=True) for _ in range(2)]
        self._numbers = [[_number() for _ in Region] for _ in range(2)]
        for column, region in enumerate(Region):
            layout.addWidget(_number(region.name, role="small"), 1, column + 1)
        for line, (heading, numbers) in enumerate(zip(self._headings, self._numbers, strict=True)):
            layout.addWidget(heading, 2 + line, 0)
            for column, number in enumerate(numbers):
                layout.addWidget(number, 2 + line, column + 1)
        self._add_sequence: Callable[[], None] = lambda: None

    def show_row(self, row: NextSequence, shown: WhatNext, model: WhatNextModel) -> None:
        name = row.modality.label
        self._name.setText(f"+ {name}")
        self._status.setText(row.status)
        self._add.setVisible(row.available)
        self._add.setObjectName(f"add_{row.modality.name}")
        self._add.setAccessibleName(f"Give {name} to the model")
        self._add_sequence = partial(model.add, row.modality)
        lines = ((shown.mean_gain_heading, row.mean_gain), (shown.case_gain_heading, row.case_gain))
        for heading, numbers, (title, gains) in zip(
            self._headings, self._numbers, lines, strict=True
        ):
            has_gains = any(gains)
            heading.setText(title)
            heading.setVisible(has_gains)
            for number, text, region in zip(numbers, gains, Region, strict=True):
                number.setText(text)
                number.setVisible(has_gains)
                number.setAccessibleName(f"{name}, {title}: {region.name} {text}")

    def _on_added(self) -> None:
        self._add_sequence()


def _number(text: str = "", *, role: str = "") -> QLabel:
    number_label = label(text, role=role)
    number_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    number_label.setMinimumWidth(46)
    return number_label
