"""The guided tour: which step it is at, and what its card says.

start ──▶ step: text, ask ── done ──▶ the same step: ✓ what was done, what it means ── Next ──▶ …
                └── Return: done for the user; further ones wait for what comes of it

Nothing goes on by itself. What is done already when its step comes shows its outcome at once.
"""

from dataclasses import dataclass

from psygnal import Signal

from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.path_player import PathPlayer
from ccsd_app.viewmodel.panels.path_view import PlayerView
from ccsd_app.viewmodel.panels.paths import PathKind
from ccsd_app.viewmodel.teaching.tour_setting import put_back, staged
from ccsd_app.viewmodel.teaching.tour_steps import Step, steps

ALWAYS_FREE = ("curve_panel",)
"""Whatever a step does is seen here, too."""


@dataclass(frozen=True, slots=True)
class TourCard:
    """What the card beside the target shows.

    Args:
        target: Object name of the widget it points at.
        beside: Widgets to leave free as far as possible.
        title: What the step is about.
        text: Two sentences: what there is, or what came of it.
        ask: What the user may do; "" once it is done.
        did: What was done; "" before that.
        coming: Whether it is being done for the user, and has yet to come on screen.
        number, total: Which step of how many.
    """

    target: str
    beside: tuple[str, ...]
    title: str
    text: str
    ask: str
    did: str
    number: int
    total: int
    coming: bool = False

    @property
    def to_show(self) -> bool:
        """Whether Return does what the step asks for, and does not go on."""
        return bool(self.ask) and not self.coming

    @property
    def first(self) -> bool:
        return self.number == 1

    @property
    def last(self) -> bool:
        return self.number == self.total


class TourModel:
    """Where the tour is; `changed` is told the card, or None when there is no tour.

    Args:
        session: What is shown, and put back at the end.
        player: The walk, which pauses when its step is left.
    """

    changed = Signal(object)

    def __init__(self, session: Session, player: PathPlayer | None = None) -> None:
        self._session = session
        self._player = player
        self._index: int | None = None
        self._was_shown = self._did = False
        self._before = session.state
        self._kept: tuple[State, PathKind | None] | None = None
        self._card: TourCard | None = None
        session.changed.connect(self._on_session_changed)
        if player is not None:
            player.shown.changed.connect(self._on_walk_changed)

    @property
    def card(self) -> TourCard | None:
        return self._card

    def cards(self) -> tuple[TourCard, ...]:
        """Every card there is for the state, before and after what it asks for."""
        every = steps(self._session.state)
        asked = [_card(every, at, done=False) for at in range(len(every))]
        return (*asked, *(_card(every, at, done=True) for at in range(len(every))))

    def start(self) -> None:
        """Begin with the first step, if a case is open."""
        state = self._session.state
        if state.case is None:
            return
        if self._kept is None:
            self._kept = (state, None if self._player is None else self._player.view.setup.kind)
        self._pause()
        self._session.become(staged(state))
        self._enter(0)

    def back(self) -> None:
        if self._index:
            self._enter(self._index - 1)

    def go_on(self) -> None:
        """The next step; after the last one the tour is over."""
        if self._index is None:
            return
        if self._index + 1 < len(steps(self._session.state)):
            self._enter(self._index + 1)
        else:
            self.end()

    def press_on(self) -> None:
        """Return: do what the step asks for, if nobody has yet; once it is done the next step."""
        if self._card is None or not self._card.ask:
            self.go_on()
        elif self._card.to_show:
            self.show_it()

    def show_it(self) -> None:
        """Do what the step asks for."""
        if self._index is None or self._was_shown:
            return  # a second time it would be undone, or lead elsewhere
        self._was_shown = True
        state = self._session.state
        step = steps(state)[self._index]
        if step.show is not None:
            self._session.become(step.show(state))
        elif self._player is not None and not self._player.view.setup.playing:
            self._player.toggle()
        self._show()

    @property
    def _busy(self) -> bool:
        """Whether something is on its way to the screen."""
        playing = self._player is not None and self._player.view.setup.playing
        state = self._session.state
        return (state.waiting and not state.stopped) or playing

    def end(self) -> None:
        """Leave, and put back what the user had."""
        self._index = None
        kept, self._kept = self._kept, None
        if kept is not None:
            before, kind = kept
            self._pause()
            if self._player is not None and self._player.view.setup.kind is not kind:
                self._player.choose(kind)
            self._session.become(put_back(self._session.state, before))
        self._show()

    def _enter(self, index: int) -> None:
        self._pause()
        self._index = index
        self._was_shown = self._did = False
        self._before = self._session.state
        self._show()

    def _pause(self) -> None:
        if self._player is not None:
            self._player.pause()

    def _on_session_changed(self, old: State, new: State) -> None:
        if self._index is None:
            return
        if new.case is not old.case:
            self._enter(self._index)
        else:
            self._show()

    def _on_walk_changed(self, _: PlayerView) -> None:
        """A walk that is paused brings nothing more."""
        if self._index is not None:
            self._show()

    def _show(self) -> None:
        card = None
        if self._index is not None:
            now = self._session.state
            every = steps(now)
            asked, step = steps(self._before)[self._index], every[self._index]
            ask = step.ask or asked.ask
            if not asked.ask:
                self._before = now  # what could not be asked for until now begins here
            # What was done stays so while something else is on its way.
            kept = self._did and (now.waiting or step.stays)
            done = bool(ask) and (step.done(self._before, now) or kept)
            self._did = done
            coming = self._was_shown and not done and self._busy
            self._was_shown &= done or coming  # stopped or undone, it can be asked for again
            card = _card(every, self._index, done=done, ask=ask, coming=coming)
        if card != self._card:
            self._card = card
            self.changed.emit(card)


def _card(
    every: tuple[Step, ...], at: int, *, done: bool, ask: str | None = None, coming: bool = False
) -> TourCard:
    """A step's card; what was asked for may be impossible now that it is done."""
    step = every[at]
    ask = step.ask if ask is None else ask
    done = done and bool(ask)
    return TourCard(
        step.target,
        tuple(dict.fromkeys((*step.beside, *ALWAYS_FREE))),
        step.title,
        step.outcome if done else step.text,
        "" if done else ask,
        step.did if done else "",
        at + 1,
        len(every),
        coming=coming and bool(ask),
    )
