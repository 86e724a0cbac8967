"""View-model of undo and redo: records the user's changes and reverts them."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from psygnal import Signal

from ccsd_app.session.history import History
from ccsd_app.session.session import Session
from ccsd_app.session.state import State


@dataclass(frozen=True, slots=True)
class UndoNames:
    """Names of the steps to undo and redo; "" if there is none."""

    undo: str = ""
    redo: str = ""


class UndoModel:
    """Keeps the history of a session.

    `changed` is emitted with `UndoNames` when they change, `announced` with a sentence after each
    step that was undone or redone.

    Args:
        session: The state.
        playing: Whether the player of the stepwise removal is playing.
        now_s: The clock, in seconds.
    """

    changed = Signal(UndoNames)
    announced = Signal(str)

    def __init__(
        self,
        session: Session,
        *,
        playing: Callable[[], bool] = lambda: False,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._playing = playing
        self._now_s = now_s
        self._history = History()
        self._own_state: State | None = None
        session.changed.connect(self._on_session_changed)

    @property
    def shown(self) -> UndoNames:
        return UndoNames(self._history.undo_name, self._history.redo_name)

    def undo(self) -> None:
        """Undo the latest change, or say that there is none."""
        name = self._history.undo_name
        history, state = self._history.undone(self._session.state)
        self._go(history, state, f"Undone: {name}" if name else "Nothing to undo")

    def redo(self) -> None:
        """Redo the latest undone change, or say that there is none."""
        name = self._history.redo_name
        history, state = self._history.redone(self._session.state)
        self._go(history, state, f"Redone: {name}" if name else "Nothing to redo")

    def _go(self, history: History, state: State, text: str) -> None:
        self._set_history(history)
        self._own_state = state
        self._session.become(state)
        self.announced.emit(text)

    def _on_session_changed(self, old: State, new: State) -> None:
        if new is self._own_state:
            self._own_state = None
            return
        self._set_history(
            self._history.recorded(old, new, now_s=self._now_s(), playing=self._playing())
        )

    def _set_history(self, history: History) -> None:
        before = self.shown
        self._history = history
        if self.shown != before:
            self.changed.emit(self.shown)
