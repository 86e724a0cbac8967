"""View-model of undo and redo: records what the user changes, and takes it back."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from psygnal import Signal

from ccsd_app.session.history import History
from ccsd_app.session.session import Session
from ccsd_app.session.state import State


@dataclass(frozen=True, slots=True)
class UndoShown:
    """What the two controls show: the name of the step, "" where there is none."""

    undo: str = ""
    redo: str = ""


class UndoModel:
    """Keeps the history of a session.

    `changed` is emitted with `UndoShown` when it is another, `announced` with a sentence after each
    step that was undone or redone.

    Args:
        session: The state.
        playing: Whether the player of the stepwise removal is playing.
        now_s: The clock, in seconds.
    """

    changed = Signal(UndoShown)
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
        self._ours: State | None = None
        session.changed.connect(self._on_session_changed)

    @property
    def shown(self) -> UndoShown:
        return UndoShown(self._history.undo_name, self._history.redo_name)

    def undo(self) -> None:
        """Take the latest change back, or say that there is none."""
        name = self._history.undo_name
        history, state = self._history.undone(self._session.state)
        self._go(history, state, f"Undone: {name}" if name else "Nothing to undo")

    def redo(self) -> None:
        """Do again what was undone last, or say that there is nothing."""
        name = self._history.redo_name
        history, state = self._history.redone(self._session.state)
        self._go(history, state, f"Redone: {name}" if name else "Nothing to redo")

    def _go(self, history: History, state: State, text: str) -> None:
        self._take(history)
        self._ours = state
        self._session.become(state)
        self.announced.emit(text)

    def _on_session_changed(self, old: State, new: State) -> None:
        if new is self._ours:
            self._ours = None
            return
        self._take(self._history.recorded(old, new, now_s=self._now_s(), playing=self._playing()))

    def _take(self, history: History) -> None:
        before = self.shown
        self._history = history
        if self.shown != before:
            self.changed.emit(self.shown)
