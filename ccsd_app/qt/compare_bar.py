"""The bar over two compared subsets: which they are, and their numbers side by side."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QToolButton, QWidget

from ccsd_app.qt.icons import icon
from ccsd_app.qt.labels import label
from ccsd_app.scene.planes import Plane
from ccsd_app.viewmodel.comparison import ComparedRegion, ComparisonModel, ComparisonTable
from ccsd_core.domain.region import Region

HEADS = ("A mL", "B mL", "B − A", "A {score}", "B {score}", "B − A", "Dice A : B")
HINTS = (
    "volume from A",
    "volume from B",
    "change in mL",
    "{score} of A",
    "{score} of B",
    "change of {score}",
    "Dice of A against B",
)


class CompareBar(QFrame):
    """Shown while two subsets stand side by side. Holds no state.

    Args:
        model: What is shown, and whom to ask.
        second: Chooses the plane below the axial one.
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
        self._shown = label(role="title", name="compared_shown")
        self._other = QComboBox()
        self._other.setObjectName("compared_other")
        self._other.setAccessibleName("the subset to compare with")
        self._other.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._other.activated.connect(self._on_chosen)
        self._choices: tuple[object, ...] = ()
        self._waiting = label("computing …", role="dim", name="compared_waiting")
        swap = _button("swap", "swap", "show B, and compare it with A", model.swap)
        close = _button("close", "close_compare", "back to one subset (C)", model.close)
        self._planes: dict[Plane, QToolButton] = {}
        for plane in (Plane.SAGITTAL, Plane.CORONAL):
            button = self._planes[plane] = QToolButton()
            button.setText(plane.value)
            button.setObjectName(f"second_{plane.value}")
            button.setToolTip(f"{plane.value} slices below the axial ones")
            button.setCheckable(True)
            button.setChecked(plane is Plane.CORONAL)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(partial(self._choose_plane, plane, second))
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (label("A", role="badge"), self._shown, swap, label("B", role="badge")):
            head.addWidget(widget)
        head.addWidget(self._other)
        head.addWidget(self._waiting)
        head.addStretch(1)
        for button in self._planes.values():
            head.addWidget(button)
        head.addWidget(close)
        layout = QGridLayout(self)
        layout.setContentsMargins(10, 5, 6, 5)
        layout.setHorizontalSpacing(14)
        layout.setVerticalSpacing(2)
        layout.addLayout(head, 0, 0, 1, len(HEADS) + 2)
        self._heads = [label(role="small") for _ in HEADS]
        for column, made in enumerate(self._heads):
            made.setAlignment(Qt.AlignmentFlag.AlignRight)
            layout.addWidget(made, 1, column + 1)
        self._numbers = {
            region: [label(name=f"compared_{region.name}_{i}") for i in range(len(HEADS))]
            for region in Region
        }
        for region, numbers in self._numbers.items():
            layout.addWidget(label(region.name), 2 + region, 0)
            for column, number in enumerate(numbers):
                number.setAlignment(Qt.AlignmentFlag.AlignRight)
                number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                layout.addWidget(number, 2 + region, column + 1)
        layout.setColumnStretch(len(HEADS) + 1, 1)
        model.shown.changed.connect(self._show)
        self._show(model.shown.value)

    def _show(self, table: ComparisonTable) -> None:
        self.setVisible(table.open)
        if not table.open:
            return
        self._shown.setText(table.shown)
        self._choices = table.choices
        with QSignalBlocker(self._other):
            self._other.clear()
            self._other.addItems([subset.label for subset in table.choices])
            self._other.setCurrentIndex(table.choices.index(table.other))
        self._waiting.setVisible(table.waiting)
        for head, text, hint in zip(self._heads, HEADS, HINTS, strict=True):
            head.setText(text.format(score=table.score_name))
            head.setToolTip(hint.format(score=table.score_name))
        rows = {row.region: row for row in table.rows}
        for region, numbers in self._numbers.items():
            for number, text in zip(numbers, _texts(rows.get(region)), strict=True):
                number.setText(text)

    def _on_chosen(self, index: int) -> None:
        self._model.compare_with(self._model.shown.value.choices[index])

    def _choose_plane(self, plane: Plane, second: Callable[[Plane], None], *_: object) -> None:
        for other, button in self._planes.items():
            button.setChecked(other is plane)
        second(plane)


def _texts(row: ComparedRegion | None) -> tuple[str, ...]:
    if row is None:
        return ("",) * len(HEADS)
    return (
        row.shown_ml,
        row.other_ml,
        row.change_ml,
        row.shown_score,
        row.other_score,
        row.change_score,
        row.overlap,
    )


def _button(picture: str, name: str, hint: str, clicked: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(picture))
    button.setObjectName(name)
    button.setToolTip(hint)
    button.setAccessibleName(hint)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda *_: clicked())
    return button
