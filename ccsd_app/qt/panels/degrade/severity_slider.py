"""A slider for the severity of one kind of degradation, with its amount beside it.

Noise  ───●──────  9 %       a moment after the last movement, it asks for the severity
"""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QSlider

from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.text_size import follow_text_size, scaled, scaled_width
from ccsd_app.viewmodel.panels.degrade.degrade_panel import SliderRow, amount
from ccsd_core.data.degradation.kinds import MAX_SEVERITY, STEP

SETTLED_MS = 250
"""A slider that has not moved for so long is where the user wants it, in milliseconds."""
NAME_WIDTH, AMOUNT_WIDTH = 108, 52


class SeveritySlider:
    """One row of a grid.

    Args:
        row: What it shows first.
        asked: Called with the kind and the severity that the user chose.
    """

    def __init__(self, row: SliderRow, asked: Callable[[str, float], None]) -> None:
        self.kind = row.kind
        self._asked = asked
        self.name = label(row.title)
        follow_text_size(self.name, lambda: self.name.setFixedWidth(scaled_width(NAME_WIDTH)))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"degrade_{row.kind}")
        self.slider.setRange(0, round(MAX_SEVERITY / STEP))
        self.slider.setPageStep(round(1 / STEP))
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.amount = label(role="dim", name=f"amount_{row.kind}")
        self.amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        follow_text_size(self.amount, lambda: self.amount.setFixedWidth(scaled(AMOUNT_WIDTH)))
        self._timer = QTimer(self.slider)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLED_MS)
        self._timer.timeout.connect(self._ask)
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.sliderReleased.connect(self._ask_now)

    def add_to(self, layout: QGridLayout, line: int) -> None:
        """Put it into a grid of three columns."""
        for column, widget in enumerate((self.name, self.slider, self.amount)):
            layout.addWidget(widget, line, column)

    def show_row(self, row: SliderRow) -> None:
        """Show another severity, unless the user is moving the slider."""
        self.slider.setEnabled(row.enabled)
        self.name.setEnabled(row.enabled)
        for widget in (self.name, self.slider):
            widget.setToolTip(row.hint)
        if self._timer.isActive() or self.slider.isSliderDown():
            return
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(row.severity / STEP))
        self._write(row.amount, row.severity)

    def forget(self) -> None:
        """Drop a movement that was not asked for yet."""
        self._timer.stop()

    def _on_moved(self, _: int) -> None:
        self._write(amount(self.kind, self._severity), self._severity)
        self._timer.start()

    def _ask_now(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self._ask()

    def _ask(self) -> None:
        self._asked(self.kind, self._severity)

    @property
    def _severity(self) -> float:
        return self.slider.value() * STEP

    def _write(self, text: str, severity: float) -> None:
        self.amount.setText(text)
        role = "warning" if severity else "dim"
        if self.amount.property("role") != role:
            self.amount.setProperty("role", role)
            self.amount.style().polish(self.amount)
        name = f"{self.name.text()}, severity {severity:.1f} of {MAX_SEVERITY:g}: {text}"
        self.slider.setAccessibleName(name)
