"""A value derived from the state, announced only when it changes: what one widget shows.

Session ── changed(old, new) ──▶ Projection ── changed(value) ──▶ widget
                                    └── show(new) != show(old)?

The crosshair moves sixty times a second and progress is told at every block, so a projection
can name the fields it never looks at, and is left alone while only these change.

What is hidden until the user guesses is taken away here, so that no panel can give it away.
"""

from collections.abc import Callable, Collection
from dataclasses import fields
from typing import Generic, TypeVar

from psygnal import Signal

from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.session import Session
from ccsd_app.session.state import State

Shown = TypeVar("Shown")

CROSSHAIR = ("cursor_voxel",)
PROGRESS = ("activity",)
"""Fields of the state that change most often, and that most panels do not depend on."""

_FIELDS = tuple(field.name for field in fields(State))


class DerivedValue(Generic[Shown]):
    """Keeps `show(session.state)` and says when it is another value.

    Args:
        session: Where the state is.
        show: A pure function; its values must compare by `==`.
        ignores: Fields of the state that `show` never reads.
        whole: Show also what is hidden until the user guesses.
    """

    changed = Signal(object)

    def __init__(
        self,
        session: Session,
        show: Callable[[State], Shown],
        *,
        ignores: Collection[str] = (),
        whole: bool = False,
    ) -> None:
        unknown = set(ignores) - set(_FIELDS)
        assert not unknown, f"no such fields of the state: {unknown}"
        self._read = tuple(name for name in _FIELDS if name not in ignores)
        self._session = session
        self._show: Callable[[State], Shown] = (
            show if whole else lambda state: show(without_hidden(state))
        )
        self._value = self._show(session.state)
        session.changed.connect(self._on_session_changed)

    @property
    def value(self) -> Shown:
        return self._value

    def _on_session_changed(self, old: State, new: State) -> None:
        if all(getattr(old, name) is getattr(new, name) for name in self._read):
            return
        self._take(self._show(new))

    def refresh(self) -> None:
        """Compute the value again, because something else that `show` depends on has changed."""
        self._take(self._show(self._session.state))

    def _take(self, value: Shown) -> None:
        if value != self._value:
            self._value = value
            self.changed.emit(value)
