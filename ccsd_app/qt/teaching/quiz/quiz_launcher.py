"""Starts the quiz from the window, and brings back afterwards what was open before."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QWidget

from ccsd_app.engine.engine import Engine
from ccsd_app.qt.teaching.quiz.quiz_dialog import QuizDialog
from ccsd_app.session.guess import Guess
from ccsd_app.session.saved_session import SavedSession
from ccsd_app.session.session import Session
from ccsd_app.viewmodel.common.provenance import HASH_DIGITS
from ccsd_app.viewmodel.teaching.quiz.quiz_model import QuizModel
from ccsd_core.errors import CcsdError


class QuizLauncher:
    """Opens the dialog of the quiz.

    Args:
        window: The window that it covers.
        session: The state.
        engine: Opens the cases of the quiz.
        current_session: Returns what is open now; None if no case is.
        restore: Opens that again.
        folder: Returns the folder in which dialogs start.
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        engine: Engine,
        *,
        current_session: Callable[[], SavedSession | None],
        restore: Callable[[SavedSession], None],
        folder: Callable[[], Path],
    ) -> None:
        self._window = window
        self._session = session
        self._engine = engine
        self._current_session = current_session
        self._restore = restore
        self._folder = folder
        self._before: SavedSession | None = None
        self._guess = Guess()
        self._model: QuizModel | None = None
        self._running = False

    def show(self) -> QuizDialog:
        """Show the dialog."""
        self._model = QuizModel(self._session, self._open_case)
        dialog = QuizDialog(
            self._model,
            self._window,
            model_name=self._model_name,
            folder=self._folder,
            begun=self._on_begun,
        )
        dialog.finished.connect(self._on_finished)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _open_case(self, path: Path, *, then: Callable[[], None]) -> None:
        self._engine.open(path, then=then)

    def _model_name(self) -> str:
        model = self._session.state.model
        return "" if model is None else f"{model.name} {model.sha256[:HASH_DIGITS]}"

    def _on_begun(self) -> None:
        self._running = True
        self._before, self._guess = self._current_session(), self._session.state.guess
        self._engine.refused.block()  # a case that cannot be opened is skipped, not corrected

    def _on_finished(self, _: int) -> None:
        if self._model is not None:
            self._model.close()
        if not self._running:
            return
        self._running = False
        self._engine.cancel()
        self._engine.refused.unblock()
        self._session.become(replace(self._session.state, guess=self._guess))
        if self._before is None:
            return
        try:
            self._restore(self._before)
        except CcsdError as error:
            self._session.become(self._session.state.with_problem(str(error)))
