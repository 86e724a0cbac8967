"""The panel of the robustness curve: the score's name, the means, the plot, and a hint."""

from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ccsd_app.qt.panels.curve_menu import CurveMenu
from ccsd_app.qt.panels.curve_plot import SIGNS, CurvePlotWidget
from ccsd_app.qt.widgets import theme
from ccsd_app.qt.widgets.labels import ElidedLabel, label
from ccsd_app.qt.widgets.text_size import follow_text_size, scaled
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.panels.curve_panel import CurvePanel, CurvePlot, point_hint
from ccsd_core.domain.modality import ModalitySubset

HEAD_HEIGHT = 18


class CurvePanelWidget(QWidget):
    """Score against the number of sequences. Click a point to go to its subset.

    Args:
        panel: The view-model.
        menu: Copies and saves the curve: a button over the plot, and its right click.
        parent: Qt parent.
    """

    def __init__(self, panel: CurvePanel, menu: CurveMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curve_panel")
        self._panel = panel
        self._menu = menu
        self._axis = label(role="small", name="curve_axis", wrap=True)
        self._plot = CurvePlotWidget()
        self._plot.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._plot.customContextMenuRequested.connect(self._on_context_menu)
        self._legend = label(name="curve_legend", wrap=True)
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._hint = _line("curve_hint")
        self._reference_scores = label(role="small", name="curve_population", wrap=True)
        for points in self._plot.points:
            points.sigClicked.connect(self._on_clicked)
            points.sigHovered.connect(self._on_hovered)
        header = QHBoxLayout()
        header.setSpacing(2)
        header.addWidget(self._axis, 1)
        follow_text_size(menu, lambda: menu.setFixedHeight(scaled(HEAD_HEIGHT)))
        header.addWidget(menu, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(header)
        layout.addWidget(self._plot, 1)
        layout.addWidget(self._legend)
        layout.addWidget(self._hint)
        layout.addWidget(self._reference_scores)
        panel.shown.changed.connect(self._show)
        self._show(panel.shown.value)

    def _show(self, plot: CurvePlot) -> None:
        self._axis.setText(plot.axis)
        self._reference_scores.setText(sentence(plot.reference_scores))
        self._reference_scores.setToolTip(plot.reference_scores)
        self._reference_scores.setVisible(bool(plot.reference_scores))
        self._hint.setText(plot.summary)
        self._legend.setText(_legend(plot))
        self._legend.setToolTip(plot.mean_hint)
        self._plot.show_plot(plot)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._legend.setText(_legend(self._panel.shown.value))  # its colour is the theme's

    def _on_clicked(self, _: object, points: Any, *__: object) -> None:
        if len(points):
            self._panel.use(points[0].data())

    def _on_hovered(self, _: object, points: Any, *__: object) -> None:
        plot = self._panel.shown.value
        hint = plot.summary
        if len(points):
            subset: ModalitySubset = points[0].data()
            hint = point_hint(plot, subset)
        self._hint.setText(hint)
        self._plot.setToolTip(hint if len(points) else "")

    def _on_context_menu(self, at: QPoint) -> None:
        self._menu.choices_menu.popup(self._plot.mapToGlobal(at))


def _line(name: str) -> ElidedLabel:
    return ElidedLabel(role="small", name=name, mode=Qt.TextElideMode.ElideRight)


def _legend(plot: CurvePlot) -> str:
    parts: list[str] = []
    for curve in plot.curves:
        colour = QColor(*curve.colour).name()
        mean = curve.mean or "…"
        parts.append(
            f"<span style='color:{colour}'>{SIGNS[curve.region]}</span>"
            f"&nbsp;{curve.region.name}&nbsp;{mean}"
        )
    if not parts:
        return ""
    return f"<span style='color:{theme.DIM}'>{plot.mean_title}</span>&nbsp; " + " &nbsp; ".join(
        parts
    )
