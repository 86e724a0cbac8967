"""A value derived from the state, announced only when it changes: what one widget shows.

Session ── changed(old, new) ──▶ DerivedValue ── changed(value) ──▶ widget
                                   └── show(new) != show(old)?

The crosshair moves sixty times per second and progress is reported for every block, so a derived
value can name fields that it does not depend on; it is not computed if only these change.

Results that "Guess first" hides are removed here, so that no panel can reveal them.
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
    """Keeps `show(session.state)` and emits `changed` when the value changes.

    Args:
        session: Holds the state.
        show: A pure function; its values must compare by `==`.
        ignores: Fields of the state that `show` does not read.
        with_hidden: Whether `show` also gets the results that "Guess first" hides.
    """

    changed = Signal(object)

    def __init__(
        self,
        session: Session,
        show: Callable[[State], Shown],
        *,
        ignores: Collection[str] = (),
        with_hidden: bool = False,
    ) -> None:
        unknown = set(ignores) - set(_FIELDS)
        assert not unknown, f"no such fields of the state: {unknown}"
        self._read = tuple(name for name in _FIELDS if name not in ignores)
        self._session = session
        self._show: Callable[[State], Shown] = (
            show if with_hidden else lambda state: show(without_hidden(state))
        )
        self._value = self._show(session.state)
        session.changed.connect(self._on_session_changed)

    @property
    def value(self) -> Shown:
        return self._value

    def _on_session_changed(self, old: State, new: State) -> None:
        if all(getattr(old, name) is getattr(new, name) for name in self._read):
            return
        self._set(self._show(new))

    def refresh(self) -> None:
        """Compute the value again, because something else that `show` depends on has changed."""
        self._set(self._show(self._session.state))

    def _set(self, value: Shown) -> None:
        if value != self._value:
            self._value = value
            self.changed.emit(value)
