"""The robustness curve, drawn: a point for every computed subset, a line through the means.

Behind it a band from the worst to the best subset of each size; dashed and dimmed, the means of the
model's evaluation; dotted, the chosen path through the points of its subsets.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor

from ccsd_app.qt.widgets import theme
from ccsd_app.qt.widgets.plot_menu import remove_plot_menu
from ccsd_app.viewmodel.panels.curve_panel import CurvePlot, RegionCurve
from ccsd_core.domain.region import Region

SYMBOLS = {Region.WT: "o", Region.TC: "s", Region.ET: "t1"}
"""A shape for each region, so that the curves can be distinguished without colour."""
SIGNS = {Region.WT: "●", Region.TC: "■", Region.ET: "▲"}
"""The same shapes as characters, for the legend."""
OFFSET = {Region.WT: -0.1, Region.TC: 0.0, Region.ET: 0.1}
"""Horizontal offset of the regions' points, so that they do not cover each other."""
POINT_SIZE = 7
CURRENT_SIZE = 12
BAND_ALPHA, POPULATION_ALPHA, PATH_ALPHA = 34, 120, 220
DOTS = (0.01, 2.4)
"""Dash pattern of the path: length and gap in line widths; round caps make them dots."""


SMALLEST_HEIGHT = 150


class CurvePlotWidget(pg.PlotWidget):
    """Draws a `CurvePlot`. Its points can be hovered and clicked: `points`."""

    def __init__(self) -> None:
        super().__init__(background=theme.PLOT.panel)
        self.setObjectName("curve_plot")
        self.setAccessibleName("Robustness curve: score against number of sequences")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(SMALLEST_HEIGHT)
        remove_plot_menu(self)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self._draw_axes()
        self._regions = {region: _Items.on(self, region) for region in Region}
        self._drawn: dict[Region, RegionCurve | None] = dict.fromkeys(Region)

    def sizeHint(self) -> QSize:
        """A small size: pyqtgraph's 480 pixels would push the widgets below off the panel."""
        return QSize(200, SMALLEST_HEIGHT)

    @property
    def points(self) -> tuple[pg.ScatterPlotItem, ...]:
        return tuple(items.points for items in self._regions.values())

    def show_plot(self, plot: CurvePlot) -> None:
        """Draw another plot, updating only what has changed."""
        curves = {curve.region: curve for curve in plot.curves}
        for region, items in self._regions.items():
            curve, drawn = curves.get(region, RegionCurve(region, (0, 0, 0))), self._drawn[region]
            if curve == drawn:
                continue
            items.show_points(curve)
            if drawn is None or replace(curve, points=()) != replace(drawn, points=()):
                items.show_lines(curve)  # a toggle only moves the ring of the current subset
            self._drawn[region] = curve

    def _draw_axes(self) -> None:
        # Points at 0 and 1 are not cut even in a low plot.
        self.setRange(QRectF(0.7, -0.09, 3.6, 1.18), padding=0)
        self.showGrid(x=False, y=True, alpha=0.15)
        self.setLabel("bottom", "Number of sequences", color=theme.PLOT.dim)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(theme.PLOT.line)
            axis.setTextPen(theme.PLOT.dim)
        self.getAxis("bottom").setTicks([[(k, str(k)) for k in range(1, 5)]])
        self.getAxis("left").setTicks([[(t / 5, f"{t / 5:.1f}") for t in range(6)]])
        self.getAxis("left").setWidth(28)


@dataclass(frozen=True, slots=True)
class _Items:
    """The plot items of one region."""

    low: pg.PlotDataItem
    high: pg.PlotDataItem
    band: pg.FillBetweenItem
    reference_scores: pg.PlotDataItem
    means: pg.PlotDataItem
    path: pg.PlotDataItem
    points: pg.ScatterPlotItem

    @classmethod
    def on(cls, plot: pg.PlotWidget, region: Region) -> "_Items":
        invisible = pg.mkPen(0, 0, 0, 0)  # without a pen there would be no path to fill between
        low, high = pg.PlotDataItem(pen=invisible), pg.PlotDataItem(pen=invisible)
        lines = [pg.PlotDataItem(connect="finite", antialias=True) for _ in range(3)]
        band, points = pg.FillBetweenItem(low, high), _scatter(region)
        for item in (low, high, band, *lines, points):
            plot.addItem(item)
        reference_scores, means, path = lines
        return cls(low, high, band, reference_scores, means, path, points)

    def show_points(self, curve: RegionCurve) -> None:
        self.points.setData(spots=_spots(curve))

    def show_lines(self, curve: RegionCurve) -> None:
        region, colour = curve.region, QColor(*curve.colour)
        self.means.setPen(pg.mkPen(colour, width=2))
        self.means.setData(*_line(curve.means, region))
        self.low.setData(*_line(tuple((k, a) for k, a, _ in curve.ranges), region))
        self.high.setData(*_line(tuple((k, b) for k, _, b in curve.ranges), region))
        self.band.setBrush(_faded(colour, BAND_ALPHA))
        dim = _faded(colour, POPULATION_ALPHA)
        self.reference_scores.setPen(pg.mkPen(dim, width=1.5, style=Qt.PenStyle.DashLine))
        self.reference_scores.setData(*_line(curve.reference_scores, region))
        dots = pg.mkPen(_faded(colour.lighter(130), PATH_ALPHA), width=2)
        dots.setCapStyle(Qt.PenCapStyle.RoundCap)
        dots.setDashPattern(list(DOTS))
        self.path.setPen(dots)
        self.path.setData(*_line(curve.path, region))
        for line, values in (
            (self.means, curve.means),
            (self.reference_scores, curve.reference_scores),
            (self.path, curve.path),
            (self.band, curve.ranges),
        ):
            line.setVisible(bool(values))  # an empty line is a broken path in an SVG


def _scatter(region: Region) -> pg.ScatterPlotItem:
    tip: Any = None
    return pg.ScatterPlotItem(
        symbol=SYMBOLS[region],
        hoverable=True,
        tip=tip,
        hoverPen=pg.mkPen(theme.PLOT.text, width=1.5),
        pxMode=True,
    )


def _spots(curve: RegionCurve) -> list[dict[str, object]]:
    fill = QColor(*curve.colour)
    faint = _faded(fill, 150)
    return [
        {
            "pos": (point.count + OFFSET[curve.region], point.score),
            "data": point.subset,
            "size": CURRENT_SIZE if point.current else POINT_SIZE,
            "brush": fill if point.current else faint,
            "pen": pg.mkPen(theme.PLOT.text, width=1.5) if point.current else pg.mkPen(None),
        }
        for point in curve.points
    ]


def _line(values: tuple[tuple[int, float], ...], region: Region) -> tuple[np.ndarray, np.ndarray]:
    """The values at the sizes 1 to 4; nan, a gap in the line, if there is none."""
    counts = np.arange(1, 5)
    found = dict(values)
    scores = np.array([found.get(int(k), np.nan) for k in counts])
    return counts + OFFSET[region], scores


def _faded(colour: QColor, alpha: int) -> QColor:
    faded = QColor(colour)
    faded.setAlpha(alpha)
    return faded
