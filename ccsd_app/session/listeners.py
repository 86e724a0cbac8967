"""Listeners that are notified when the state changes; one that fails does not stop the others.

psygnal stops at the first listener that raises, which would leave some parts of the window in the
old state. Here all are notified, and the first error is raised afterwards.
"""

from collections.abc import Callable
from inspect import ismethod
from typing import Any
from weakref import WeakMethod

from ccsd_app.session.state import State

Listener = Callable[[State, State], object]


class Listeners:
    """Calls `listener(old, new)`. Bound methods are held weakly, as psygnal does."""

    def __init__(self) -> None:
        self._held: list[Callable[[], Listener | None]] = []

    def connect(self, listener: Listener) -> Listener:
        """Add a listener, which is called after the existing ones."""
        self._held.append(
            WeakMethod(listener) if ismethod(listener) else _strong_reference(listener)
        )
        return listener

    def disconnect(self, listener: Listener | None = None) -> None:
        """Remove a listener; None removes all."""
        self._held = [] if listener is None else [h for h in self._held if h() != listener]

    def emit(self, old: State, new: State) -> None:
        """Notify all listeners.

        Raises:
            Exception: The first error of a listener, after all were notified.
        """
        failed: Exception | None = None
        for held in list(self._held):
            listener = held()
            if listener is None:
                self._held.remove(held)
                continue
            try:
                listener(old, new)
            except Exception as error:  # noqa: BLE001 — raised below, after the others
                failed = failed or error
        if failed is not None:
            raise failed


def _strong_reference(listener: Any) -> Callable[[], Listener]:
    return lambda: listener
