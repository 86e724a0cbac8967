"""The legend under the views: the layer's region, and the meaning of colours and patterns.

[WT ▾] [vs expert labels ▾]  ■ both  ▨ false positive  ░ false negative      ┄ expert WT
"""

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from ccsd_app.qt.slices.reference_button import ReferenceButton
from ccsd_app.qt.slices.slice_painter import BRUSHES, REFERENCE_DASHES
from ccsd_app.qt.widgets import theme
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.qt.widgets.pixels import image_of
from ccsd_app.qt.widgets.region_button import RegionButton
from ccsd_app.qt.widgets.text_size import follow_text_size, scaled
from ccsd_app.scene.overlays.colour_map import colour_map
from ccsd_app.scene.palette import REFERENCE_COLOUR
from ccsd_app.session.display import Layer
from ccsd_app.viewmodel.panels.compare_bar import ComparisonModel
from ccsd_app.viewmodel.panels.toolbar import Toolbar, ToolbarModel
from ccsd_app.viewmodel.slices.legend import Legend, LegendModel, Scale, Swatch
from ccsd_core.domain.region import Region

HEIGHT, TWO_LINES = 26, 44
NARROW = 900
"""Below this width the bar is two lines high for every layer, so that the views do not move."""
FILLED = 0.8
"""The usable share of two lines, as entries are not split between them."""
SWATCH, SCALE_WIDTH, DASH = 14.0, 90.0, 40.0
GAP, SHORT_GAP, WIDE_GAP = 6.0, 10.0, 16.0


class LegendBar(QFrame):
    """Buttons that choose the layer's region and reference, and the meaning of its colours.

    Args:
        model: The legend.
        tools: Holds the region of the layer.
        comparison: Holds the reference of the difference.
        parent: Qt parent.
    """

    def __init__(
        self,
        model: LegendModel,
        tools: ToolbarModel,
        comparison: ComparisonModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        follow_text_size(self, self._set_height)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._tools = tools
        self._region = RegionButton(tools, "region", "Choose the region of the overlay (T)")
        self._reference = ReferenceButton(comparison)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(2)
        layout.addWidget(self._region)
        layout.addWidget(self._reference)
        layout.addWidget(LegendLine(model), 1)
        tools.shown.changed.connect(self._show)
        self._show(tools.shown.value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_height()

    def _set_height(self) -> None:
        lines = TWO_LINES if self.width() < scaled(NARROW) else HEIGHT
        self.setFixedHeight(scaled(lines))

    def _show(self, toolbar: Toolbar) -> None:
        self._region.setVisible(toolbar.region_enabled and toolbar.case_open)
        self._reference.setVisible(toolbar.layer is Layer.DIFFERENCE and toolbar.case_open)


class LegendLine(QWidget):
    """The legend in one line, or two in a narrow bar, with short texts if the long ones do not fit.

    What still does not fit is replaced by an ellipsis; the tooltip has the full text.
    """

    def __init__(self, model: LegendModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("legend")
        self.setAccessibleName("legend")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._model = model
        model.shown.changed.connect(self._show)
        self._show(model.shown.value)

    @property
    def text(self) -> str:
        """The legend as plain text."""
        legend = self._model.shown.value
        scale = legend.scale
        parts = [legend.title, *(swatch.text for swatch in legend.swatches)]
        parts += [] if scale is None else [f"{scale.low} to {scale.high}"]
        parts += [f"expert {region.name}" for region in legend.expert_outlines]
        return " · ".join(part for part in (*parts, legend.note) if part)

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def _show(self, _: Legend) -> None:
        self.setToolTip(self.text)
        self.setAccessibleDescription(self.text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        legend = self._model.shown.value
        with painting(self) as painter:
            metrics = QFontMetricsF(painter.font())
            # with room for an ellipsis, unless this is the last entry
            needed = _needed(legend, metrics) + metrics.horizontalAdvance("…")
            lines = 2 if self.height() >= TWO_LINES and needed > self.width() else 1
            pen = _Pen(painter, self.height() / lines, lines, GAP, self.width())
            short = needed > self.width() * (1.0 if lines == 1 else FILLED * lines)
            pen.write(legend.title, theme.DIM)
            for swatch in legend.swatches:
                pen.swatch(swatch, short=short)
            if legend.scale is not None:
                pen.scale(legend.scale)
            pen.write((short and legend.short_note) or legend.note, theme.DIM)
            if legend.expert_outlines:
                pen.break_line()
                pen.write("expert", theme.DIM, after=GAP if short else WIDE_GAP)
            for region in legend.expert_outlines:
                pen.dash(region, short=short)
            pen.finish()


def _needed(legend: Legend, metrics: QFontMetricsF) -> float:
    """The width in pixels of the legend with long texts."""
    texts = [legend.title, *(s.text for s in legend.swatches), legend.note]
    texts += ["expert", *(r.name for r in legend.expert_outlines)] if legend.expert_outlines else []
    texts += [legend.scale.low, legend.scale.high] if legend.scale else []
    written = [metrics.horizontalAdvance(one) + WIDE_GAP for one in texts if one]
    drawn = len(legend.swatches) * (SWATCH + GAP) + len(legend.expert_outlines) * (DASH + GAP)
    return GAP + sum(written) + drawn + (SCALE_WIDTH if legend.scale else 0) - WIDE_GAP


class _Pen:
    """Writes text and swatches from left to right, with an ellipsis if they do not fit.

    Args:
        painter: The painter of the widget.
        line: Height of a line.
        lines: Number of lines.
        start, end: Horizontal start and end of every line.
    """

    def __init__(
        self, painter: QPainter, line: float, lines: int, start: float, end: float
    ) -> None:
        self._painter = painter
        self._metrics = QFontMetricsF(painter.font())
        self._line, self._more = line, lines - 1
        self._middle = line / 2
        self._start, self._x, self._end = start, start, end
        self._truncated = False

    def break_line(self) -> None:
        """Continue in the next line, if there is one."""
        if self._more:
            self._more -= 1
            self._middle += self._line
            self._x = self._start

    def write(self, text: str, colour: str, *, after: float = WIDE_GAP) -> None:
        if not text or self._truncated:
            return
        if self._x > self._start and self._advance(text) > self._end - self._x:
            self.break_line()
        # A subset's name cut without an ellipsis would look like another subset.
        text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, self._end - self._x)
        width = self._advance(text)
        box = self._box(width + 1, self._line)
        self._painter.setPen(QColor(colour))
        self._painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        self._x += width + after

    def finish(self) -> None:
        """Write an ellipsis if entries are left that do not fit."""
        if self._truncated:
            self._painter.setPen(QColor(theme.TEXT))
            box = QRectF(0, self._middle - self._line / 2, self._end, self._line)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            self._painter.drawText(box, right, "…")

    def _fits(self, width: float) -> bool:
        """Whether there is room of this width, breaking the line if needed; False truncates."""
        if self._x + width > self._end:
            self.break_line()
        fits = self._x + width <= self._end - self._advance("…")
        self._truncated = self._truncated or not fits
        return fits

    def swatch(self, swatch: Swatch, *, short: bool) -> None:
        text = (short and swatch.short) or swatch.text
        if not self._fits(SWATCH + GAP + (self._advance(text) if self._more else 0)):
            return
        box = self._box(SWATCH, SWATCH)
        colour = QColor(*swatch.colour)
        faint = QColor(colour)
        faint.setAlphaF(0.45)
        self._painter.fillRect(box, faint if swatch.pattern in BRUSHES else colour)
        if swatch.pattern in BRUSHES:
            self._painter.fillRect(box, QBrush(colour, BRUSHES[swatch.pattern]))
        self._painter.setPen(QPen(colour, 1.0))
        self._painter.drawRect(box)
        self._x += SWATCH + GAP
        self.write(text, theme.TEXT, after=SHORT_GAP if short else WIDE_GAP)

    def scale(self, scale: Scale) -> None:
        self.write(scale.low, theme.DIM, after=GAP)
        colours = image_of(colour_map(scale.name)[None])
        self._painter.drawImage(self._box(SCALE_WIDTH, SWATCH), colours)
        self._x += SCALE_WIDTH + GAP
        self.write(scale.high, theme.DIM)

    def dash(self, region: Region, *, short: bool) -> None:
        if not self._fits(DASH + GAP + self._advance(region.name)):
            return
        pen = QPen(QColor(*REFERENCE_COLOUR), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern(REFERENCE_DASHES[region])
        self._painter.setPen(pen)
        self._painter.drawLine(QLineF(self._x, self._middle, self._x + DASH, self._middle))
        self._x += DASH + GAP
        self.write(region.name, theme.TEXT, after=SHORT_GAP if short else WIDE_GAP)

    def _advance(self, text: str) -> float:
        return self._metrics.horizontalAdvance(text)

    def _box(self, width: float, height: float) -> QRectF:
        return QRectF(self._x, self._middle - height / 2, width, height)
