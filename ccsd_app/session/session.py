"""Holds the one `State` and announces its changes.

    view-model ── become(next) ──▶ Session ── changed(old, new) ──▶ view-models, views, 3-D

Everything here happens on the GUI thread; the inference process reaches it through `QueuedCall`.
"""

from ccsd_app.session.listeners import Listeners
from ccsd_app.session.state import State


class Session:
    """Holds the state.

    Listeners may call `become` while they handle a change; the change is announced after every
    listener has handled the current one, so that no listener sees a newer state before an older
    one. A listener that fails does not stop the others.
    """

    def __init__(self, state: State | None = None) -> None:
        self.changed = Listeners()
        self._state = state or State()
        self._announced = self._state
        self._announcing = False

    @property
    def state(self) -> State:
        return self._state

    def become(self, state: State) -> None:
        """Replace the state and announce the change, unless it is the very same object."""
        self._state = state
        if self._announcing:
            return
        self._announcing = True
        try:
            while self._announced is not self._state:
                old, self._announced = self._announced, self._state
                self.changed.emit(old, self._announced)
        finally:
            self._announcing = False
