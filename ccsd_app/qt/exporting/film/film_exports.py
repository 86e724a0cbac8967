"""Exports of films: asks how and where to, then draws and writes."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
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
from ccsd_app.qt.exporting.film.shots import (
    REMOVAL_S,
    bookmark_slides,
    degradation_sweep,
    stepwise_removal,
    views_of_bookmarks,
)
from ccsd_app.qt.exporting.film.source import FilmSource, drawn_pictures
from ccsd_app.qt.exporting.film.turntable import turntable
from ccsd_app.qt.view3d.view3d import Status
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.qt.widgets.queued_call import QueuedCall
from ccsd_app.session.degraded_views import DegradedViews, DegradedViewsKey
from ccsd_app.session.jobs import JobRunner
from ccsd_app.session.on_demand import DEGRADED_VIEWS, DegradationCurveKey
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.exporting.degraded_views import sweep_of
from ccsd_core.data.degradation.kinds import TITLES
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import CcsdError


class FilmExports:
    """Asks the user, then draws with the views of the window and writes in a thread.

    Args:
        window: Parent of the dialogs.
        session: Where degraded images that a film needs are asked for.
        state_to_draw: Returns the state to draw, without hidden results.
        views: The views that draw it.
        target: Asks for the file.
        run: Draws and writes the files.
        report: Called with the message of a film that cannot be drawn.
        scale: Returns the pixels of a picture per window pixel, unless a size is chosen.
        cancel_views: Gives up the degraded images that were asked for.
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        state_to_draw: Callable[[], State],
        views: ViewsGrid,
        target: ExportTarget,
        run: ExportRun,
        *,
        report: Callable[[str], None],
        scale: Callable[[], float],
        cancel_views: Callable[[], None],
    ) -> None:
        self._window = window
        self._session = session
        self._cancel_views = cancel_views
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
        key = views_of_bookmarks(self._state_to_draw())
        if key is None:
            self._film(lambda state: bookmark_slides(self._views, state))
        else:
            self._film_of_views(
                key, "Bookmarks", lambda state, found: bookmark_slides(self._views, state, found)
            )

    def degradation_sweep(self, key: DegradationCurveKey) -> None:
        """Save a film of one sequence that gets worse and worse.

        Args:
            key: The sequence, the kind of degradation, and what the model is given.
        """
        self._film_of_views(
            sweep_of(key),
            f"{TITLES[key.kind]} of {key.sequence.label}",
            lambda state, found: degradation_sweep(self._views, state, key, found),
        )

    def _film(self, make: Callable[[State], FilmSource]) -> None:
        state = self._state_to_draw()
        if state.case is None or self._run.busy:
            return
        try:
            source = make(state)
        except CcsdError as error:
            self._report(str(error))
            return
        choice = self._ask(self._dialog(source.title, source))
        if choice is not None:
            self._save(state, choice)

    def _film_of_views(
        self,
        key: DegradedViewsKey,
        title: str,
        make: Callable[[State, DegradedViews], FilmSource],
    ) -> None:
        """A film of degraded images, which are computed while the dialog is open."""
        state, session = self._state_to_draw(), self._session
        if state.case is None or self._run.busy:
            return
        dialog = self._dialog(title, None)

        def on_changed(*_: State) -> None:
            now = session.state.on_demand
            found = now.value(DEGRADED_VIEWS, key)
            activity = session.state.activity
            if found is not None:
                session.changed.disconnect(on_changed)
                try:
                    dialog.show_source(make(state, found))
                except CcsdError as error:
                    dialog.show_waiting(str(error))
            elif problem := now.problem(DEGRADED_VIEWS, key):
                dialog.show_waiting(problem)
            else:
                ours = activity is not None and activity.what.startswith(key.label)
                what = activity.what if ours and activity is not None else "degraded images"
                dialog.show_waiting(f"Computing {what}…")

        session.changed.connect(on_changed)
        on_demand = session.state.on_demand.retrying(DEGRADED_VIEWS)
        session.become(replace(session.state, views_wanted=key, on_demand=on_demand))
        choice = self._ask(dialog)
        session.changed.disconnect(on_changed)
        self._cancel_views()
        if choice is not None:
            self._save(state, choice)

    def _dialog(self, title: str, source: FilmSource | None) -> FilmDialog:
        return FilmDialog(
            f"Film: {title}",
            source,
            form=self._form,
            scale=self._scale(),
            runner=self._measuring,
            parent=self._window,
        )

    def _ask(self, dialog: FilmDialog) -> FilmChoice | None:
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
