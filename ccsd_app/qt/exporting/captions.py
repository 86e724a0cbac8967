"""The caption strip under an exported picture: the meaning of its colours, and its provenance.

┌──────────── picture ────────────┐
├─────────────────────────────────┤
│ regions  ■ WT whole tumour …    │
│ case · input: … withheld …      │
│ model … · not for diagnosis     │
└─────────────────────────────────┘
"""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from ccsd_app.qt.widgets.outlined_text import WRAP, font_of
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.viewmodel.exporting.captions import PictureLegend

PAD_PX = 8.0
GAP_PX = 14.0
LEFT = Qt.AlignmentFlag.AlignLeft
STRIP = QColor(0x12, 0x14, 0x18)
BRIGHT, QUIET = QColor(0xE4, 0xE8, 0xEE), QColor(0x9A, 0xA3, 0xAE)


def captioned(
    picture: QImage, lines: Sequence[str], *, legend: PictureLegend | None = None, heading: str = ""
) -> QImage:
    """The picture with a caption strip below it.

    Args:
        picture: The picture; its device pixel ratio also scales the strip.
        lines: Paragraphs of the caption, which are wrapped.
        legend: The meaning of the colours.
        heading: Written first, and larger.
    """
    ratio, size = picture.devicePixelRatioF(), picture.deviceIndependentSize()
    width = size.width()
    height = write_strip(None, width, 0.0, lines, legend or PictureLegend(), heading)
    whole = QSize(picture.width(), picture.height() + round(height * ratio))
    image = QImage(whole, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(STRIP)
    with painting(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.drawImage(QPointF(0, 0), picture)
        write_strip(painter, width, size.height(), lines, legend or PictureLegend(), heading)
    return image


def write_strip(
    painter: QPainter | None,
    width: float,
    top: float,
    lines: Sequence[str],
    legend: PictureLegend,
    heading: str = "",
) -> float:
    """Write the strip, or only measure it if there is no painter; returns its height in pixels."""
    y = top + PAD_PX
    if heading:
        y = _paragraph(painter, font_of(1.3, bold=True), BRIGHT, width, y, heading)
    if legend.about or legend.swatches:
        y = _legend(painter, font_of(0.92), width, y, legend)
    for line in lines:
        y = _paragraph(
            painter, font_of(0.92), QUIET if line is not lines[0] else BRIGHT, width, y, line
        )
    return y + PAD_PX - top


def _paragraph(
    painter: QPainter | None, font: QFont, colour: QColor, width: float, y: float, text: str
) -> float:
    box = QRectF(PAD_PX, y, width - 2 * PAD_PX, 10_000)
    needed = QFontMetricsF(font).boundingRect(box, LEFT | WRAP, text).height()
    if painter is not None:
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(box, LEFT | WRAP, text)
    return y + needed


def _legend(
    painter: QPainter | None, font: QFont, width: float, y: float, legend: PictureLegend
) -> float:
    """Write what is drawn, then a square of each colour with its name, wrapping between them."""
    metrics = QFontMetricsF(font)
    square, x = metrics.ascent(), PAD_PX
    entries = [(None, legend.about)] if legend.about else []
    entries += [(swatch, swatch.text) for swatch in legend.swatches]
    for swatch, text in entries:
        needed = metrics.horizontalAdvance(text) + (square + 4 if swatch else 0)
        if x > PAD_PX and x + needed > width - PAD_PX:
            x, y = PAD_PX, y + metrics.height()
        if painter is not None:
            text_x = x
            if swatch is not None:
                box = QRectF(x, y + metrics.height() - metrics.descent() - square, square, square)
                painter.fillRect(box, QColor(*swatch.colour))
                text_x += square + 4
            painter.setFont(font)
            painter.setPen(BRIGHT)
            painter.drawText(QPointF(text_x, y + metrics.ascent()), text)
        x += needed + GAP_PX
    return y + metrics.height()
