"""Exports of pictures: of the views and of the whole window.

The state at the time of the click is drawn, not later changes while a dialog is open. Only pictures
of the whole window, and of a still 3-D view, show the state when they are drawn.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMainWindow

from ccsd_app.export.png import write_png
from ccsd_app.export.stamp import Stamp
from ccsd_app.qt.exporting.export_menu import Picture
from ccsd_app.qt.exporting.export_run import ExportRun, Paths
from ccsd_app.qt.exporting.export_target import ExportTarget
from ccsd_app.qt.exporting.pictures import slice_picture, view3d_picture, window_picture
from ccsd_app.qt.slices.slice_view import SliceView
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.qt.widgets.pixels import rgb_of
from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.compare_bar import compared_side
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.progress import Progress, Steps

DEFAULT_SCALE = 2
Stamped = tuple[QImage, Stamp]


class PictureExports:
    """Draws pictures with the views of the window.

    Args:
        window: The window of window pictures.
        state_to_draw: Returns the state to draw, without hidden results.
        views: The views that draw it.
        target: Asks for the file.
        run: Draws and writes the files.
    """

    def __init__(
        self,
        window: QMainWindow,
        state_to_draw: Callable[[], State],
        views: ViewsGrid,
        target: ExportTarget,
        run: ExportRun,
    ) -> None:
        self._window = window
        self._state_to_draw = state_to_draw
        self._views = views
        self._target = target
        self._run = run
        self.scale = DEFAULT_SCALE
        """Pixels of a picture per pixel of the window."""

    def offered(self) -> list[Picture]:
        """One menu entry for every view that is on screen, and one for the window."""
        state = self._state_to_draw()
        if state.case is None:
            return []
        comparing = state.side_by_side
        found: list[Picture] = []
        for views, side in ((self._views.slices, "A"), (self._views.compared_slices, "B")):
            for plane, view in views.items():
                if view.isVisible():
                    what = f"{plane.value} {side}" if comparing else plane.value
                    save = partial(self.slice, view, what, other=side == "B")
                    text = f"{plane.value.capitalize()}{f' {side}' if comparing else ''}…"
                    found.append(Picture(what.replace(" ", "_"), text, "", save))
        if self._views.view3d.isVisible():
            found.append(Picture("3d", "3-D…", self._no_view3d(), self.view3d))
        found.append(Picture("window", "Whole window…", "", self.window))
        return found

    def slice(self, view: SliceView, what: str, *, other: bool) -> None:
        """Save a picture of one slice view."""
        state = self._state_to_draw()
        drawn = compared_side(state) if other else state
        draw = partial(slice_picture, view, state, drawn, scale=self.scale)
        self._picture(what, lambda: (draw(), Stamp.of(drawn)), drawn)

    def view3d(self) -> None:
        """Save a picture of the 3-D view."""
        requested, view, scale = self._state_to_draw(), self._views.view3d, self.scale

        def draw() -> Stamped:
            state = requested if view.pose is not None else self._state_to_draw()
            return view3d_picture(view, state, scale=scale), Stamp.of(state)

        self._picture("3-D", draw, requested)

    def window(self) -> None:
        """Save a picture of the whole window."""
        scale = self.scale

        def draw() -> Stamped:
            now = self._state_to_draw()
            return window_picture(self._window, self._views.view3d, now, scale=scale), Stamp.of(now)

        self._picture("window", draw, self._state_to_draw())

    def _picture(self, what: str, draw: Callable[[], Stamped], requested: State) -> None:
        path = self._ask(what, requested.shown, "png")
        if path is None:
            return

        def draw_steps() -> Steps[Stamped]:
            yield Progress(0, 1, f"picture of {what}")
            return draw()

        def write_steps(drawn: Stamped) -> Steps[Paths]:
            image, stamp = drawn
            return write_png(rgb_of(image), stamp, path)

        self._run.draw_and_write(draw_steps(), write_steps, f"picture of {what}")

    def _ask(self, what: str, subset: ModalitySubset | None, ending: str) -> Path | None:
        case = self._state_to_draw().case
        if case is None or self._run.busy:
            return None
        return self._target.file(case.id, subset, what, ending)

    def _no_view3d(self) -> str:
        return "No 3-D picture yet" if self._views.view3d.image().isNull() else ""
