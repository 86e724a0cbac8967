"""View-model of the guided tour: the current step, and the text of its popup.

start ──▶ step: text, instruction ── done ──▶ ✓ what was done, what it means ── Next ──▶ …
                └── Return: the tour performs it

The tour does not advance automatically. A step whose action is already done shows its outcome at
once.
"""

from dataclasses import dataclass

from psygnal import Signal

from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.path_player import PathPlayer
from ccsd_app.viewmodel.panels.path_view import PlayerView
from ccsd_app.viewmodel.panels.paths import PathKind
from ccsd_app.viewmodel.teaching.tour_setting import with_tour_settings, with_user_settings
from ccsd_app.viewmodel.teaching.tour_steps import Step, steps

ALWAYS_FREE = ("curve_panel",)
"""Widgets that no popup should cover, because the effect of a step is visible there."""


@dataclass(frozen=True, slots=True)
class TourPopup:
    """What the popup next to the target shows.

    Args:
        target: Object name of the widget it points at.
        keep_visible: Widgets not to cover, if possible.
        title: What the step is about.
        text: Two sentences: an explanation, or the outcome of the action.
        instruction: What the user may do; "" once it is done.
        done_text: What was done; "" before that.
        in_progress: Whether the tour performs it, and its result is not on screen yet.
        number, total: Number of the step, and of all steps.
    """

    target: str
    keep_visible: tuple[str, ...]
    title: str
    text: str
    instruction: str
    done_text: str
    number: int
    total: int
    in_progress: bool = False

    @property
    def can_perform(self) -> bool:
        """Whether Return performs the step's action instead of going to the next step."""
        return bool(self.instruction) and not self.in_progress

    @property
    def first(self) -> bool:
        return self.number == 1

    @property
    def last(self) -> bool:
        return self.number == self.total


class TourModel:
    """The state of the tour; `changed` is emitted with the popup, or None after the end.

    Args:
        session: Holds the state, which is restored at the end.
        player: The path player, which is paused when the tour leaves its step.
    """

    changed = Signal(object)

    def __init__(self, session: Session, player: PathPlayer | None = None) -> None:
        self._session = session
        self._player = player
        self._index: int | None = None
        self._performed = self._is_done = False
        self._before = session.state
        self._kept: tuple[State, PathKind | None] | None = None
        self._popup: TourPopup | None = None
        session.changed.connect(self._on_session_changed)
        if player is not None:
            player.shown.changed.connect(self._on_removal_changed)

    @property
    def popup(self) -> TourPopup | None:
        return self._popup

    def popups(self) -> tuple[TourPopup, ...]:
        """Every popup of the tour for the state, before and after its action.

        Those for a single sequence are included, because only then a step suggests to add another.
        """
        state = self._session.state
        fewer = state.using(state.used.of_size(1)[0])
        return tuple(
            _popup(all_steps, at, done=done)
            for all_steps in map(steps, (state, fewer))
            for at in range(len(all_steps))
            for done in (False, True)
        )

    def start(self) -> None:
        """Start with the first step, if a case is open."""
        state = self._session.state
        if state.case is None:
            return
        if self._kept is None:
            self._kept = (state, None if self._player is None else self._player.view.setup.kind)
        self._pause()
        self._session.become(with_tour_settings(state))
        self._enter(0)

    def back(self) -> None:
        if self._index:
            self._enter(self._index - 1)

    def next_step(self) -> None:
        """Go to the next step; after the last one, end the tour."""
        if self._index is None:
            return
        if self._index + 1 < len(steps(self._session.state)):
            self._enter(self._index + 1)
        else:
            self.end()

    def perform_or_next(self) -> None:
        """Perform the step's action if it is not done yet, else go to the next step (Return)."""
        if self._popup is None or not self._popup.instruction:
            self.next_step()
        elif self._popup.can_perform:
            self.perform()

    def perform(self) -> None:
        """Perform the action of the step."""
        if self._index is None or self._performed:
            return  # performing it twice would undo it
        self._performed = True
        state = self._session.state
        step = steps(state)[self._index]
        if step.action is not None:
            self._session.become(step.action(state))
        elif self._player is not None and not self._player.view.setup.playing:
            self._player.toggle()
        self._show()

    @property
    def _busy(self) -> bool:
        """Whether a result is being computed for the screen."""
        playing = self._player is not None and self._player.view.setup.playing
        state = self._session.state
        return (state.waiting and not state.stopped) or playing

    def end(self) -> None:
        """End the tour and restore the user's display settings."""
        self._index = None
        still_done, self._kept = self._kept, None
        if still_done is not None:
            before, kind = still_done
            self._pause()
            if self._player is not None and self._player.view.setup.kind is not kind:
                self._player.choose(kind)
            self._session.become(with_user_settings(self._session.state, before))
        self._show()

    def _enter(self, index: int) -> None:
        self._pause()
        self._index = index
        self._performed = self._is_done = False
        self._before = self._session.state
        self._show()

    def _pause(self) -> None:
        if self._player is not None:
            self._player.pause()

    def _on_session_changed(self, old: State, new: State) -> None:
        if self._index is None:
            return
        if new.original is not old.original:
            self._enter(self._index)
        else:
            self._show()

    def _on_removal_changed(self, _: PlayerView) -> None:
        """Update the popup: a player that is paused changes nothing more."""
        if self._index is not None:
            self._show()

    def _show(self) -> None:
        popup = None
        if self._index is not None:
            now = self._session.state
            all_steps = steps(now)
            step_before, step = steps(self._before)[self._index], all_steps[self._index]
            instruction = step.instruction or step_before.instruction
            if not step_before.instruction:
                self._before = now  # an action that becomes possible now starts from this state
            # An action stays done while something else is being computed.
            still_done = self._is_done and (now.waiting or step.stays)
            done = bool(instruction) and (step.done(self._before, now) or still_done)
            self._is_done = done
            in_progress = self._performed and not done and self._busy
            self._performed &= done or in_progress  # stopped or undone, it can be performed again
            popup = _popup(
                all_steps, self._index, done=done, instruction=instruction, in_progress=in_progress
            )
        if popup != self._popup:
            self._popup = popup
            self.changed.emit(popup)


def _popup(
    all_steps: tuple[Step, ...],
    at: int,
    *,
    done: bool,
    instruction: str | None = None,
    in_progress: bool = False,
) -> TourPopup:
    """The popup of a step; its action may be impossible once it is done."""
    step = all_steps[at]
    instruction = step.instruction if instruction is None else instruction
    done = done and bool(instruction)
    return TourPopup(
        step.target,
        tuple(dict.fromkeys((*step.keep_visible, *ALWAYS_FREE))),
        step.title,
        step.outcome if done else step.text,
        "" if done else instruction,
        step.done_text if done else "",
        at + 1,
        len(all_steps),
        in_progress=in_progress and bool(instruction),
    )
