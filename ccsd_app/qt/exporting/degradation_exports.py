"""Saving the degradation curve on screen: a picture with its caption, or a table of all curves."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from ccsd_app.export.number_files import write_degradation
from ccsd_app.export.png import write_png
from ccsd_app.export.stamp import Stamp
from ccsd_app.qt.exporting.captions import captioned
from ccsd_app.qt.exporting.export_run import ExportRun
from ccsd_app.qt.exporting.export_target import ExportTarget
from ccsd_app.qt.panels.curve_plot import SIGNS
from ccsd_app.qt.panels.degrade.degradation_plot import DegradationPlotWidget
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.qt.widgets.pixels import rgb_of
from ccsd_app.scene.overlays.overlay import Pattern
from ccsd_app.session.state import State
from ccsd_app.viewmodel.exporting.captions import PictureLegend
from ccsd_app.viewmodel.panels.degrade.degradation_curve import DegradationPlot
from ccsd_app.viewmodel.slices.legend import Swatch

SIZE = QSize(680, 400)
"""Size of the plot, in window pixels."""
WHAT = "degradation curve"


class DegradationExports:
    """Saves degradation curves.

    Args:
        state_to_draw: Returns the state to export, without hidden results.
        plot: The curve on screen; None where there is none.
        target: Asks for the file.
        run: Writes the files.
        scale: Pixels of a picture for one of the window.
    """

    def __init__(
        self,
        state_to_draw: Callable[[], State],
        plot: Callable[[], DegradationPlot | None],
        target: ExportTarget,
        run: ExportRun,
        *,
        scale: Callable[[], int],
    ) -> None:
        self._state_to_draw = state_to_draw
        self._plot = plot
        self._target = target
        self._run = run
        self._scale = scale

    def save_png(self) -> None:
        """Save the curve on screen as a picture."""
        state, plot = self._state_to_draw(), self._plot()
        path = self._ask(state, "png") if plot is not None else None
        if plot is not None and path is not None:
            stamp = Stamp.of(state)
            image = degradation_image(plot, stamp, scale=self._scale())
            self._run.write(write_png(rgb_of(image), stamp, path), WHAT)

    def save_csv(self) -> None:
        """Save all curves of the case as a table."""
        state = self._state_to_draw()
        path = self._ask(state, "csv")
        if path is not None:
            self._run.write(write_degradation(state, path), WHAT)

    def _ask(self, state: State, ending: str) -> Path | None:
        if state.case is None or self._run.busy:
            return None
        return self._target.file(state.case.id, None, WHAT, ending)


def degradation_image(plot: DegradationPlot, stamp: Stamp, *, scale: float) -> QImage:
    """The picture of a curve with its caption.

    Args:
        plot: The curve.
        stamp: Where it came from.
        scale: Pixels of the picture for one of the window.
    """
    image = QImage(SIZE * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    drawn = DegradationPlotWidget()
    drawn.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    drawn.setFrameShape(DegradationPlotWidget.Shape.NoFrame)
    drawn.resize(SIZE)
    drawn.show()  # lays its axes out
    drawn.show_plot(plot)
    with painting(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        drawn.render(painter, QRectF(0, 0, SIZE.width(), SIZE.height()), drawn.viewport().rect())
    drawn.close()
    drawn.deleteLater()
    swatches = tuple(
        Swatch(line.colour, Pattern.NONE, f"{SIGNS[line.region]} {line.region.name}")
        for line in plot.lines
    )
    legend = PictureLegend("dashed: without the sequence", swatches)
    return captioned(image, (plot.words, *stamp.caption), legend=legend, heading=plot.axis)
