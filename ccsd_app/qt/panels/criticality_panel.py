"""Criticality of each sequence: choice of the measure, a bar chart, and its meaning."""

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ccsd_app.qt.panels.bar_chart import BarChart
from ccsd_app.qt.widgets.flat_button import choice_buttons
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.while_visible import draw_while_visible
from ccsd_app.viewmodel.panels.criticality_panel import MEANINGS, CriticalityModel, CriticalityView
from ccsd_app.viewmodel.panels.criticality_values import CriticalityKind


class CriticalityPanel(QWidget):
    """Draws a `CriticalityModel`, which holds the chosen measure."""

    def __init__(self, model: CriticalityModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("criticality")
        self._model = model
        entries = [
            (kind, kind.value, f"criticality_{kind.name.lower()}", MEANINGS[kind])
            for kind in CriticalityKind
        ]
        self._buttons = choice_buttons(entries, model.choose, self)
        self._bars = BarChart("criticality_bars")
        self._meaning = label(name="criticality_meaning", wrap=True)
        self._computed = label(role="dim", name="criticality_computed", wrap=True)
        self._note = label(role="warning", name="criticality_note", wrap=True)
        kinds = QHBoxLayout()
        kinds.setSpacing(4)
        for button in self._buttons.values():
            kinds.addWidget(button)
        kinds.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(kinds)
        layout.addWidget(self._meaning)
        layout.addWidget(self._bars)
        layout.addWidget(self._note)
        layout.addWidget(self._computed)
        layout.addStretch(1)
        draw_while_visible(self, model.shown, self._show)

    def showEvent(self, event: QShowEvent) -> None:
        self._model.set_visible(visible=True)

    def hideEvent(self, event: QHideEvent) -> None:
        self._model.set_visible(visible=False)

    def _show(self, view: CriticalityView) -> None:
        for kind, button in self._buttons.items():
            button.setChecked(kind is view.kind)
        self._bars.show_groups(view.groups)
        for widget, text in (
            (self._meaning, view.meaning),
            (self._computed, view.computed),
            (self._note, view.note),
        ):
            widget.setText(text)
            widget.setVisible(bool(text))
