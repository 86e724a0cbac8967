"""Exports of films: asks how and where to, then draws and writes."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtWidgets import QDialog, QWidget

from ccsd_app.export.film.settings import FilmFormat
from ccsd_app.export.film.slides import INDEX, new_folder
from ccsd_app.export.film.video import no_video
from ccsd_app.export.film.write import write_film
from ccsd_app.export.names import file_name
from ccsd_app.qt.exporting.export_run import ExportRun
from ccsd_app.qt.exporting.export_target import ExportTarget
from ccsd_app.qt.exporting.film.film_dialog import FilmChoice, FilmDialog
from ccsd_app.qt.exporting.film.shots import REMOVAL_S, bookmark_slides, stepwise_removal
from ccsd_app.qt.exporting.film.source import FilmSource, drawn_pictures
from ccsd_app.qt.exporting.film.turntable import turntable
from ccsd_app.qt.view3d.view3d import Status
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.qt.widgets.queued_call import QueuedCall
from ccsd_app.session.jobs import JobRunner
from ccsd_app.session.state import State
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import CcsdError


class FilmExports:
    """Asks the user, then draws with the views of the window and writes in a thread.

    Args:
        window: Parent of the dialogs.
        state_to_draw: Returns the state to draw, without hidden results.
        views: The views that draw it.
        target: Asks for the file.
        run: Draws and writes the files.
        report: Called with the message of a film that cannot be drawn.
        scale: Returns the pixels of a picture per window pixel, unless a size is chosen.
    """

    def __init__(
        self,
        window: QWidget,
        state_to_draw: Callable[[], State],
        views: ViewsGrid,
        target: ExportTarget,
        run: ExportRun,
        *,
        report: Callable[[str], None],
        scale: Callable[[], float],
    ) -> None:
        self._window = window
        self._state_to_draw = state_to_draw
        self._views = views
        self._target = target
        self._run = run
        self._report = report
        self._scale = scale
        self._form = FilmFormat.GIF if no_video() else FilmFormat.MP4
        self._queued_call = QueuedCall(window)
        self._measuring = JobRunner(
            ThreadPoolExecutor(1, thread_name_prefix="ccsd-film-size"), self._queued_call
        )

    def close(self) -> None:
        """End the thread that measures sizes."""
        self._queued_call.close()
        self._measuring.close()

    def no_turntable(self) -> str:
        """Why the 3-D view cannot be rotated; "" if it can."""
        match self._views.view3d.status:
            case Status.LIVE:
                return ""
            case Status.STARTING:
                return "3-D view is starting"
            case _:
                return f"3-D view cannot be rotated: {self._views.view3d.reason}"

    def turntable(self) -> None:
        """Save a film of the 3-D view turning once around."""
        self._film(lambda state: turntable(self._views.view3d, state))

    def stepwise_removal(
        self, path: Sequence[ModalitySubset], order: str = "", seconds: float = REMOVAL_S
    ) -> None:
        """Save a film of the views, one step for each subset of `path`.

        Args:
            path: The subsets.
            order: Name of the removal order.
            seconds: Time of each step, in seconds.
        """
        self._film(
            lambda state: stepwise_removal(self._views, state, path, order=order, seconds=seconds)
        )

    def bookmarks(self) -> None:
        """Save the bookmarks as slides or as a film."""
        self._film(lambda state: bookmark_slides(self._views, state))

    def _film(self, make: Callable[[State], FilmSource]) -> None:
        state = self._state_to_draw()
        if state.case is None or self._run.busy:
            return
        try:
            source = make(state)
        except CcsdError as error:
            self._report(str(error))
            return
        choice = self._ask(source)
        if choice is not None:
            self._save(state, choice)

    def _ask(self, source: FilmSource) -> FilmChoice | None:
        dialog = FilmDialog(
            f"Film: {source.title}",
            source,
            form=self._form,
            scale=self._scale(),
            runner=self._measuring,
            parent=self._window,
        )
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        choice = dialog.choice if accepted else None
        dialog.deleteLater()
        return choice

    def _save(self, state: State, choice: FilmChoice) -> None:
        source, settings = choice.source, choice.settings
        self._form = settings.form
        path = self._place(state, choice)
        if path is None:
            return
        self._run.draw_and_write(
            drawn_pictures(source, choice.scale, size=settings.size),
            lambda film: write_film(film, settings, path),
            source.title,
        )

    def _place(self, state: State, choice: FilmChoice) -> Path | None:
        """The file; for slides, a new folder in the one that the user chooses."""
        assert state.case is not None
        source, form = choice.source, choice.settings.form
        if form is not FilmFormat.SLIDES:
            return self._target.file(state.case.id, source.subset, source.what, form.value)
        folder = self._target.folder("slides", [])
        if folder is None:
            return None
        name = file_name(state.case.id, source.subset, f"{source.what}-slides", INDEX)
        return new_folder(folder / name.removesuffix(f".{INDEX}"))
