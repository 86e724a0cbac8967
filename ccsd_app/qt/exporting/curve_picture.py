"""The robustness curve as PNG or SVG with its caption, independent of the window's size.

CurvePlot ──▶ a separate plot, never on screen ──▶ painter ─┬─ QImage
caption strip ───┘        └─ SVG
"""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from ccsd_app.export.stamp import Stamp
from ccsd_app.qt.exporting.captions import STRIP, write_strip
from ccsd_app.qt.panels.curve_plot import SIGNS, CurvePlotWidget
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.scene.overlays.overlay import Pattern
from ccsd_app.viewmodel.exporting.captions import PictureLegend
from ccsd_app.viewmodel.panels.curve_panel import CurvePlot, RegionCurve
from ccsd_app.viewmodel.slices.legend import Swatch

SIZE = QSize(680, 420)
"""Size of the plot, in window pixels."""


def curve_image(plot: CurvePlot, stamp: Stamp, *, scale: float) -> QImage:
    """The robustness curve as a picture, with its provenance.

    Args:
        plot: The curve.
        stamp: Its provenance.
        scale: Pixels of the picture per pixel of the window.
    """
    whole = _whole_size(plot, stamp)
    image = QImage(whole * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    with painting(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        _paint(painter, plot, stamp, whole)
    return image


def curve_svg(plot: CurvePlot, stamp: Stamp) -> bytes:
    """The drawing, with its provenance in the description."""
    whole = _whole_size(plot, stamp)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    drawing = QSvgGenerator()
    drawing.setOutputDevice(buffer)
    drawing.setResolution(round(QGuiApplication.primaryScreen().logicalDotsPerInch()))
    drawing.setSize(whole)
    drawing.setViewBox(QRect(0, 0, whole.width(), whole.height()))
    drawing.setTitle(f"{stamp.case}: {plot.axis}")
    drawing.setDescription("\n".join(stamp.lines))
    with painting(drawing) as painter:
        _paint(painter, plot, stamp, whole)
    return bytes(data.data())


def _whole_size(plot: CurvePlot, stamp: Stamp) -> QSize:
    lines, legend = _lines(plot, stamp), _curve_legend(plot)
    strip = write_strip(None, SIZE.width(), 0.0, lines, legend, plot.axis)
    return QSize(SIZE.width(), SIZE.height() + round(strip))


def _paint(painter: QPainter, plot: CurvePlot, stamp: Stamp, whole: QSize) -> None:
    painter.fillRect(QRect(0, 0, whole.width(), whole.height()), STRIP)
    drawn = CurvePlotWidget()
    drawn.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    drawn.setFrameShape(CurvePlotWidget.Shape.NoFrame)
    drawn.resize(SIZE)
    drawn.show()  # this lays out its axes
    drawn.show_plot(plot)
    for points in drawn.points:
        points.setExportMode(export=True, opts={"antialias": True, "resolutionScale": 1.0})
    drawn.render(painter, QRectF(0, 0, SIZE.width(), SIZE.height()), drawn.viewport().rect())
    drawn.close()
    drawn.deleteLater()
    top = float(SIZE.height())
    write_strip(painter, SIZE.width(), top, _lines(plot, stamp), _curve_legend(plot), plot.axis)


def _curve_legend(plot: CurvePlot) -> PictureLegend:
    swatches: list[Swatch] = []
    for curve in plot.curves:
        name = f"{SIGNS[curve.region]} {mean_words(curve)}"
        swatches.append(Swatch(curve.colour, Pattern.NONE, name))
    return PictureLegend(plot.mean_title, tuple(swatches))


def mean_words(curve: RegionCurve) -> str:
    """A region with its mean: `WT 0.85`."""
    return f"{curve.region.name} {curve.mean or '…'}"


def _lines(plot: CurvePlot, stamp: Stamp) -> list[str]:
    """The lines of text below the plot: what its lines, bands and symbols mean, then the stamp."""
    return [" · ".join(curve_words(plot)), *stamp.caption]


def curve_words(plot: CurvePlot) -> list[str]:
    """What the lines, bands and symbols mean."""
    large = {point.subset.label for curve in plot.curves for point in curve.points if point.current}
    parts = ["lines: mean by number of sequences", "bands: worst to best subset"]
    parts += [f"large symbols: {label}" for label in large]
    parts += [text for text in (plot.reference_scores, plot.path) if text]
    return parts
