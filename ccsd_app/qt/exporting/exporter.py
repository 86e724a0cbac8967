"""All exports of the window: asks for the target, then draws and writes the files.

The state at the time of the click is exported; later changes do not affect the file. All exports
use `_state_to_draw`, which omits results that "Guess first" hides.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import platformdirs
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from ccsd_app.export.label_maps import (
    ENDING,
    WHAT,
    label_map,
    label_maps,
    names_of_label_map,
    names_of_label_maps,
)
from ccsd_app.export.number_files import csv_of, names_of_tables, write_numbers, write_tables
from ccsd_app.export.numbers import subset_rows
from ccsd_app.export.sequence_maps import names_of_sequence_maps, sequence_maps
from ccsd_app.export.surfaces.mesh_files import MeshFormat, names_of_surfaces, surface_files
from ccsd_app.qt.exporting.curve_exports import CurveExports
from ccsd_app.qt.exporting.degradation_exports import DegradationExports
from ccsd_app.qt.exporting.dicom_exports import DicomExports
from ccsd_app.qt.exporting.export_menu import ExportActions
from ccsd_app.qt.exporting.export_run import ExportRun, Paths
from ccsd_app.qt.exporting.export_target import ExportTarget
from ccsd_app.qt.exporting.film.film_exports import FilmExports
from ccsd_app.qt.exporting.film.shots import REMOVAL_S
from ccsd_app.qt.exporting.picture_exports import PictureExports
from ccsd_app.qt.exporting.report_exports import ReportExports
from ccsd_app.qt.panels.curve_menu import CurveActions
from ccsd_app.qt.panels.path_player import RemovalExport
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import listed
from ccsd_app.viewmodel.exporting.export_menu import computed_subsets, export_offer, removal_order
from ccsd_app.viewmodel.open_case.recent import PLACE_LENGTH, shortened
from ccsd_app.viewmodel.panels.curve_panel import CurvePanel
from ccsd_app.viewmodel.panels.degrade.degradation_curve import DegradationPlot
from ccsd_app.viewmodel.panels.degrade.degrade_panel import DegradeModel
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.storage.models.card import short_card

SAVED_MS = 6000
"""How long the status bar shows what was saved or copied, in milliseconds."""


class Exporter:
    """Asks the user, then draws and writes.

    Args:
        window: Parent of the dialogs, and the window of window pictures.
        session: The state that is exported; problems are reported there.
        views: The views that are drawn.
        degrading: The sequence and the kind of degradation of a sweep.
        cancel_views: Gives up degraded images that a film has asked for.
        model: Returns the model in use, as `find_model` accepts it.
    """

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        views: ViewsGrid,
        *,
        degrading: DegradeModel,
        cancel_views: Callable[[], None],
        model: Callable[[], str | None],
    ) -> None:
        self._window = window
        self._degrading = degrading
        self._state_to_draw: Callable[[], State] = lambda: without_hidden(session.state)

        def report_problem(problem: str) -> None:
            session.become(session.state.with_problem(problem))

        self._remark = ""
        self.run = ExportRun(window, saved=self._on_saved, failed=report_problem)
        self._target = ExportTarget(window, _documents(), report_problem)
        self.pictures = PictureExports(window, self._state_to_draw, views, self._target, self.run)
        self._films = FilmExports(
            window,
            session,
            self._state_to_draw,
            views,
            self._target,
            self.run,
            report=report_problem,
            scale=lambda: self.pictures.scale,
            cancel_views=cancel_views,
        )
        self._reports = ReportExports(
            self._state_to_draw,
            views,
            self._target,
            self.run,
            model_card=lambda: short_card(model()),
        )
        self._dicom = DicomExports(
            window,
            self._state_to_draw,
            views,
            self._target,
            self.run,
            scale=lambda: self.pictures.scale,
        )

    @property
    def actions(self) -> ExportActions:
        """The functions of the Export menu."""
        pictures = self.pictures
        return ExportActions(
            offer=lambda: export_offer(self._state_to_draw(), busy=self.run.busy),
            pictures=pictures.offered,
            label_map=self.label_map,
            label_maps=self.label_maps,
            sequence_maps=self.sequence_maps,
            dicom_seg=self._dicom.segmentation,
            capture=self._dicom.capture,
            comparing=lambda: self._state_to_draw().side_by_side,
            surfaces=self.surfaces,
            turntable=self._films.turntable,
            no_turntable=self._films.no_turntable,
            stepwise_removal=lambda: self.animate(removal_order(self._state_to_draw())),
            bookmarks=self.bookmark_film,
            sweep=lambda: self._degrading.sweep,
            degradation_sweep=self.degradation_sweep,
            tables=self.tables,
            numbers=self.numbers,
            report=self._reports.report,
            scale=lambda: pictures.scale,
            set_scale=self._set_scale,
        )

    def close(self) -> None:
        """Cancel the running export. Call it before the window closes."""
        self.run.close()
        self._films.close()

    def curve_actions(self, panel: CurvePanel) -> CurveActions:
        """The functions of the robustness curve's menu."""
        exports = CurveExports(
            self._state_to_draw, panel, self._target, self.run, report=self._show_message
        )
        return exports.actions(scale=lambda: self.pictures.scale)

    def degradation_exports(self, plot: Callable[[], DegradationPlot | None]) -> DegradationExports:
        """Saves the degradation curve that `plot` returns."""
        return DegradationExports(
            self._state_to_draw, plot, self._target, self.run, scale=lambda: self.pictures.scale
        )

    @property
    def removal_export(self) -> RemovalExport:
        """The function of the path player's export button, and whether it is enabled."""
        return RemovalExport(
            refused=lambda: export_offer(self._state_to_draw(), busy=self.run.busy).computed,
            save=self.animate,
            changed=self.run.busy_changed,
        )

    def animate(
        self, path: Sequence[ModalitySubset], order: str = "", seconds: float = REMOVAL_S
    ) -> None:
        """Save a film of a stepwise removal.

        Args:
            path: The subsets.
            order: Name of the removal order, for the file's comment.
            seconds: Time of each step, in seconds.
        """
        self._films.stepwise_removal(path, order, seconds)

    def bookmark_film(self) -> None:
        """Save the bookmarks as slides or as a film."""
        self._films.bookmarks()

    def degradation_sweep(self) -> None:
        """Save a film of the sequence and the kind that the degrading panel shows."""
        key = self._degrading.sweep.key
        if key is not None:
            self._films.degradation_sweep(key)

    def label_map(self) -> None:
        """Save the label map of the current subset as NIfTI, on the grid of the case's files."""
        state = self._state_to_draw()
        if state.case is None or state.shown is None or self.run.busy:
            return
        ask = self._target.file
        path = ask(state.case.id, state.shown, WHAT, ENDING, names=names_of_label_map)
        if path is not None:
            self.run.write(label_map(state, state.shown, path), "label map")

    def label_maps(self) -> None:
        """Save the label maps of all computed subsets as NIfTI in a folder."""
        state = self._state_to_draw()
        if state.case is None or self.run.busy:
            return
        subsets = computed_subsets(state)
        images = names_of_label_maps(state, subsets).values()
        names = [name for image in images for name in names_of_label_map(image)]
        folder = self._target.folder("label maps", names)
        if folder is not None:
            self.run.write(label_maps(state, subsets, folder), "label maps")

    def sequence_maps(self) -> None:
        """Save the label map of the current subset on every sequence's slices in a folder."""
        state = self._state_to_draw()
        if state.case is None or state.shown is None or self.run.busy:
            return
        images = names_of_sequence_maps(state, state.shown).values()
        names = [name for image in images for name in names_of_label_map(image)]
        folder = self._target.folder("label maps", names)
        if folder is not None:
            self.run.write(sequence_maps(state, state.shown, folder), "label maps")

    def surfaces(self, form: MeshFormat) -> None:
        """Save the surfaces of the current subset, in world millimetres."""
        state = self._state_to_draw()
        if state.case is None or state.shown is None or self.run.busy:
            return
        path = self._target.file(
            state.case.id,
            state.shown,
            "surfaces",
            form.value,
            names=lambda name: names_of_surfaces(name, form),
        )
        if path is not None:
            self._remark = _without_surface(state, state.shown)
            self.run.draw(surface_files(state, state.shown, path, form), "surfaces")

    def tables(self) -> None:
        """Save all numbers as CSV tables."""
        state = self._state_to_draw()
        if state.case is None or self.run.busy:
            return
        path = self._target.file(state.case.id, None, "numbers", "csv", names=names_of_tables)
        if path is not None:
            self.run.write(write_tables(state, path), "numbers")

    def copy_numbers(self) -> None:
        """Copy the table of all numbers to the clipboard as tab-separated text."""
        state = self._state_to_draw()
        if state.case is not None and state.results:
            rows = subset_rows(state, state.case)
            QGuiApplication.clipboard().setText(csv_of(rows, delimiter="\t"))
            self._show_message(f"Numbers of {len(state.results)} subsets copied to the clipboard")

    def numbers(self) -> None:
        """Save all numbers as JSON."""
        state = self._state_to_draw()
        if state.case is None or self.run.busy:
            return
        path = self._target.file(state.case.id, None, "numbers", "json")
        if path is not None:
            self.run.write(write_numbers(state, path), "numbers")

    def _set_scale(self, scale: int) -> None:
        self.pictures.scale = scale

    def _on_saved(self, paths: Paths) -> None:
        first = min(paths, key=lambda path: path.suffix == ".json")  # its metadata
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        remark, self._remark = self._remark, ""
        self._show_message(
            f"Saved {first.name}{more} in {shortened(str(first.parent), PLACE_LENGTH)}{remark}"
        )

    def _show_message(self, done: str) -> None:
        self._window.statusBar().showMessage(done, SAVED_MS)


def _without_surface(state: State, subset: ModalitySubset) -> str:
    """`; no ET predicted, so there is no surface of it`; "" where every region has one."""
    result = state.results.get(subset)
    empty = [r for r in Region if result is not None and not result.volumes_ml[r]]
    return f"; no {listed(empty)} predicted: no surface of it" if empty else ""


def _documents() -> Path:
    """The folder in which file dialogs start: the user's documents, not the folder of the data."""
    documents = platformdirs.user_documents_path()
    return documents if documents.is_dir() else Path.home()
