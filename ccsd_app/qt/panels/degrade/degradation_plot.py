"""Draws how the score of each region falls as one sequence gets worse.

Solid lines with points: with the sequence. Dashed: without it. Vertical line: from here on leaving
it out is better.
"""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor

from ccsd_app.qt.panels.curve_plot import SYMBOLS
from ccsd_app.qt.widgets import theme
from ccsd_app.qt.widgets.plot_menu import remove_plot_menu
from ccsd_app.viewmodel.panels.degrade.degradation_curve import DegradationLine, DegradationPlot
from ccsd_core.data.degradation.kinds import MAX_SEVERITY
from ccsd_core.domain.region import Region

HEIGHT = 150
"""Height of the plot in the panel, in pixels."""
DASHED_ALPHA = 190


class DegradationPlotWidget(pg.PlotWidget):
    """Draws a `DegradationPlot`; nothing in it can be clicked."""

    def __init__(self) -> None:
        super().__init__(background=theme.PLOT.panel)
        self.setObjectName("degradation_plot")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(HEIGHT)
        remove_plot_menu(self)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setRange(QRectF(-0.2, -0.05, MAX_SEVERITY + 0.4, 1.1), padding=0)
        self.showGrid(x=False, y=True, alpha=0.15)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(theme.PLOT.line)
            axis.setTextPen(theme.PLOT.dim)
        self.getAxis("left").setTicks([[(t / 5, f"{t / 5:.1f}") for t in range(6)]])
        self.getAxis("left").setWidth(28)
        pens = {"pen": pg.mkPen(theme.PLOT.text, width=1)}
        self._crossing = pg.InfiniteLine(angle=90, movable=False, **pens)
        self._crossing.setVisible(False)
        self.addItem(self._crossing)
        self._with = {region: pg.PlotDataItem(antialias=True) for region in Region}
        self._without = {region: pg.PlotDataItem(antialias=True) for region in Region}
        for item in (*self._without.values(), *self._with.values()):
            self.addItem(item)

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def show_plot(self, plot: DegradationPlot) -> None:
        """Draw a curve in place of the one before."""
        self.setAccessibleName(f"Score against {plot.axis}. {plot.words}")
        self.getAxis("bottom").setTicks([list(plot.ticks)])
        for line in plot.lines:
            self._show_line(line)
        self._crossing.setVisible(plot.crossing is not None)
        if plot.crossing is not None:
            self._crossing.setValue(plot.crossing)

    def _show_line(self, line: DegradationLine) -> None:
        colour = QColor(*line.colour)
        severities, scores = np.array(line.points, float).T
        solid, dashed = self._with[line.region], self._without[line.region]
        solid.setPen(pg.mkPen(colour, width=2))
        solid.setSymbol(SYMBOLS[line.region])
        solid.setSymbolSize(7)
        solid.setSymbolBrush(colour)
        solid.setSymbolPen(pg.mkPen(None))
        solid.setData(severities, scores)
        faded = QColor(colour)
        faded.setAlpha(DASHED_ALPHA)
        dashed.setPen(pg.mkPen(faded, width=1.5, style=Qt.PenStyle.DashLine))
        dashed.setVisible(line.withheld is not None)
        if line.withheld is not None:
            dashed.setData(severities[[0, -1]], np.full(2, line.withheld))
