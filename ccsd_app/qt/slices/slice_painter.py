"""Paints one `SliceScene`: pixels, outlines, crosshair, orientation letters and texts.

    ┌ axial · FLAIR ──────── A ───────── 78 / 155   S 12.0 mm ┐
    │ RADIOLOGICAL           │                    oblique 4°  │
    R ───────────────────────┼─────────────────────────────── L
    │                        │                                │
    │                                     (computing FLAIR …) │
    └ input: FLAIR, T1, T2 · T1c withheld ────────── P ─────┘

Pixels and outlines are cached until the picture changes, texts in `widgets/outlined_text.py`.
"""

import math

import numpy as np
from pyqtgraph.functions import arrayToQPath
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QTransform,
)

from ccsd_app.qt.slices.mark_painter import paint_marks
from ccsd_app.qt.slices.slice_text import head_lines, text_below, wrapped
from ccsd_app.qt.widgets.outlined_text import WRAP, font_of, write
from ccsd_app.qt.widgets.pixels import image_of
from ccsd_app.scene.overlays.outline import Line
from ccsd_app.scene.overlays.overlay import Pattern, Shape
from ccsd_app.scene.palette import (
    CROSSHAIR_COLOUR,
    PICTURE_BACKGROUND,
    PLANE_COLOURS,
    REFERENCE_COLOUR,
    Rgb,
)
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.slice_image import (
    SlicePicture,
    compose,
    overlay_shapes,
    reference_outlines,
)
from ccsd_app.scene.slices.slice_scene import SliceScene
from ccsd_app.scene.slices.viewport import Placement, Viewport
from ccsd_core.domain.region import Region

MARGIN_PX = 8.0
FRAME_PX = 2.0
CROSSHAIR_GAP_PX = 10.0
LINE_PX = 1.0
"""Qt draws lines of at most one pixel ten times as fast as wider ones (measured)."""
BOLD_LINE_PX = 1.8
BRUSHES = {
    Pattern.STRIPES: Qt.BrushStyle.BDiagPattern,
    Pattern.DOTS: Qt.BrushStyle.Dense6Pattern,
}
REFERENCE_DASHES = {Region.WT: (11.0, 4.0), Region.TC: (4.0, 4.0), Region.ET: (1.2, 3.0)}
"""Long dashes for WT, short ones for TC, dots for ET: dash and gap in line widths."""
TEXT_COLOUR: Rgb = (0xD6, 0xDA, 0xE0)
QUIET_COLOUR: Rgb = (0x9A, 0xA3, 0xAE)
WARNING_COLOUR: Rgb = (0xF0, 0xC0, 0x60)
BADGE_COLOUR: Rgb = (0x1F, 0x6F, 0xB2)
EMPTY_TITLE = "Open a case…"
OPENING = "Opening…"
EMPTY_HINT = "A folder with at least one of FLAIR, T1, T1c and T2"

TOP = Qt.AlignmentFlag.AlignTop
BOTTOM = Qt.AlignmentFlag.AlignBottom
LEFT = Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignRight
CENTRE = Qt.AlignmentFlag.AlignHCenter
MIDDLE = Qt.AlignmentFlag.AlignVCenter


class SlicePainter:
    """Paints scenes of one plane, caching the pixels of the last one."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane
        self._frame = PLANE_COLOURS[plane]
        self._picture: SlicePicture | None = None
        self._image = QImage()
        self._shapes: tuple[tuple[Shape, QPainterPath], ...] = ()
        self._reference: dict[Region, QPainterPath] = {}

    def paint(
        self,
        painter: QPainter,
        scene: SliceScene | None,
        viewport: Viewport,
        area: QRectF,
        *,
        focused: bool,
        opening: bool = False,
    ) -> None:
        """Paint the whole of `area`; `opening` says that a case is being read."""
        painter.fillRect(area, _colour(PICTURE_BACKGROUND))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        if scene is None:
            self._paint_empty(painter, area, opening=opening)
        else:
            self._prepare(scene.picture)
            placement = viewport.placement(
                scene.picture.location.geometry, scene.frame, area.width(), area.height()
            )
            self._paint_slice(painter, scene.picture, placement)
            if scene.crosshair_drawn:
                _paint_crosshair(painter, scene.crosshair, placement, area)
            self._paint_text(painter, scene, area)
            paint_marks(painter, scene.marks, placement, area)
        self._paint_frame(painter, area, focused=focused)

    def _prepare(self, picture: SlicePicture) -> None:
        if picture == self._picture:
            return
        self._image = image_of(compose(picture))
        self._shapes = tuple((shape, _path(shape.lines)) for shape in overlay_shapes(picture))
        reference = reference_outlines(picture)
        self._reference = {region: _path(lines) for region, lines in reference.items() if lines}
        self._picture = picture

    def _paint_slice(self, painter: QPainter, picture: SlicePicture, placement: Placement) -> None:
        size = QRectF(
            placement.left,
            placement.top,
            picture.location.geometry.columns * placement.column_px,
            picture.location.geometry.rows * placement.row_px,
        )
        painter.drawImage(size, self._image)
        to_widget = QTransform(
            placement.column_px, 0, 0, placement.row_px, placement.left, placement.top
        )
        painter.save()
        for shape, path in self._shapes:
            painter.setOpacity(shape.opacity)
            on_widget, colour = to_widget.map(path), _colour(shape.colour)
            if shape.pattern in BRUSHES:
                painter.fillPath(on_widget, QBrush(colour, BRUSHES[shape.pattern]))
            painter.strokePath(on_widget, QPen(colour, BOLD_LINE_PX if shape.bold else LINE_PX))
        painter.setOpacity(1.0)
        for region, path in self._reference.items():
            on_widget = to_widget.map(path)
            painter.strokePath(on_widget, QPen(QColor(0, 0, 0, 170), 2.6))
            dashes = QPen(_colour(REFERENCE_COLOUR), 1.3)
            dashes.setCapStyle(Qt.PenCapStyle.FlatCap)  # other caps would fill the gaps
            dashes.setDashPattern(REFERENCE_DASHES[region])
            painter.strokePath(on_widget, dashes)
        painter.restore()

    def _paint_text(self, painter: QPainter, scene: SliceScene, area: QRectF) -> None:
        inner = area.adjusted(MARGIN_PX, MARGIN_PX - 2, -MARGIN_PX, -MARGIN_PX + 2)
        texts, letters = font_of(0.92), font_of(1.25, bold=True)
        metrics = QFontMetricsF(texts)
        provenance, needed = text_below(metrics, inner, scene)
        above_provenance = inner.adjusted(0, 0, 0, -needed)
        edges = scene.edges
        for box, align, letter in (
            (inner, LEFT | MIDDLE, edges.left),
            (inner, RIGHT | MIDDLE, edges.right),
            (inner, CENTRE | TOP, edges.top),
            (above_provenance, CENTRE | BOTTOM, edges.bottom),
        ):
            write(painter, letters, box, align, letter, TEXT_COLOUR)

        side = inner.width() / 2 - QFontMetricsF(letters).horizontalAdvance("M")
        left = QRectF(inner.left(), inner.top(), side, above_provenance.height())
        right = QRectF(inner.right() - side, inner.top(), side, above_provenance.height())
        heading = head_lines(metrics, left.width(), scene, self._plane.value.capitalize())
        notes = (scene.background_note, scene.degraded)
        lines = [
            *((line, self._frame) for line in heading),
            (scene.convention, QUIET_COLOUR),
            *(
                (line, WARNING_COLOUR)
                for note in notes
                for line in wrapped(metrics, left.width(), note)
            ),
        ]
        lines = [(line, colour) for line, colour in lines if line]
        for line_index, (line, colour) in enumerate(lines):
            below = left.adjusted(0, line_index * metrics.height(), 0, 0)
            write(painter, texts, below, LEFT | TOP, line, colour)
        wide = metrics.horizontalAdvance(scene.position) <= right.width()
        position = scene.position if wide else scene.slice_number  # a number is never shown in part
        write(painter, texts, right, RIGHT | TOP, position, TEXT_COLOUR)
        second = right.adjusted(0, metrics.height(), 0, 0)
        write(painter, texts, second, RIGHT | TOP, scene.oblique, WARNING_COLOUR)
        write(painter, texts, inner, LEFT | BOTTOM | WRAP, provenance, QUIET_COLOUR)
        if scene.badge:
            letter = QFontMetricsF(letters)
            pill = badge_box(metrics, above_provenance, scene.badge, letter)
            _write_badge(painter, texts, pill, scene.badge)

    def _paint_empty(self, painter: QPainter, area: QRectF, *, opening: bool) -> None:
        inner = area.adjusted(MARGIN_PX, MARGIN_PX - 2, -MARGIN_PX, -MARGIN_PX)
        write(painter, font_of(0.92), inner, LEFT | TOP, self._plane.value, self._frame)
        if self._plane is not Plane.AXIAL:
            return  # one view with the hint is enough
        middle = area.center().y()
        above = QRectF(area.left(), middle - 60, area.width(), 60)
        below = QRectF(area.left(), middle + 4, area.width(), 60)
        write(
            painter,
            font_of(1.3),
            above,
            CENTRE | BOTTOM,
            OPENING if opening else EMPTY_TITLE,
            TEXT_COLOUR,
        )
        if not opening:
            write(painter, font_of(0.92), below, CENTRE | TOP, EMPTY_HINT, QUIET_COLOUR)

    def _paint_frame(self, painter: QPainter, area: QRectF, *, focused: bool) -> None:
        colour = _colour(self._frame)
        colour.setAlphaF(1.0 if focused else 0.55)
        inner = area.adjusted(FRAME_PX, FRAME_PX, -FRAME_PX, -FRAME_PX)
        left, top, right, bottom = inner.left(), inner.top(), inner.right(), inner.bottom()
        for side in (  # Qt fills rectangles many times faster than it draws lines around them
            QRectF(area.topLeft(), QPointF(area.right(), top)),
            QRectF(QPointF(area.left(), bottom), area.bottomRight()),
            QRectF(QPointF(area.left(), top), QPointF(left, bottom)),
            QRectF(QPointF(right, top), QPointF(area.right(), bottom)),
        ):
            painter.fillRect(side, colour)


def _paint_crosshair(
    painter: QPainter, pixel: tuple[int, int], placement: Placement, area: QRectF
) -> None:
    """Two lines through the pixel's centre, with a gap so that the pixel stays visible."""
    column, row = pixel
    x, y = placement.point_from_pixel(column + 0.5, row + 0.5)
    gap_x = max(CROSSHAIR_GAP_PX, placement.column_px)
    gap_y = max(CROSSHAIR_GAP_PX, placement.row_px)
    colour = _colour(CROSSHAIR_COLOUR)
    colour.setAlphaF(0.75)
    at_x, at_y = math.floor(x), math.floor(y)  # whole pixels, so that the lines are sharp
    for line in (
        QRectF(area.left(), at_y, x - gap_x - area.left(), 1.0),
        QRectF(x + gap_x, at_y, area.right() - x - gap_x, 1.0),
        QRectF(at_x, area.top(), 1.0, y - gap_y - area.top()),
        QRectF(at_x, y + gap_y, 1.0, area.bottom() - y - gap_y),
    ):
        if line.isValid():  # the crosshair may lie beyond the view
            painter.fillRect(line.intersected(area), colour)


def _path(closed: tuple[Line, ...]) -> QPainterPath:
    """Closed lines as one path, in slice pixels."""
    points = np.concatenate([np.append(line, line[:1], axis=0) for line in closed])
    connected = np.ones(
        len(points), np.int32
    )  # each point with the next, except at the ends of lines
    connected[np.cumsum([len(line) + 1 for line in closed]) - 1] = 0
    x, y = np.ascontiguousarray(points.T, np.float64)
    return arrayToQPath(x, y, connected)  # pyright: ignore[reportArgumentType]


def badge_box(metrics: QFontMetricsF, box: QRectF, text: str, letter: QFontMetricsF) -> QRectF:
    """Where a badge is: in the lower right corner, where slices are mostly empty.

    A long one is above the letter in the middle of the lower edge, which it would hide.

    Args:
        metrics: Metrics of its font.
        box: The area above the text below the slice.
        text: Its text.
        letter: Metrics of the letters at the edges.
    """
    width = min(metrics.horizontalAdvance(text) + 20, box.width())
    height = metrics.height() + 6
    beside = width <= (box.width() - letter.horizontalAdvance("M")) / 2
    bottom = box.bottom() - 2 - (0 if beside else letter.height())
    return QRectF(box.right() - width, bottom - height, width, height)


def _write_badge(painter: QPainter, font: QFont, pill: QRectF, text: str) -> None:
    """White text on a blue badge."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(_colour(BADGE_COLOUR)))
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
    painter.setFont(font)
    painter.setPen(QColor(255, 255, 255))
    painter.drawText(pill, CENTRE | MIDDLE, text)


def _colour(rgb: Rgb) -> QColor:
    return QColor(*rgb)
