"""The steps that can be undone and redone, as a frozen value.

    recorded(old, new) ─▶ past: step step step │ future: –
    undone(state)      ─▶ past: step step      │ future: step     state with the choices before it
    redone(state)      ─▶ past: step step step │ future: –        state with the choices after it

A step holds only the choices that it changed, so undoing it does not change results or other
choices. Rapid changes (scrolling, dragging the opacity) are one step. Opening a case clears the
history.
"""

from dataclasses import dataclass, replace
from typing import Self

from ccsd_app.session.changes import (
    CURSOR,
    DEGRADATIONS,
    NAMES,
    ON_GRID,
    Values,
    changed_choices,
    restored,
    values,
)
from ccsd_app.session.preparation import Stage
from ccsd_app.session.state import State
from ccsd_core.domain.modality import Modality

LIMIT = 200
"""Most steps that are kept."""
MERGE_WITHIN_S = 1.5
"""Changes of one kind within this time, in seconds, are one step."""
MERGED = (CURSOR, "opacity", "windows", DEGRADATIONS)
PLAYED = "stepwise removal"
"""The name of the steps that the player takes."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change that can be undone.

    Args:
        name: Text that follows "Undo: ".
        before: The changed choices with their values before.
        after: The changed choices with their values after.
        at_s: Time of the change, in seconds.
    """

    name: str
    before: Values
    after: Values
    at_s: float


@dataclass(frozen=True, slots=True)
class History:
    """The steps that can be undone and redone.

    Args:
        past: Steps that can be undone, the latest last.
        future: Steps that can be redone, the next one last.
    """

    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()

    @property
    def undo_name(self) -> str:
        """What would be undone; "" if there is nothing."""
        return self.past[-1].name if self.past else ""

    @property
    def redo_name(self) -> str:
        """What would be redone; "" if there is nothing."""
        return self.future[-1].name if self.future else ""

    def recorded(self, old: State, new: State, *, now_s: float, playing: bool = False) -> Self:
        """The history after a change of the state.

        Args:
            old: The state before.
            new: The state after.
            now_s: The time in seconds, from any start.
            playing: Whether the player of the stepwise removal made the change.
        """
        if new.case is None:
            return self
        if new.original is not old.original and new.on_scanned == old.on_scanned:
            return self._on_other_images(old, new)
        changed = changed_choices(old, new)
        if not changed or (new.results is not old.results and changed == (CURSOR,)):
            return self  # the crosshair was moved to the tumour by the program
        if changed == ("used",) and (kept := self._before_cancelled(new)) is not None:
            return replace(self, past=kept)
        if changed == (CURSOR,) and self.future:
            return self  # moving the crosshair keeps the steps that can be redone
        name = PLAYED if playing and changed == ("used",) else NAMES[changed[0]](old, new)
        step = Step(name, values(old, changed), values(new, changed), now_s)
        last = self.past[-1] if self.past else None
        if last is not None and _continues(last, step) and not self.future:
            step = replace(step, before=last.before)
            return replace(self, past=(*self.past[:-1], step))
        return replace(self, past=(*self.past, step)[-LIMIT:], future=())

    def undone(self, state: State) -> tuple[Self, State]:
        """The history and the state after the latest step is undone."""
        if not self.past:
            return self, state
        step = self.past[-1]
        history = replace(self, past=self.past[:-1], future=(*self.future, step))
        return history, restored(state, step.before)

    def redone(self, state: State) -> tuple[Self, State]:
        """The history and the state after the latest undone step is done again."""
        if not self.future:
            return self, state
        step = self.future[-1]
        history = replace(self, past=(*self.past, step), future=self.future[:-1])
        return history, restored(state, step.after)

    def _before_cancelled(self, new: State) -> tuple[Step, ...] | None:
        """The remaining steps if the toggles went back to the subset on screen, as after Esc.

        None if the selection changed in another way.
        """
        for index, step in reversed(tuple(enumerate(self.past))):
            if tuple(step.before) != ("used",) or step.after["used"] in new.results:
                return None
            if step.before["used"] == new.used == new.shown:
                return self.past[:index]
        return None

    def _on_other_images(self, old: State, new: State) -> Self:
        """The history for other images: steps that apply to both, if the patient is the same."""
        same = old.case is not None and new.case is not None and old.case.id == new.case.id
        if not same or new.stage is Stage.NONE:
            return replace(self, past=(), future=())
        return replace(self, past=_without_grid(self.past), future=_without_grid(self.future))


def _continues(last: Step, step: Step) -> bool:
    """Whether a step belongs to the one before it."""
    if last.before.keys() != step.before.keys():
        return False
    if DEGRADATIONS in step.before and _degraded(last) != _degraded(step):
        return False
    if last.name == step.name == PLAYED:
        return True
    mergeable = set(step.before) <= set(MERGED)
    return mergeable and step.at_s - last.at_s < MERGE_WITHIN_S


def _degraded(step: Step) -> set[tuple[Modality, str]]:
    """Which kinds of degradation of which sequences a step changes."""
    before, after = step.before[DEGRADATIONS], step.after[DEGRADATIONS]
    return {(d.sequence, d.kind) for d in {*before.entries} ^ {*after.entries}}


def _without_grid(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    kept = (
        replace(
            step,
            before={k: v for k, v in step.before.items() if k not in ON_GRID},
            after={k: v for k, v in step.after.items() if k not in ON_GRID},
        )
        for step in steps
    )
    return tuple(step for step in kept if step.before)
