"""Everything that can leave the window: asks where to, then has it drawn and written.

The state is taken when the user asks: what is toggled later changes nothing in the file. All of
them are given the one `look`, which knows nothing of what is hidden until the user guesses.
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
from ccsd_app.export.mesh_files import MeshFormat, names_of_surfaces, surface_files
from ccsd_app.export.number_files import csv_of, names_of_tables, write_numbers, write_tables
from ccsd_app.export.numbers import subset_rows
from ccsd_app.qt.exporting.animation import WALK_MS
from ccsd_app.qt.exporting.curve_exports import CurveExports
from ccsd_app.qt.exporting.export_menu import ExportActions
from ccsd_app.qt.exporting.export_run import ExportRun, Paths
from ccsd_app.qt.exporting.export_target import ExportTarget
from ccsd_app.qt.exporting.picture_exports import PictureExports
from ccsd_app.qt.panels.curve_menu import CurveActions
from ccsd_app.qt.panels.path_player import WalkActions
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.session.hidden import seen
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.exporting.export_menu import computed_subsets, export_offer, walk_down
from ccsd_app.viewmodel.open_case.recent import PLACE_LENGTH, shortened
from ccsd_app.viewmodel.panels.curve_panel import CurvePanel
from ccsd_core.domain.modality import ModalitySubset

SAVED_MS = 6000
"""How long the status line tells what was saved or copied."""


class Exporter:
    """Asks the user, then draws and writes.

    Args:
        window: Parent of the dialogs, and what a picture of the window shows.
        session: What is exported, and where problems are told.
        views: The views that are drawn.
    """

    def __init__(self, window: QMainWindow, session: Session, views: ViewsGrid) -> None:
        self._window = window
        self._look: Callable[[], State] = lambda: seen(session.state)

        def tell(problem: str) -> None:
            session.become(session.state.with_problem(problem))

        self.run = ExportRun(window, saved=self._on_saved, failed=tell)
        self._target = ExportTarget(window, _documents(), tell)
        self.pictures = PictureExports(window, self._look, views, self._target, self.run)

    @property
    def actions(self) -> ExportActions:
        """What the Export menu does."""
        pictures = self.pictures
        return ExportActions(
            offer=lambda: export_offer(self._look(), busy=self.run.busy),
            pictures=pictures.offered,
            label_map=self.label_map,
            label_maps=self.label_maps,
            surfaces=self.surfaces,
            turntable=pictures.turntable,
            no_turntable=pictures.no_turntable,
            walk=lambda: self.animate(walk_down(self._look())),
            tables=self.tables,
            numbers=self.numbers,
            scale=lambda: pictures.scale,
            set_scale=self._set_scale,
        )

    def close(self) -> None:
        """Stop what runs. Call it before the window closes."""
        self.run.close()

    def curve_actions(self, panel: CurvePanel) -> CurveActions:
        """What the menu over the robustness curve does."""
        exports = CurveExports(self._look, panel, self._target, self.run, told=self._say)
        return exports.actions(scale=lambda: self.pictures.scale)

    @property
    def walk_actions(self) -> WalkActions:
        """What the path player's button does."""
        return WalkActions(
            refused=lambda: export_offer(self._look(), busy=self.run.busy).computed,
            save=self.animate,
            changed=self.run.busy_changed,
        )

    def animate(
        self, path: Sequence[ModalitySubset], order: str = "", step_ms: int = WALK_MS
    ) -> None:
        """A moving picture of a walk along subsets, which must be computed.

        Args:
            path: The subsets.
            order: What they are ordered by, for the file's comment.
            step_ms: How long each is shown.
        """
        self.pictures.animate(path, order, step_ms)

    def label_map(self) -> None:
        """The shown subset as NIfTI, on the grid of the case's own files."""
        state = self._look()
        if state.case is None or state.shown is None or self.run.busy:
            return
        ask = self._target.file
        path = ask(state.case.id, state.shown, WHAT, ENDING, names=names_of_label_map)
        if path is not None:
            self.run.write(label_map(state, state.shown, path), "label map")

    def label_maps(self) -> None:
        """All computed subsets as NIfTI, into a folder."""
        state = self._look()
        if state.case is None or self.run.busy:
            return
        subsets = computed_subsets(state)
        images = names_of_label_maps(state, subsets).values()
        names = [name for image in images for name in names_of_label_map(image)]
        folder = self._target.folder("label maps", names)
        if folder is not None:
            self.run.write(label_maps(state, subsets, folder), "label maps")

    def surfaces(self, form: MeshFormat) -> None:
        """The shown subset's surfaces, in world mm."""
        state = self._look()
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
            self.run.draw(surface_files(state, state.shown, path, form), "surfaces")

    def tables(self) -> None:
        """All numbers as CSV tables."""
        state = self._look()
        if state.case is None or self.run.busy:
            return
        path = self._target.file(state.case.id, None, "numbers", "csv", names=names_of_tables)
        if path is not None:
            self.run.write(write_tables(state, path), "numbers")

    def copy_numbers(self) -> None:
        """The table of all numbers into the clipboard, tabs between them."""
        state = self._look()
        if state.case is not None and state.results:
            rows = subset_rows(state, state.case)
            QGuiApplication.clipboard().setText(csv_of(rows, between="\t"))
            self._say(f"Numbers of {len(state.results)} subsets copied to the clipboard")

    def numbers(self) -> None:
        """All numbers as JSON."""
        state = self._look()
        if state.case is None or self.run.busy:
            return
        path = self._target.file(state.case.id, None, "numbers", "json")
        if path is not None:
            self.run.write(write_numbers(state, path), "numbers")

    def _set_scale(self, scale: int) -> None:
        self.pictures.scale = scale

    def _on_saved(self, paths: Paths) -> None:
        first = min(paths, key=lambda path: path.suffix == ".json")  # what lies beside it
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        self._say(f"Saved {first.name}{more} in {shortened(str(first.parent), PLACE_LENGTH)}")

    def _say(self, done: str) -> None:
        self._window.statusBar().showMessage(done, SAVED_MS)


def _documents() -> Path:
    """Where file dialogs begin: among the user's own documents, and not among the data."""
    documents = platformdirs.user_documents_path()
    return documents if documents.is_dir() else Path.home()
