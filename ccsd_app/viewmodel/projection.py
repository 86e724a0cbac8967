"""What one widget shows: a pure function of the state, announced only when its value changes.

Session ── changed(old, new) ──▶ Projection ── changed(value) ──▶ widget
                                    └── show(new) != show(old)?
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from psygnal import Signal

from ccsd_app.session.session import Session
from ccsd_app.session.state import State

Shown = TypeVar("Shown")


class Projection(Generic[Shown]):
    """Keeps `show(session.state)` and says when it is another value.

    Args:
        session: Where the state is.
        show: A pure function; its values must compare by `==`.
    """

    changed = Signal(object)

    def __init__(self, session: Session, show: Callable[[State], Shown]) -> None:
        self._show = show
        self._value = show(session.state)
        session.changed.connect(self._on_session_changed)

    @property
    def value(self) -> Shown:
        return self._value

    def _on_session_changed(self, old: State, new: State) -> None:
        value = self._show(new)
        if value != self._value:
            self._value = value
            self.changed.emit(value)
