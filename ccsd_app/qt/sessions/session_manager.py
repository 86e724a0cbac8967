"""Makes the session of the window, and restores one."""

from collections.abc import Callable
from pathlib import Path

from ccsd_app.engine.background_cache import StoredResults, model_info
from ccsd_app.engine.engine import Engine
from ccsd_app.engine.saved_models import Describe, with_saved_models
from ccsd_app.engine.session_file import differences, opening_of, saved_session
from ccsd_app.session.preparation import Stage
from ccsd_app.session.saved_session import SavedArrangement, SavedSession
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_core.domain.case import Case


class SessionManager:
    """Makes a `SavedSession` of the window, and opens one.

    Args:
        session: The state.
        engine: Opens the case.
        arrangement: Returns the layout of the views.
        arrange: Restores a layout of the views.
        describe: Describes a model.
    """

    def __init__(
        self,
        session: Session,
        engine: Engine,
        *,
        arrangement: Callable[[], SavedArrangement],
        arrange: Callable[[SavedArrangement], None],
        describe: Describe = model_info,
    ) -> None:
        self._session = session
        self._engine = engine
        self._arrangement = arrangement
        self._arrange = arrange
        self._describe = describe
        self._opened: tuple[SavedSession, Case] | None = None
        engine.recognised.connect(self._on_recognised)

    def current_session(self, folder: Path | None = None) -> SavedSession | None:
        """The session of the window; None if no case is open.

        Args:
            folder: The folder of its file; None for a file with absolute paths.
        """
        opening, state = self._engine.opened, self._session.state
        if opening is None or state.case is None:
            return None
        return saved_session(
            state,
            opening,
            contents=self._engine.contents,
            arrangement=self._arrangement(),
            folder=folder,
            model_source=self._engine.model,
        )

    def open(self, saved: SavedSession, folder: Path | None, *, case: Path | None = None) -> None:
        """Open the case of a session, with everything as it was shown.

        Args:
            saved: The session.
            folder: The folder of its file; None for a file with absolute paths.
            case: Path of the case, if it is not that of the session.

        Raises:
            ResourceError: If it is a session of the demo case and this installation has none.
        """
        opening = opening_of(saved, folder, case=case)
        stored = saved.case.preparation
        first = True

        def arranged(state: State) -> State:
            nonlocal first
            if first and state.case is not None:
                self._opened = (saved, state.case)
            first = False
            state = saved.arranged(state)
            if saved.case.prepared and state.stage is not Stage.DONE:
                return state  # results are of the prepared images
            return with_saved_models(state, saved, folder, self._describe)

        self._engine.open(
            opening.path,
            opening.files,
            opening.not_found,
            adjustments=None if stored is None else stored.adjustments,
            unprepared=stored is None,
            arrange=arranged,
            then=lambda: self._arrange(saved.arrangement),
        )

    def _on_recognised(self, stored: StoredResults) -> None:
        """Report differences to the images and the model of the saved session."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        saved, case = opened
        if self._session.state.original is not case:
            return
        state = self._session.state
        different = differences(saved.case.contents, stored.contents)
        if saved.case.contents and stored.contents and different:
            state = state.with_problem(
                f"The session was saved with other images ({', '.join(different)} differ): "
                "positions and numbers may not match; choose the right folder with Open session"
            )
        model = stored.model
        if model is not None and saved.model_sha256 not in ("", model.sha256):
            state = state.with_problem(
                f"The session was saved with the model {saved.model} {saved.model_sha256[:8]}; "
                f"results are now of {model.name} {model.sha256[:8]}"
            )
        if state is not self._session.state:
            self._session.become(state)
