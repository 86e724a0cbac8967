"""Measuring: the tools, and the measurements with their numbers.

Measure         [distance] [diameters ▾] [ellipse] [polygon]
1  Distance 34.2 mm
2  Ellipse 120.4 mm², 0.120 mL
   FLAIR 412 ± 31 · T1 …
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.widgets.choice_button import MenuButton, add_entry
from ccsd_app.qt.widgets.flat_button import flat_button
from ccsd_app.qt.widgets.icons import icon
from ccsd_app.qt.widgets.labels import label
from ccsd_app.session.measurement import MeasureKind
from ccsd_app.viewmodel.common.derived_value import DerivedValue
from ccsd_app.viewmodel.measuring.measure_panel import MeasurePanel
from ccsd_app.viewmodel.measuring.measuring import TOOLS, Measuring
from ccsd_core.domain.region import Region

HINTS = {
    MeasureKind.DISTANCE: "Measure a distance (M)",
    MeasureKind.ELLIPSE: "Measure an ellipse: area, mean and deviation (M)",
    MeasureKind.POLYGON: "Measure a polygon: area, mean and deviation (M)",
}
LEAST_WIDTH = 60
"""The panel decides how wide the list is, not the list, in pixels."""
MOST_ROWS = 6
"""The list grows up to this many lines of text, and scrolls from then on."""


class MeasurePanelWidget(QWidget):
    """Holds no state: it draws what the view-model says.

    Args:
        shown: The panel's content.
        measuring: What the buttons do.
        tell: Says why something cannot be measured.
        parent: Qt parent.
    """

    def __init__(
        self,
        shown: DerivedValue[MeasurePanel],
        measuring: Measuring,
        tell: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("measure_panel")
        self._shown = shown
        self._measuring = measuring
        self._tell = tell
        self._tools: dict[MeasureKind, QToolButton] = {}
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(label("Measure", role="heading"), 1)
        for kind in TOOLS:
            button = self._tools[kind] = self._button(
                kind.value.lower(), HINTS[kind], partial(measuring.toggle, kind), checkable=True
            )
            head.addWidget(button)
        self._diameters = MenuButton(
            "", "measure_diameters", "Measure the RANO diameters of a region"
        )
        self._diameters.setIcon(icon("diameters"))
        self._diameters.setProperty("role", "icon")
        for region in sorted(Region, reverse=True):
            text = f"{region.name}: longest axial diameter and its perpendicular"
            add_entry(
                self._diameters.choices_menu,
                text,
                f"diameters_{region.name}",
                partial(self._on_diameters, region),
            )
        head.insertWidget(2, self._diameters)
        self._delete = self._button("delete", "Delete the selected measurement (Del)", self._remove)
        kept = self._delete.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # so that the tools stay where they are
        self._delete.setSizePolicy(kept)
        head.addWidget(self._delete)
        self._help = label(role="small", name="measure_help", wrap=True)
        self._list = _MeasureList(self._remove)
        self._list.itemClicked.connect(lambda item: measuring.go(self._list.row(item)))
        self._list.itemActivated.connect(lambda item: measuring.go(self._list.row(item)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addWidget(self._help)
        layout.addWidget(self._list)
        shown.changed.connect(self._show)
        self._show(shown.value)

    def _button(
        self, name: str, hint: str, clicked: Callable[[], None], *, checkable: bool = False
    ) -> QToolButton:
        button = flat_button(
            "", f"measure_{name}", hint, clicked, picture=name, checkable=checkable
        )
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setProperty("role", "icon")
        return button

    def _on_diameters(self, region: Region) -> None:
        why_not = self._measuring.measure_diameters(region)
        if why_not:
            self._tell(why_not)

    def _remove(self) -> None:
        self._measuring.remove(self._list.currentRow())

    def _show(self, shown: MeasurePanel) -> None:
        for kind, button in self._tools.items():
            button.setEnabled(shown.case_open)
            button.setChecked(kind is shown.tool)
        self._diameters.setEnabled(shown.regions)
        self._help.setText(shown.help)
        self._help.setVisible(bool(shown.help))
        texts = [
            f"{row.title}\n    {row.detail}" if row.detail else row.title for row in shown.rows
        ]
        with QSignalBlocker(self._list):
            before, chosen = self._list.count(), self._list.currentRow()
            self._list.clear()
            self._list.addItems(texts)
            for at, text in enumerate(texts):
                self._list.item(at).setToolTip(text)
            last = len(texts) - 1
            self._list.setCurrentRow(last if last >= before else min(chosen, last))
        self._list.setVisible(bool(texts))
        self._list.fit()
        self._delete.setVisible(bool(texts))


class _MeasureList(QListWidget):
    """As high as what it lists, up to `MOST_ROWS` lines; Del deletes."""

    def __init__(self, remove: Callable[[], None]) -> None:
        super().__init__()
        self._remove = remove
        self.setObjectName("measure_list")
        self.setAccessibleName("Measurements")
        self.setToolTip("Click goes there; Del deletes")
        self.setWordWrap(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        wanted = self.contentsSize().height()  # as wrapped; hints of rows are those of whole lines
        most = MOST_ROWS * 2 * self.fontMetrics().lineSpacing()
        return QSize(super().sizeHint().width(), min(wanted, most) + 2 * self.frameWidth() + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Wrap the lines at the current width, and ask for their height."""
        self.doItemsLayout()
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_WIDTH, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove()
        else:
            super().keyPressEvent(event)
