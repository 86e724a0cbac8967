"""Copies and saves the robustness curve in its current state."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from ccsd_app.export.curve_points import point_rows, write_points
from ccsd_app.export.number_files import csv_of
from ccsd_app.export.png import write_png
from ccsd_app.export.stamp import Stamp
from ccsd_app.export.svg import write_svg
from ccsd_app.qt.exporting.curve_picture import curve_image, curve_svg
from ccsd_app.qt.exporting.export_run import ExportRun
from ccsd_app.qt.exporting.export_target import ExportTarget
from ccsd_app.qt.panels.curve_menu import CurveActions
from ccsd_app.qt.widgets.pixels import rgb_of
from ccsd_app.session.state import State
from ccsd_app.viewmodel.exporting.export_menu import export_offer
from ccsd_app.viewmodel.panels.curve_panel import CurvePanel

WHAT = "curve"


class CurveExports:
    """Draws the curve again, larger than in its panel.

    Args:
        state_to_draw: Returns the state to draw, without hidden results.
        panel: The panel of the curve.
        target: Asks for the file.
        run: Writes the files.
        report: Called with a message after something was copied.
    """

    def __init__(
        self,
        state_to_draw: Callable[[], State],
        panel: CurvePanel,
        target: ExportTarget,
        run: ExportRun,
        *,
        report: Callable[[str], None],
    ) -> None:
        self._state_to_draw = state_to_draw
        self._panel = panel
        self._target = target
        self._run = run
        self._report = report

    def actions(self, *, scale: Callable[[], int]) -> CurveActions:
        """The functions of the menu; `scale` is the number of picture pixels per window pixel."""
        return CurveActions(
            refused=lambda: export_offer(self._state_to_draw(), busy=self._run.busy).computed,
            copy_picture=lambda: self.copy_picture(scale()),
            copy_numbers=self.copy_numbers,
            save_png=lambda: self.save_png(scale()),
            save_svg=self.save_svg,
            save_csv=self.save_csv,
        )

    def copy_picture(self, scale: int) -> None:
        """Copy the picture with its caption to the clipboard."""
        image = curve_image(
            self._panel.shown.value, Stamp.of_all(self._state_to_draw()), scale=scale
        )
        QGuiApplication.clipboard().setImage(image)
        self._report("Curve copied to the clipboard as a picture")

    def copy_numbers(self) -> None:
        """Copy the points to the clipboard as tab-separated text, for spreadsheets."""
        QGuiApplication.clipboard().setText(
            csv_of(point_rows(self._state_to_draw()), delimiter="\t")
        )
        self._report("Numbers of the curve copied to the clipboard")

    def save_png(self, scale: int) -> None:
        """Save the picture as PNG."""
        state, plot = self._state_to_draw(), self._panel.shown.value
        path = self._ask(state, "png")
        if path is not None:
            stamp = Stamp.of_all(state)
            image = curve_image(plot, stamp, scale=scale)
            self._run.write(write_png(rgb_of(image), stamp, path), "curve")

    def save_svg(self) -> None:
        """Save the picture as SVG, which can be scaled and edited."""
        state, plot = self._state_to_draw(), self._panel.shown.value
        path = self._ask(state, "svg")
        if path is not None:
            self._run.write(write_svg(curve_svg(plot, Stamp.of_all(state)), path), "curve")

    def save_csv(self) -> None:
        """Save the points as CSV."""
        state = self._state_to_draw()
        path = self._ask(state, "csv")
        if path is not None:
            self._run.write(write_points(state, path), "curve")

    def _ask(self, state: State, ending: str) -> Path | None:
        if state.case is None or self._run.busy:
            return None
        return self._target.file(state.case.id, None, WHAT, ending)
