"""A value derived from the state, announced only when it changes: what one widget shows.

Session ── changed(old, new) ──▶ DerivedValue ── changed(value) ──▶ widget
                                   └── show(new) != show(old)?

The crosshair moves sixty times per second and progress is reported for every block, so a derived
value can name fields that it does not depend on; it is not computed if only these change. Nor is it
computed while it is paused, because its widget is hidden.

Results that "Guess first" hides are removed here, so that no panel can reveal them.
"""

from collections.abc import Callable, Collection
from dataclasses import fields
from operator import attrgetter, is_
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
        self._read = attrgetter(*(name for name in _FIELDS if name not in ignores))
        self._session = session
        self._show: Callable[[State], Shown] = (
            show if with_hidden else lambda state: show(without_hidden(state))
        )
        self._value = self._show(session.state)
        self._paused = self._outdated = False
        session.changed.connect(self._on_session_changed)

    @property
    def value(self) -> Shown:
        """The value for the current state, also while it is paused."""
        if self._outdated:
            self._compute(self._session.state)
        return self._value

    def pause(self) -> None:
        """Compute nothing, and announce nothing, until `resume` or until the value is read."""
        self._paused = True

    def resume(self) -> None:
        """Follow the state again."""
        self._paused = False
        if self._outdated:
            self._compute(self._session.state)

    def refresh(self) -> None:
        """Compute the value again, because something else that `show` depends on has changed."""
        self._update(self._session.state)

    def _on_session_changed(self, old: State, new: State) -> None:
        if not all(map(is_, self._read(old), self._read(new))):
            self._update(new)

    def _update(self, state: State) -> None:
        if self._paused:
            self._outdated = True
        else:
            self._compute(state)

    def _compute(self, state: State) -> None:
        self._outdated = False
        value = self._show(state)
        if value != self._value:
            self._value = value
            self.changed.emit(value)
