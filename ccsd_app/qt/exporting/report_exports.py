"""The report of the open case: draws its pictures with the views, then writes the pages."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize

from ccsd_app.export.report import Report, cover_table, report, report_subsets
from ccsd_app.export.staging import staged
from ccsd_app.qt.exporting.export_run import ExportRun, Paths
from ccsd_app.qt.exporting.export_target import ExportTarget
from ccsd_app.qt.exporting.report_pdf import PageWriter, ReportPictures, table_html, write_report
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.scene.planes import Plane
from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.curve_panel import curve_plot
from ccsd_core.progress import Progress, Steps

VIEW_SIZE = QSize(320, 320)
SCALE = 2


def report_pictures(state: State, views: ViewsGrid) -> ReportPictures:
    """Largest axial tumour slices of both subsets, a coronal one, surfaces, curve."""
    subsets = report_subsets(state)
    shown = state.using(subsets[-1])
    full = state.using(subsets[0]).result or shown.result
    middle = None if full is None else full.middle_voxel
    if middle is not None:
        shown = shown.with_cursor(middle)
    drawn: list[tuple[Plane, State]] = [(Plane.AXIAL, shown.using(subset)) for subset in subsets]
    drawn.append((Plane.CORONAL, shown))
    pictures = [
        (
            views.slices[plane].image(VIEW_SIZE, ratio=SCALE, state=subset_state),
            f"{plane.value}, {subset_state.used.label}",
        )
        for plane, subset_state in drawn
    ]
    surfaces = views.view3d.picture(shown, size=VIEW_SIZE, scale=SCALE)
    if not surfaces.isNull():
        pictures.append((surfaces, f"surfaces, {shown.used.label}"))
    plot = curve_plot(state)
    return ReportPictures(pictures, plot if plot.curves else None)


def cover(writer: PageWriter, reports: Sequence[Report]) -> None:
    """The table of all cases, at the beginning of a file with several reports."""
    writer.text(f"<h1>{len(reports)} cases</h1>{table_html(cover_table(reports))}")


def report_file(
    state: State, views: ViewsGrid, path: Path, *, paper: str, model_card: str = ""
) -> Steps[Paths]:
    """Write the report of the open case.

    Raises:
        ResourceError: If it cannot be written.
    """
    yield Progress(0, 2, "drawing the pictures")
    pictures = report_pictures(state, views)
    yield Progress(1, 2, "writing the pages")
    with staged(path.parent) as staging:
        content = report(state)
        writer = PageWriter(
            staging.path(path.name), paper=paper, title=f"CCSD report: {content.case}"
        )
        write_report(writer, content, pictures, model_card=model_card)
        writer.end()
        return staging.commit()


class ReportExports:
    """Asks for the file, then draws and writes.

    Args:
        state_to_draw: Returns the state to export, without hidden results.
        views: The views that draw the pictures.
        target: Asks for the file.
        run: Draws and writes.
        model_card: Returns the card of the model in short.
    """

    def __init__(
        self,
        state_to_draw: Callable[[], State],
        views: ViewsGrid,
        target: ExportTarget,
        run: ExportRun,
        *,
        model_card: Callable[[], str],
    ) -> None:
        self._state_to_draw = state_to_draw
        self._views = views
        self._target = target
        self._run = run
        self._model_card = model_card

    def report(self, paper: str) -> None:
        """Save the report of the open case as PDF, on A4 or Letter."""
        state = self._state_to_draw()
        if state.case is None or state.shown is None or self._run.busy:
            return
        path = self._target.file(state.case.id, state.shown, "report", "pdf")
        if path is not None:
            steps = report_file(
                state, self._views, path, paper=paper, model_card=self._model_card()
            )
            self._run.draw(steps, "report")
