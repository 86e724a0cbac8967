"""Paints measurements over a slice: lines on a dark rim, crosses at the ends, the numbers."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from ccsd_app.qt.widgets.outlined_text import font_of, write
from ccsd_app.scene.palette import MEASURE_COLOUR
from ccsd_app.scene.slices.marks import Mark, Place
from ccsd_app.scene.slices.viewport import Placement

CROSS_PX = 4.0
RIM = QColor(0, 0, 0, 190)
TEXT_SIZE = 220.0, 40.0
TEXT_ALIGN = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def paint_marks(painter: QPainter, marks: Iterable[Mark], placement: Placement) -> None:
    """Paint measurements of a slice that lies at `placement`."""
    for mark in marks:
        for width, colour in ((3.4, RIM), (1.4, QColor(*MEASURE_COLOUR))):
            painter.setPen(QPen(colour, width))
            for line in mark.lines:
                painter.drawPolyline(QPolygonF([_on_widget(place, placement) for place in line]))
            for end in mark.ends:
                at = _on_widget(end, placement)
                painter.drawLine(at - QPointF(CROSS_PX, 0), at + QPointF(CROSS_PX, 0))
                painter.drawLine(at - QPointF(0, CROSS_PX), at + QPointF(0, CROSS_PX))
        at = _on_widget(mark.at, placement)
        box = QRectF(at.x() + 2 * CROSS_PX, at.y() - TEXT_SIZE[1] / 2, *TEXT_SIZE)
        write(painter, font_of(0.92, bold=True), box, TEXT_ALIGN, mark.text, MEASURE_COLOUR)


def _on_widget(place: Place, placement: Placement) -> QPointF:
    return QPointF(*placement.point_from_pixel(*place))
