"""A chart of horizontal bars in groups: a name, a bar from zero, and its value.

FLAIR   WT ▐████████ +0.31
        TC ▐███ +0.12
T1      WT ▌ −0.01
"""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ccsd_app.qt.widgets import theme
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.viewmodel.panels.criticality_panel import Bar, BarGroup

LINE_PIXELS, GAP_PIXELS = 15, 8
NAME_PIXELS, REGION_PIXELS, VALUE_PIXELS = 46, 24, 56
MIDDLE = Qt.AlignmentFlag.AlignVCenter


class BarChart(QWidget):
    """Draws groups of bars on one scale."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._groups: tuple[BarGroup, ...] = ()

    def show_groups(self, groups: tuple[BarGroup, ...]) -> None:
        """Replace the bars."""
        self._groups = groups
        self.setAccessibleDescription("; ".join(map(_accessible_text, groups)))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        lines = sum(max(len(group.bars), 1) for group in self._groups)
        gaps = max(len(self._groups) - 1, 0)
        return QSize(200, lines * LINE_PIXELS + gaps * GAP_PIXELS + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        bars = [bar for group in self._groups for bar in group.bars]
        values = [bar.value for bar in bars if bar.value is not None]
        low, high = min([0.0, *values]), max([0.0, *values])
        left = NAME_PIXELS + (REGION_PIXELS if _has_regions(self._groups) else 0)
        area = QRectF(left, 0, self.width() - left - VALUE_PIXELS, 1)
        with painting(self) as painter:
            top = 0.0
            for group in self._groups:
                painter.setPen(QColor(theme.TEXT if group.bars else theme.DIM))
                painter.drawText(QRectF(0, top, NAME_PIXELS, LINE_PIXELS), MIDDLE, group.name)
                if not group.bars:
                    box = QRectF(left, top, self.width() - left, LINE_PIXELS)
                    painter.drawText(box, MIDDLE, group.reason or "—")
                for line, bar in enumerate(group.bars):
                    bar_area = area.translated(0, top + line * LINE_PIXELS)
                    _draw(painter, bar, bar_area, low, high)
                top += max(len(group.bars), 1) * LINE_PIXELS + GAP_PIXELS


def _draw(painter: QPainter, bar: Bar, area: QRectF, low: float, high: float) -> None:
    scale = area.width() / (high - low) if high > low else 0.0
    zero = area.left() - low * scale
    painter.setPen(QColor(theme.DIM))
    name = QRectF(NAME_PIXELS, area.top(), REGION_PIXELS, LINE_PIXELS)
    painter.drawText(name, MIDDLE, bar.name)
    if bar.value is not None:
        length = bar.value * scale
        box = QRectF(min(zero, zero + length), area.top() + 3, abs(length), LINE_PIXELS - 6)
        colour = QColor(theme.ACCENT) if bar.colour is None else QColor(*bar.colour)
        painter.fillRect(box, colour)
        painter.setPen(QPen(QColor(theme.DIM), 1))
        painter.drawRect(box)  # because yellow is hard to see on white
    painter.setPen(QPen(QColor(theme.DIM), 1))
    painter.drawLine(int(zero), int(area.top()), int(zero), int(area.top()) + LINE_PIXELS)
    painter.setPen(QColor(theme.TEXT))
    text = QRectF(area.right() + 4, area.top(), VALUE_PIXELS - 4, LINE_PIXELS)
    painter.drawText(text, MIDDLE | Qt.AlignmentFlag.AlignRight, bar.text)


def _has_regions(groups: tuple[BarGroup, ...]) -> bool:
    return any(bar.name for group in groups for bar in group.bars)


def _accessible_text(group: BarGroup) -> str:
    found = ", ".join(f"{bar.name} {bar.text}".strip() for bar in group.bars)
    return f"{group.name}: {found or group.reason or 'no value yet'}"
