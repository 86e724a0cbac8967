"""Who hears that the state changed; one that fails does not keep the others from hearing it.

psygnal ends its round at the first listener that raises, and the window would stand still with
half of its parts on the old state. Here everybody is told, and the first error is raised after.
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
        """Have a listener called from now on, after those that are there."""
        self._held.append(WeakMethod(listener) if ismethod(listener) else _strongly(listener))
        return listener

    def disconnect(self, listener: Listener | None = None) -> None:
        """Call a listener no more; None is all of them."""
        self._held = [] if listener is None else [h for h in self._held if h() != listener]

    def emit(self, old: State, new: State) -> None:
        """Tell everybody.

        Raises:
            Exception: The first error of a listener, after all were told.
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


def _strongly(listener: Any) -> Callable[[], Listener]:
    return lambda: listener
