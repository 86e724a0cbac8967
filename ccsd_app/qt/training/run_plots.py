"""The curves of a run: loss, validation, robustness, criticality.

┌ loss ───────────┬ validation by step ─┐
├ robustness ─────┼ criticality ────────┤
"""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ccsd_app.qt.widgets import theme
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.plot_menu import remove_plot_menu
from ccsd_app.viewmodel.training.run_view import Curve, RunCurves

COLOURS = (
    (0xFF, 0xFF, 0xFF),
    (0x56, 0xB4, 0xE9),
    (0xE6, 0x9F, 0x00),
    (0x00, 0x9E, 0x73),
    (0xF0, 0xE4, 0x42),
    (0xCC, 0x79, 0xA7),
    (0xD5, 0x5E, 0x00),
    (0x00, 0x72, 0xB2),
    (0xA0, 0xA0, 0xA0),
)
"""White and Okabe and Ito's palette; names in the legend tell the curves apart, too."""
REGIONS = {"WT": (0xF0, 0xE4, 0x42), "TC": (0xE6, 0x9F, 0x00), "ET": (0xD5, 0x5E, 0x00)}
SYMBOLS = {"WT": "o", "TC": "s", "ET": "t1"}
SIGNS = {"WT": "●", "TC": "■", "ET": "▲"}
SMALLEST = 120


class RunPlots(QWidget):
    """Four plots, drawn again whenever the run has new numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loss = _Plot("Loss", "run_loss", "step")
        self._validation = _Plot("Validation: mean Dice", "run_validation", "step", unit=True)
        self._robustness = _Plot(
            "Robustness curve: Dice by number of sequences", "run_robustness", "", unit=True
        )
        self._criticality = _Plot("Criticality of the sequences", "run_criticality", "step")
        self._robustness.plot.setXRange(0.8, 4.2)
        self._robustness.plot.getAxis("bottom").setTicks([[(k, str(k)) for k in range(1, 5)]])
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        plots = (self._loss, self._validation, self._robustness, self._criticality)
        for index, plot in enumerate(plots):
            grid.addWidget(plot, index // 2, index % 2)
        self._drawn: RunCurves | None = None

    def show_curves(self, curves: RunCurves) -> None:
        """Draw the curves, if any has changed."""
        if curves == self._drawn:
            return
        self._drawn = curves
        self._loss.show_curves(curves.loss, empty="No step has been logged yet")
        self._validation.show_curves(curves.validation, empty="No validation yet")
        self._robustness.show_curves(
            curves.robustness, empty="No validation yet", subtitle=curves.robustness_title
        )
        self._criticality.show_curves(curves.criticality, empty="No step has been logged yet")


class _Plot(QWidget):
    """A titled plot with a legend."""

    def __init__(self, title: str, name: str, axis: str, *, unit: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self._title = title
        self._heading = label(title, role="heading", name=f"{name}_title")
        self.plot = pg.PlotWidget(background=theme.PLOT.panel)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMinimumHeight(SMALLEST)
        remove_plot_menu(self.plot)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.showGrid(x=False, y=True, alpha=0.15)
        if unit:
            self.plot.setYRange(0, 1)
        for side in ("left", "bottom"):
            line = self.plot.getAxis(side)
            line.setPen(theme.PLOT.line)
            line.setTextPen(theme.PLOT.dim)
        self.plot.getAxis("left").setWidth(34)
        if axis:
            self.plot.setLabel("bottom", axis, color=theme.PLOT.dim)
        self._legend = label(role="small", name=f"{name}_legend", wrap=True)
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend.setStyleSheet(  # as dark as the plot in every theme
            f"background: {theme.PLOT.panel}; color: {theme.PLOT.text}; padding: 2px 6px;"
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._heading)
        layout.addWidget(self._legend)
        layout.addWidget(self.plot, 1)
        self._items: dict[tuple[str, bool], pg.PlotDataItem] = {}
        self.show_curves((), empty="Nothing has been logged yet")

    def show_curves(self, curves: Sequence[Curve], *, empty: str, subtitle: str = "") -> None:
        """Draw these curves; without any, the heading says why."""
        remark = subtitle if curves else empty
        self._heading.setText(f"{self._title} ({remark})" if remark else self._title)
        wanted = {(curve.name, curve.dashed) for curve in curves}
        for key in self._items.keys() - wanted:
            self.plot.removeItem(self._items.pop(key))
        for index, curve in enumerate(curves):
            self._show(curve, _colour(curve, index))
        self._legend.setText(_legend(curves))
        self._legend.setVisible(bool(curves))
        self.plot.setAccessibleName(_words(self._title, curves))

    def _show(self, curve: Curve, colour: tuple[int, int, int]) -> None:
        key = curve.name, curve.dashed
        if key not in self._items:
            symbol = SYMBOLS.get(curve.name)
            shade = QColor(*colour)
            style = Qt.PenStyle.DashLine if curve.dashed else Qt.PenStyle.SolidLine
            pen = pg.mkPen(shade, width=2 if curve.main else 1.2, style=style)
            marks = {} if symbol is None or curve.dashed else {"symbol": symbol, "symbolSize": 7}
            marks |= {"symbolBrush": shade, "symbolPen": pg.mkPen(None)} if marks else {}
            item = pg.PlotDataItem(pen=pen, connect="finite", antialias=True, **marks)
            self._items[key] = item
            self.plot.addItem(item)
        x, y = (np.array(values, float) for values in curve.points)
        self._items[key].setData(x, y)


def _colour(curve: Curve, index: int) -> tuple[int, int, int]:
    return REGIONS.get(curve.name, COLOURS[index % len(COLOURS)])


def _legend(curves: Sequence[Curve]) -> str:
    """A sign in the colour of each curve, and its name; dashed curves repeat others."""
    entries: list[str] = []
    for index, curve in enumerate(curves):
        if not curve.dashed:
            colour = QColor(*_colour(curve, index)).name()
            sign = SIGNS.get(curve.name, "━")
            name = curve.name.replace(" ", "&nbsp;")
            entries.append(f'<span style="color: {colour}">{sign}</span>&nbsp;{name}')
    return " &nbsp; ".join(entries)


def _words(title: str, curves: Sequence[Curve]) -> str:
    """The newest values, for screen readers."""
    last = [f"{c.name} {c.points[1][-1]:.2f}" for c in curves if c.points[1] and not c.dashed]
    return f"{title}: {', '.join(last)}" if last else f"{title}: nothing yet"
