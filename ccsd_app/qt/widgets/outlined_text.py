"""Text over pictures, with a dark outline, so that it is also legible on bright tissue.

One outlined text takes six drawing operations, and a slice view has ten texts at every frame.
Most do not change between frames, so each is drawn once into a small image and cached.
"""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QPainter

from ccsd_app.qt.widgets.painting import painting
from ccsd_app.scene.palette import Rgb

WRAP = Qt.TextFlag.TextWordWrap
RIM_PX = 2
RIM = QColor(0, 0, 0, 190)
CACHED = 256
"""How many rendered texts are cached; one takes about ten kilobytes."""


def font_of(factor: float, *, bold: bool = False) -> QFont:
    """The window's font at another size."""
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(max(font.pointSizeF(), 8.0) * factor)
    font.setBold(bold)
    return font


def write(
    painter: QPainter,
    font: QFont,
    box: QRectF,
    align: Qt.AlignmentFlag | Qt.TextFlag,
    text: str,
    colour: Rgb,
) -> None:
    """Write outlined text into a box, elided if it does not fit, unless `align` wraps it."""
    if not text:
        return
    metrics = QFontMetricsF(font)
    wraps = bool(align & WRAP)
    if not wraps:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    room = metrics.boundingRect(box, align, text)
    ratio = painter.device().devicePixelRatioF()
    width = int(box.width() if wraps else room.width()) + 1
    image = _rendered(
        text, font.toString(), colour, width, int(room.height()) + 1, int(align), ratio
    )
    left = box.left() if wraps else room.left()
    painter.drawImage(QPointF(round(left) - RIM_PX, round(room.top()) - RIM_PX), image)


@lru_cache(maxsize=CACHED)
def _rendered(
    text: str, font_name: str, colour: Rgb, width: int, height: int, align: int, ratio: float
) -> QImage:
    size = QSizeF(width + 2 * RIM_PX, height + 2 * RIM_PX) * ratio
    image = QImage(size.toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    font = QFont()
    font.fromString(font_name)
    inside = QRectF(RIM_PX, RIM_PX, width, height)
    with painting(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setFont(font)
        painter.setPen(RIM)
        for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1), (1, 1)):
            painter.drawText(inside.translated(dx, dy), align, text)
        painter.setPen(QColor(*colour))
        painter.drawText(inside, align, text)
    return image
