"""Holds the one `State` and says when it changed.

    view-model ── become(next) ──▶ Session ── changed(old, new) ──▶ view-models, views, 3-D

Everything here happens on the GUI thread; the inference process reaches it through `QueuedCall`.
"""

from ccsd_app.session.listeners import Listeners
from ccsd_app.session.state import State


class Session:
    """The one place where the state is kept.

    Listeners that call `become` while they are told of a change are heard in order: the
    change they ask for is announced after every listener has heard the present one, so no
    listener ever sees a newer state before an older one. One that fails does not keep the others
    from hearing.
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
        """Take `state` and tell everybody, unless it is the very state we have."""
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
