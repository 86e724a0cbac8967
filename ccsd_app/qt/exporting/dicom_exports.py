"""Exports for the archive: the segmentation as DICOM-SEG, the views as secondary capture."""

from collections.abc import Callable

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from ccsd_app.export.dicom import ENDING, dicom_seg, secondary_capture
from ccsd_app.export.stamp import compared_caption
from ccsd_app.qt.exporting.dicom_dialog import ask_dicom
from ccsd_app.qt.exporting.export_run import ExportRun, Paths
from ccsd_app.qt.exporting.export_target import ExportTarget
from ccsd_app.qt.exporting.pictures import views_picture
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.qt.widgets.pixels import rgb_of
from ccsd_app.session.state import State
from ccsd_core.progress import Progress, Steps


class DicomExports:
    """Asks how and where to write, then writes.

    Args:
        window: Parent of the dialogs.
        state_to_draw: Returns the state to export, without hidden results.
        views: The views that a picture shows.
        target: Asks for the file.
        run: Draws and writes.
        scale: Pixels of a picture per pixel of the window.
    """

    def __init__(
        self,
        window: QWidget,
        state_to_draw: Callable[[], State],
        views: ViewsGrid,
        target: ExportTarget,
        run: ExportRun,
        *,
        scale: Callable[[], int],
    ) -> None:
        self._window = window
        self._state_to_draw = state_to_draw
        self._views = views
        self._target = target
        self._run = run
        self._scale = scale

    def segmentation(self) -> None:
        """Save the regions of the current subset as DICOM-SEG."""
        state = self._state_to_draw()
        if state.case is None or state.shown is None or self._run.busy:
            return
        title = "Export DICOM segmentation"
        choice = ask_dicom(self._window, title, sorted(state.case.available))
        if choice is None or choice.sequence is None:
            return
        on = f"segmentation on {choice.sequence.label}"
        path = self._target.file(state.case.id, state.shown, on, ENDING)
        if path is not None:
            steps = dicom_seg(
                state,
                state.shown,
                path,
                sequence=choice.sequence,
                anonymous=choice.anonymous,
            )
            self._run.write(steps, "DICOM segmentation")

    def capture(self) -> None:
        """Save a picture of the views as secondary capture."""
        state, scale = self._state_to_draw(), self._scale()
        if state.case is None or state.shown is None or self._run.busy:
            return
        choice = ask_dicom(self._window, "Export DICOM secondary capture")
        if choice is None:
            return
        what = "comparison" if state.side_by_side else "views"
        path = self._target.file(state.case.id, state.shown, what, ENDING)
        if path is None:
            return

        def draw() -> Steps[QImage]:
            yield Progress(0, 1, f"picture of the {what}")
            return views_picture(self._views, state, scale=scale)

        def write(picture: QImage) -> Steps[Paths]:
            about = "; ".join(compared_caption(state))
            return secondary_capture(
                state, rgb_of(picture), path, about=about, anonymous=choice.anonymous
            )

        self._run.draw_and_write(draw(), write, f"picture of the {what}")
