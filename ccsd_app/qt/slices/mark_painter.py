"""Paints measurements over a slice: lines on a dark rim, crosses at the ends, the numbers.

Numbers are beside their measurement, inside the view, and not over each other.
"""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from ccsd_app.qt.widgets.outlined_text import font_of, write
from ccsd_app.scene.palette import MEASURE_COLOUR
from ccsd_app.scene.slices.marks import Mark, Place
from ccsd_app.scene.slices.viewport import Placement

CROSS_PX = 4.0
EDGE_PX = 4.0
"""Distance of numbers from the edge of the view."""
RIM = QColor(0, 0, 0, 190)
TEXT_ALIGN = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def paint_marks(
    painter: QPainter, marks: Iterable[Mark], placement: Placement, area: QRectF
) -> None:
    """Paint measurements of a slice that lies at `placement` in a view of an `area`."""
    font = font_of(0.92, bold=True)
    metrics = QFontMetricsF(font)
    taken: list[QRectF] = []
    for mark in marks:
        for width, colour in ((3.4, RIM), (1.4, QColor(*MEASURE_COLOUR))):
            painter.setPen(QPen(colour, width))
            for line in mark.lines:
                painter.drawPolyline(QPolygonF([_on_widget(place, placement) for place in line]))
            for end in mark.ends:
                at = _on_widget(end, placement)
                painter.drawLine(at - QPointF(CROSS_PX, 0), at + QPointF(CROSS_PX, 0))
                painter.drawLine(at - QPointF(0, CROSS_PX), at + QPointF(0, CROSS_PX))
        if mark.text:
            size = QSizeF(metrics.horizontalAdvance(mark.text) + 2, metrics.height())
            box = text_box(_on_widget(mark.at, placement), size, area, taken)
            taken.append(box)
            write(painter, font, box, TEXT_ALIGN, mark.text, MEASURE_COLOUR)


def text_box(at: QPointF, size: QSizeF, area: QRectF, taken: Iterable[QRectF]) -> QRectF:
    """Where numbers of a size are written, beside a point.

    Right of it; where there is no room, below it, or above it at the bottom of the area; then below
    texts in its way.
    """
    box = QRectF(QPointF(at.x() + 2 * CROSS_PX, at.y() - size.height() / 2), size)
    most = area.right() - EDGE_PX
    if box.right() > most:
        box.moveTop(at.y() + CROSS_PX)
        box.moveLeft(max(most - size.width(), area.left() + EDGE_PX))
    box.moveTop(max(box.top(), area.top() + EDGE_PX))
    for other in sorted(taken, key=lambda one: one.top()):
        if box.intersects(other):
            box.moveTop(other.bottom() + 1)
    least = area.bottom() - EDGE_PX
    if box.bottom() > least:
        box.moveBottom(min(least, at.y() - CROSS_PX))
    return box


def _on_widget(place: Place, placement: Placement) -> QPointF:
    return QPointF(*placement.point_from_pixel(*place))
