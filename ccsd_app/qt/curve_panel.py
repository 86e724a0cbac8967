"""The robustness curve, drawn: a point for every computed subset, a line through the means.

Behind it a band from the worst to the best subset of each size, and, dashed and dimmed, the means
of the model's evaluation.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ccsd_app.qt import theme
from ccsd_app.qt.labels import ElidedLabel, label
from ccsd_app.viewmodel.curve_panel import CurvePanel, CurvePlot, RegionCurve, point_hint
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region

SYMBOLS = {Region.WT: "o", Region.TC: "s", Region.ET: "t1"}
"""A shape each, so that the curves are told apart without colour."""
SIGNS = {Region.WT: "●", Region.TC: "■", Region.ET: "▲"}
DODGE = {Region.WT: -0.1, Region.TC: 0.0, Region.ET: 0.1}
"""Points of the three regions stand side by side, not on top of each other."""
POINT_SIZE = 7
BAND_ALPHA, POPULATION_ALPHA = 34, 120
CURRENT_SIZE = 12


class CurvePanelWidget(QWidget):
    """Score against the number of sequences. Click a point to go to its subset."""

    def __init__(self, panel: CurvePanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curve_panel")
        self._panel = panel
        self._axis = ElidedLabel(role="small", name="curve_axis", mode=Qt.TextElideMode.ElideRight)
        self._plot = _plot_widget()
        self._legend = label(name="curve_legend")
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._hint = ElidedLabel(role="small", name="curve_hint", mode=Qt.TextElideMode.ElideRight)
        self._population = ElidedLabel(
            role="small", name="curve_population", mode=Qt.TextElideMode.ElideRight
        )
        self._lines: dict[Region, pg.PlotDataItem] = {}
        self._bands: dict[Region, tuple[pg.PlotDataItem, pg.PlotDataItem, pg.FillBetweenItem]] = {}
        self._others: dict[Region, pg.PlotDataItem] = {}
        self._points: dict[Region, pg.ScatterPlotItem] = {}
        self._drawn: dict[Region, RegionCurve] = {}
        for region in Region:
            unseen = pg.mkPen(0, 0, 0, 0)  # without any pen there would be no path to fill between
            low, high = pg.PlotDataItem(pen=unseen), pg.PlotDataItem(pen=unseen)
            band = pg.FillBetweenItem(low, high)
            self._bands[region] = low, high, band
            other = self._others[region] = pg.PlotDataItem(connect="finite")
            for item in (low, high, band, other):
                self._plot.addItem(item)
            line = self._lines[region] = pg.PlotDataItem(connect="finite")
            points = self._points[region] = _scatter(region)
            points.sigClicked.connect(self._on_clicked)
            points.sigHovered.connect(self._on_hovered)
            self._plot.addItem(line)
            self._plot.addItem(points)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._axis)
        layout.addWidget(self._plot, 1)
        layout.addWidget(self._legend)
        layout.addWidget(self._hint)
        layout.addWidget(self._population)
        panel.shown.changed.connect(self._show)
        self._show(panel.shown.value)

    def _show(self, plot: CurvePlot) -> None:
        self._axis.setText(plot.axis)
        self._population.setText(plot.population)
        self._population.setToolTip(plot.population)
        self._population.setVisible(bool(plot.population))
        self._hint.setText(plot.progress)
        self._legend.setText(_legend(plot))
        self._legend.setToolTip(plot.aurc_hint)
        curves = {curve.region: curve for curve in plot.curves}
        for region in Region:
            curve = curves.get(region, RegionCurve(region, (0, 0, 0), (), (), (), (), ""))
            if curve != self._drawn.get(region):
                self._points[region].setData(spots=_spots(curve))
                self._lines[region].setPen(pg.mkPen(QColor(*curve.colour), width=2))
                self._lines[region].setData(*_line(curve.means, region))
                self._show_behind(curve)
                self._drawn[region] = curve

    def _show_behind(self, curve: RegionCurve) -> None:
        """The band from the worst to the best subset, and the model's population."""
        region, colour = curve.region, QColor(*curve.colour)
        low, high, band = self._bands[region]
        low.setData(*_line(tuple((k, a) for k, a, _ in curve.ranges), region))
        high.setData(*_line(tuple((k, b) for k, _, b in curve.ranges), region))
        faint = QColor(colour)
        faint.setAlpha(BAND_ALPHA)
        band.setBrush(faint)
        dim = QColor(colour)
        dim.setAlpha(POPULATION_ALPHA)
        self._others[region].setPen(pg.mkPen(dim, width=1.5, style=Qt.PenStyle.DashLine))
        self._others[region].setData(*_line(curve.population, region))

    def _on_clicked(self, _: object, points: Any, *__: object) -> None:
        if len(points):
            self._panel.use(points[0].data())

    def _on_hovered(self, _: object, points: Any, *__: object) -> None:
        plot = self._panel.shown.value
        hint = plot.progress
        if len(points):
            subset: ModalitySubset = points[0].data()
            hint = point_hint(plot, subset)
        self._hint.setText(hint)
        self._plot.setToolTip(hint if len(points) else "")


def _plot_widget() -> pg.PlotWidget:
    plot = pg.PlotWidget(background=theme.PANEL)
    plot.setObjectName("curve_plot")
    plot.setAccessibleName("robustness curve: score against number of sequences")
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.setMouseEnabled(x=False, y=False)
    plot.setMinimumHeight(150)
    plot.setRange(QRectF(0.7, -0.04, 3.6, 1.09), padding=0)
    plot.showGrid(x=False, y=True, alpha=0.15)
    plot.setLabel("bottom", "sequences given", color=theme.DIM)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(theme.LINE)
        axis.setTextPen(theme.DIM)
    plot.getAxis("bottom").setTicks([[(k, str(k)) for k in range(1, 5)]])
    plot.getAxis("left").setTicks([[(t / 5, f"{t / 5:.1f}") for t in range(6)]])
    plot.getAxis("left").setWidth(28)
    return plot


def _scatter(region: Region) -> pg.ScatterPlotItem:
    tip: Callable[..., str] | None = None
    return pg.ScatterPlotItem(
        symbol=SYMBOLS[region],
        hoverable=True,
        tip=tip,
        hoverPen=pg.mkPen(theme.TEXT, width=1.5),
        pxMode=True,
    )


def _spots(curve: RegionCurve) -> list[dict[str, object]]:
    fill = QColor(*curve.colour)
    faint = QColor(fill)
    faint.setAlpha(150)
    return [
        {
            "pos": (point.count + DODGE[curve.region], point.score),
            "data": point.subset,
            "size": CURRENT_SIZE if point.current else POINT_SIZE,
            "brush": fill if point.current else faint,
            "pen": pg.mkPen(theme.TEXT, width=1.5) if point.current else pg.mkPen(None),
        }
        for point in curve.points
    ]


def _line(values: tuple[tuple[int, float], ...], region: Region) -> tuple[np.ndarray, np.ndarray]:
    """A value for every size from 1 to 4; a gap where a size has none."""
    counts = np.arange(1, 5)
    found = dict(values)
    scores = np.array([found.get(int(k), np.nan) for k in counts])
    return counts + DODGE[region], scores


def _legend(plot: CurvePlot) -> str:
    parts: list[str] = []
    for curve in plot.curves:
        colour = QColor(*curve.colour).name()
        area = f" {curve.aurc}" if curve.aurc else " …"
        parts.append(
            f"<span style='color:{colour}'>{SIGNS[curve.region]}</span> {curve.region.name}{area}"
        )
    if not parts:
        return ""
    dim = f"<span style='color:{theme.DIM}'>AURC, of 3</span>&nbsp; "
    return dim + " &nbsp; ".join(parts)
