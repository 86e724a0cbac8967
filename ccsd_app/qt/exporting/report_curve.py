"""The robustness curve drawn on paper: lines, symbols and text, no pixels; on white, not dark.

title
1.0 ┤ ● means and subsets        band: worst to best subset
    ┤ ■                          dashed: the model's evaluation
0.0 ┴──1──2──3──4  Number of sequences
● WT 0.85  ■ TC 0.81  ▲ ET 0.67, and what lines and symbols mean
"""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from ccsd_app.qt.exporting.curve_picture import curve_words, mean_words
from ccsd_app.qt.panels.curve_plot import OFFSET
from ccsd_app.viewmodel.panels.curve_panel import CurvePlot, RegionCurve
from ccsd_core.domain.region import Region

HEIGHT_OF_WIDTH = 0.56
"""Height of the axes, as a share of their width."""
INK, GREY, RULE = QColor(0x11, 0x11, 0x11), QColor(0x44, 0x44, 0x44), QColor(0xD8, 0xD8, 0xD8)
DARKER_PERCENT = 130
"""Yellow lines would hardly be seen on white."""
BAND_ALPHA = 46
FIRST, LAST = 0.7, 4.3
LOWEST, HIGHEST = -0.04, 1.05
SYMBOL_PT, CURRENT_PT = 2.2, 3.6
"""Radius of the symbols, of the current subset larger, in points."""
TEXT_PT, TITLE_PT = 6.5, 8.0


def curve_height(plot: CurvePlot, width: float, *, dots_per_pt: float, painter: QPainter) -> float:
    """Height of the drawing, in dots."""
    return _CurveDrawing(painter, dots_per_pt).draw(plot, QPointF(0, 0), width, really=False)


def draw_curve(
    painter: QPainter, plot: CurvePlot, corner: QPointF, width: float, *, dots_per_pt: float
) -> float:
    """Draw the curve.

    Args:
        painter: Of the page.
        plot: The curve.
        corner: Upper left corner, in dots.
        width: Its width, in dots.
        dots_per_pt: Dots of a point.

    Returns:
        The lower edge, in dots.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    bottom = _CurveDrawing(painter, dots_per_pt).draw(plot, corner, width, really=True)
    painter.restore()
    return bottom


class _CurveDrawing:
    def __init__(self, painter: QPainter, dots_per_pt: float) -> None:
        self._painter = painter
        self._pt = dots_per_pt
        self._text, self._title = QFont(), QFont()
        self._text.setPointSizeF(TEXT_PT)
        self._title.setPointSizeF(TITLE_PT)
        self._title.setBold(True)
        device = painter.device()
        self._metrics = QFontMetricsF(self._text, device)
        self._title_metrics = QFontMetricsF(self._title, device)

    def draw(self, plot: CurvePlot, corner: QPointF, width: float, *, really: bool) -> float:
        """Draw, or only measure; returns the lower edge."""
        line = self._metrics.height()
        left = self._metrics.horizontalAdvance("0.0") + 4 * self._pt
        top = corner.y() + self._title_metrics.height() + 3 * self._pt
        height = (width - left) * HEIGHT_OF_WIDTH
        self._area = QRectF(corner.x() + left, top, width - left, height)
        if really:
            self._write(
                QPointF(corner.x(), corner.y() + self._title_metrics.ascent()),
                plot.axis,
                self._title,
            )
            self._axes()
            self._painter.save()
            self._painter.setClipRect(self._area)
            for curve in plot.curves:
                self._lines(curve)
            for curve in plot.curves:
                self._symbols(curve)
            self._painter.restore()
        y = top + height + 2 * line + 2 * self._pt
        y = self._legend(plot, QPointF(corner.x(), y), really=really)
        return self._paragraph(curve_words(plot), corner.x(), y, width, really=really)

    def _axes(self) -> None:
        area, line = self._area, self._metrics.height()
        for tenth in range(0, 11, 2):
            y = self._at(FIRST, tenth / 10).y()
            self._painter.setPen(QPen(RULE, 0.4 * self._pt))
            self._painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            text = f"{tenth / 10:.1f}"
            x = area.left() - self._metrics.horizontalAdvance(text) - 3 * self._pt
            self._write(QPointF(x, y + self._metrics.ascent() / 2.6), text, self._text)
        self._painter.setPen(QPen(GREY, 0.6 * self._pt))
        self._painter.drawLine(area.bottomLeft(), area.bottomRight())
        for count in range(1, 5):
            x = self._at(count, 0).x() - self._metrics.horizontalAdvance(str(count)) / 2
            self._write(QPointF(x, area.bottom() + line), str(count), self._text)
        title = "Number of sequences"
        x = area.center().x() - self._metrics.horizontalAdvance(title) / 2
        self._write(QPointF(x, area.bottom() + 2 * line), title, self._text)

    def _lines(self, curve: RegionCurve) -> None:
        colour = QColor(*curve.colour).darker(DARKER_PERCENT)
        if curve.ranges:
            low = [self._of(curve, k, a) for k, a, _ in curve.ranges]
            high = [self._of(curve, k, b) for k, _, b in curve.ranges]
            faint = QColor(colour)
            faint.setAlpha(BAND_ALPHA)
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(faint)
            self._painter.drawPolygon(QPolygonF([*low, *reversed(high)]))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        for values, style in (
            (curve.means, Qt.PenStyle.SolidLine),
            (curve.reference_scores, Qt.PenStyle.DashLine),
            (curve.path, Qt.PenStyle.DotLine),
        ):
            width = (1.3 if style is Qt.PenStyle.SolidLine else 0.9) * self._pt
            self._painter.setPen(QPen(colour, width, style))
            ordered = sorted(values)
            self._painter.drawPolyline(QPolygonF([self._of(curve, k, s) for k, s in ordered]))

    def _symbols(self, curve: RegionCurve) -> None:
        for point in curve.points:
            radius = (CURRENT_PT if point.current else SYMBOL_PT) * self._pt
            self._symbol(curve, self._of(curve, point.count, point.score), radius)

    def _symbol(self, curve: RegionCurve, centre: QPointF, radius: float) -> None:
        self._painter.setPen(QPen(GREY, 0.4 * self._pt))
        self._painter.setBrush(QColor(*curve.colour))
        self._painter.drawPath(_shape(curve.region, centre, radius))

    def _legend(self, plot: CurvePlot, corner: QPointF, *, really: bool) -> float:
        """The symbols with their names; returns the lower edge."""
        x, baseline = corner.x(), corner.y() + self._metrics.ascent()
        radius = SYMBOL_PT * self._pt
        for curve in plot.curves if really else ():
            middle = QPointF(x + radius, baseline - self._metrics.ascent() / 2.6)
            self._symbol(curve, middle, radius)
            x += 2 * radius + 3 * self._pt
            text = mean_words(curve)
            self._write(QPointF(x, baseline), text, self._text)
            x += self._metrics.horizontalAdvance(text) + 10 * self._pt
        if really:
            self._write(QPointF(x, baseline), plot.mean_title, self._text)
        return corner.y() + self._metrics.height()

    def _paragraph(
        self, words: Sequence[str], x: float, y: float, width: float, *, really: bool
    ) -> float:
        box = QRectF(x, y, width, self._area.height() + 10_000)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        text = " · ".join(words)
        needed = self._metrics.boundingRect(box, flags, text)
        if really:
            self._painter.setFont(self._text)
            self._painter.setPen(GREY)
            self._painter.drawText(box, flags, text)
        return y + needed.height()

    def _write(self, baseline: QPointF, text: str, font: QFont) -> None:
        self._painter.setFont(font)
        self._painter.setPen(INK)
        self._painter.drawText(baseline, text)

    def _of(self, curve: RegionCurve, count: int, score: float) -> QPointF:
        return self._at(count + OFFSET[curve.region], score)

    def _at(self, count: float, score: float) -> QPointF:
        area = self._area
        return QPointF(
            area.left() + area.width() * (count - FIRST) / (LAST - FIRST),
            area.bottom() - area.height() * (score - LOWEST) / (HIGHEST - LOWEST),
        )


def _shape(region: Region, centre: QPointF, radius: float) -> QPainterPath:
    """A circle, a square or a triangle, as on the screen."""
    path = QPainterPath()
    x, y = centre.x(), centre.y()
    match region:
        case Region.WT:
            path.addEllipse(centre, radius, radius)
        case Region.TC:
            path.addRect(QRectF(x - radius, y - radius, 2 * radius, 2 * radius))
        case Region.ET:
            corners = [QPointF(x, y - radius), QPointF(x + radius, y + radius)]
            path.addPolygon(QPolygonF([*corners, QPointF(x - radius, y + radius), corners[0]]))
    return path
