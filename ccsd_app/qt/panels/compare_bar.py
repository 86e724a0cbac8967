"""The bar above two compared subsets: their names, and their numbers side by side.

A FLAIR+T1+T2  ⇄  B [FLAIR+T1+T1c+T2 ▾]                          ✕
    A mL   B mL   A − B mL   A Dice   B Dice   A − B Dice   Dice A–B   seen in training
WT   …                                                        sagittal
TC   …                                                        coronal
ET   …
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.widgets.flat_button import flat_button
from ccsd_app.qt.widgets.labels import ElidedLabel, label
from ccsd_app.scene.planes import Plane
from ccsd_app.viewmodel.panels.compare_bar import ComparedRegion, ComparisonModel, ComparisonTable
from ccsd_core.domain.region import Region

HEADINGS = ("A mL", "B mL", "A−B", "A {score}", "B {score}", "A−B", "Dice A–B")
HINTS = (
    "Volume in A, mL",
    "Volume in B, mL",
    "Volume in A minus volume in B, mL",
    "{score} of A",
    "{score} of B",
    "{score} of A minus {score} of B",
    "Dice between A and B (their overlap, not their accuracy)",
)

SHORT = {"Agreement": "agree"}
"""Short names of scores for headings of narrow columns."""


class CompareBar(QFrame):
    """Shown while two subsets are compared side by side. Holds no state.

    Args:
        model: The view-model.
        second: Called with the plane to show below the axial one.
        parent: Qt parent.
    """

    def __init__(
        self,
        model: ComparisonModel,
        *,
        second: Callable[[Plane], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("compare_bar")
        self._model = model
        self._shown = ElidedLabel(name="compared_shown", width=QSizePolicy.Policy.Preferred)
        self._other = QComboBox()
        self._other.setObjectName("compared_other")
        self._other.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._other.setAccessibleName("Subset or model to compare with")
        self._other.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._other.activated.connect(self._on_chosen)
        self._pending = label(role="dim", name="compared_pending")
        self._pending.setWordWrap(True)
        self._pending.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._seen = label("Seen in training", role="warning", name="compared_seen")
        self._seen.setToolTip("The model was trained on this case: its scores are optimistic")
        self._second = second
        self._planes = {plane: self._plane(plane) for plane in (Plane.SAGITTAL, Plane.CORONAL)}
        self._planes[Plane.CORONAL].setChecked(True)
        layout = QGridLayout(self)
        layout.setContentsMargins(10, 5, 6, 5)
        layout.setHorizontalSpacing(10)
        layout.setVerticalSpacing(2)
        layout.addLayout(self._header(), 0, 0, 1, len(HEADINGS) + 2)
        self._headings = [_number(role="small") for _ in HEADINGS]
        self._numbers = {
            region: [_number(name=f"compared_{region.name}_{i}") for i in range(len(HEADINGS))]
            for region in Region
        }
        for column, heading in enumerate(self._headings):
            layout.addWidget(heading, 1, column + 1)
        for region, numbers in self._numbers.items():
            layout.addWidget(label(region.name), 2 + region, 0)
            for column, number in enumerate(numbers):
                number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                layout.addWidget(number, 2 + region, column + 1)
        last = len(HEADINGS) + 1  # there is more space next to the numbers than next to the names
        side = QVBoxLayout()
        side.setSpacing(0)
        side.addWidget(self._seen)
        for button in self._planes.values():
            side.addWidget(button, 0, Qt.AlignmentFlag.AlignRight)
        layout.addLayout(side, 1, last, 1 + len(Region), 1)
        layout.addWidget(self._pending, 2, 1, len(Region), len(HEADINGS))  # instead of the numbers
        layout.setColumnStretch(last, 1)
        model.shown.changed.connect(self._show)
        self._show(model.shown.value)

    def _header(self) -> QHBoxLayout:
        model = self._model
        hint = "Swap A and B"
        self._swap = flat_button("", "swap", hint, model.swap, picture="swap")
        hint = "Close the comparison (C)"
        close = flat_button("", "close_compare", hint, model.close, picture="close")
        header = QHBoxLayout()
        header.setSpacing(8)
        for widget in (label("A", role="badge"), self._shown, self._swap, label("B", role="badge")):
            header.addWidget(widget)
        header.addWidget(self._other)
        header.addStretch(1)
        header.addWidget(close)
        return header

    def _plane(self, plane: Plane) -> QToolButton:
        name, hint = f"second_{plane.value}", f"Show {plane.value} slices below the axial ones"
        clicked = partial(self._choose_plane, plane)
        button = flat_button(plane.value.capitalize(), name, hint, clicked, checkable=True)
        button.setProperty("role", "step")  # small: there is little space next to the numbers
        return button

    def _show(self, table: ComparisonTable) -> None:
        self.setVisible(table.open)
        if not table.open:
            return
        model = f" · {table.shown_model}" if table.shown_model else ""
        self._shown.setText(_without_spaces(table.shown) + model)
        with QSignalBlocker(self._other):
            self._other.clear()
            self._other.addItems([_without_spaces(subset.label) for subset in table.choices])
            self._other.addItems([name for _, name in table.models])
            hashes = [sha256 for sha256, _ in table.models]
            index = (
                len(table.choices) + hashes.index(table.other_model)
                if table.other_model
                else table.choices.index(table.other)
            )
            self._other.setCurrentIndex(index)
        self._pending.setText(table.pending)
        self._seen.setVisible(table.seen)
        self._swap.setEnabled(not table.pending and not table.other_model)
        for heading, text, hint in zip(self._headings, HEADINGS, HINTS, strict=True):
            heading.setText(text.format(score=SHORT.get(table.score_name, table.score_name)))
            heading.setToolTip(hint.format(score=table.score_name))
        rows = {row.region: row for row in table.rows}
        for region, numbers in self._numbers.items():
            for number, text in zip(numbers, _texts(rows.get(region)), strict=True):
                number.setText(text)

    def _on_chosen(self, index: int) -> None:
        table = self._model.shown.value
        if index < len(table.choices):
            self._model.compare_with(table.choices[index])
        else:
            self._model.compare_with_model(table.models[index - len(table.choices)][0])

    def _choose_plane(self, plane: Plane) -> None:
        for other, button in self._planes.items():
            button.setChecked(other is plane)
        self._second(plane)


def _without_spaces(label: str) -> str:
    """A subset's name without spaces, so that two fit in the smallest window."""
    return label.replace(" ", "")


def _texts(row: ComparedRegion | None) -> tuple[str, ...]:
    if row is None:
        return ("",) * len(HEADINGS)
    return (
        row.shown_ml,
        row.other_ml,
        row.change_ml,
        row.shown_score,
        row.other_score,
        row.change_score,
        row.overlap,
    )


def _number(*, role: str = "", name: str = "") -> QLabel:
    number_label = label(role=role, name=name)
    number_label.setAlignment(Qt.AlignmentFlag.AlignRight)
    return number_label
