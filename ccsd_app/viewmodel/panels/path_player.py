"""View-model of the path player: stepwise removal from all sequences to one.

    play ──▶ path[0] ──dwell──▶ path[1] ──▶ … ──▶ a single sequence: stops, or starts again
                 └── not computed yet: requested, then awaited

A step only selects the sequences; slices, 3-D view and curve follow, as with the toggles. If the
user selects others meanwhile, the player pauses.
"""

from collections.abc import Callable
from dataclasses import replace

from ccsd_app.session.on_demand import CRITICALITY
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.panels.path_view import PathSetup, PlayerView, player_view
from ccsd_app.viewmodel.panels.paths import CRITICAL, PathKind
from ccsd_core.distillation.path import Path
from ccsd_core.domain.modality import ModalitySubset

SPEEDS = (0.5, 1.0, 2.0)
"""Steps per second."""

CosinePath = Callable[[State], Path | None]


def computed_cosine_path(state: State) -> Path | None:
    """The path of this case by cosine criticality; None until it was requested and computed."""
    criticality = state.on_demand.value(CRITICALITY)
    return None if criticality is None else criticality.path or None


class PathPlayer:
    """Plays a stepwise removal of the open case.

    Args:
        session: Holds the state whose sequences it selects.
        resume: Resumes computing.
        cosine_path: The path of the case by cosine criticality, if it is computed in a state.
    """

    def __init__(
        self,
        session: Session,
        *,
        resume: Callable[[], None] = lambda: None,
        cosine_path: CosinePath = computed_cosine_path,
    ) -> None:
        self._session = session
        self._resume = resume
        self._cosine_path = cosine_path
        self._playing = False
        self._selected: ModalitySubset | None = None
        session.changed.connect(self._on_session_changed)
        self.shown = DerivedValue(session, self._show, ignores=CROSSHAIR + PROGRESS)

    @property
    def view(self) -> PlayerView:
        return self.shown.value

    def request_cosine_order(self) -> None:
        """Request the order by cosine criticality, which the list of orders offers."""
        state = self._session.state
        if state.on_demand.value(CRITICALITY) is None and not self.view.refused:
            self._session.become(state.asking(CRITICALITY))

    def choose(self, kind: PathKind | None) -> None:
        """Choose a removal order, or none; choosing the random one again takes the next seed."""
        again = kind is PathKind.RANDOM and self._setup.kind is kind
        seed = self._setup.seed + again
        self._become(replace(self._setup, kind=kind, seed=seed, playing=False))

    def toggle(self) -> None:
        """Play or pause. Off the path and at its end, playing starts with all sequences."""
        if self._setup.playing or self.view.refused:
            self.pause()
            return
        if self._setup.kind is None:
            self.choose(PathKind.GREATEST_LOSS)
        if self.view.path is None:  # the order by cosine criticality, not computed for this case
            self.request_cosine_order()
            return
        if self.view.guess_first:
            return
        self._become(replace(self._setup, playing=True))
        path = self.view.path
        assert path is not None, "there is a path unless playing is refused"
        on_it = self._session.state.used in path.subsets
        at_end = path.complete and self._session.state.used == path.subsets[-1]
        self._go(self._session.state.used if on_it and not at_end else path.subsets[0])
        if not path.complete and self._session.state.stopped:
            self._resume()

    def pause(self) -> bool:
        """Pause at the current step; returns whether it was playing."""
        was_playing = self._setup.playing
        self._become(replace(self._setup, playing=False))
        return was_playing

    def advance(self) -> None:
        """Go to the next step, when the time of the current one is over."""
        path = self.view.path
        if self.view.dwell is None or path is None:
            return
        self._go(self.view.ahead or path.subsets[0])
        at_end = self.view.ahead is None and path.complete and not self._setup.loop
        if at_end or self.view.guess_first:
            self.pause()

    def back(self) -> None:
        """Go one step back: add a sequence, and pause."""
        self.go(self.view.back)

    def forward(self) -> None:
        """Go one step forward and pause; from off the path, go to its first step."""
        self.go(self.view.ahead)

    def go(self, subset: ModalitySubset | None) -> None:
        """Go to a step of the path and pause."""
        self.pause()
        if subset is not None:
            self._go(subset)

    def set_speed(self, speed: float) -> None:
        """Set the speed in steps per second."""
        self._become(replace(self._setup, speed=speed))

    def toggle_loop(self) -> None:
        """Choose whether playing starts again at the end of the path."""
        self._become(replace(self._setup, loop=not self._setup.loop))

    def _go(self, subset: ModalitySubset) -> None:
        self._selected = subset
        self._session.become(self._session.state.using(subset))

    @property
    def _setup(self) -> PathSetup:
        return PathSetup.of(self._session.state.removal, playing=self._playing)

    def _become(self, setup: PathSetup) -> None:
        self._playing = setup.playing
        state = self._session.state
        if setup.removal != state.removal:
            self._session.become(replace(state, removal=setup.removal))
        self.shown.refresh()

    def _show(self, state: State) -> PlayerView:
        setup = PathSetup.of(state.removal, playing=self._playing)
        return player_view(state, setup, cosine_path=self._cosine_path(state))

    def _on_session_changed(self, old: State, new: State) -> None:
        if new.case is not old.case and self._setup.kind in CRITICAL:
            self.request_cosine_order()
        other_selection = new.case is not old.case or new.used != self._selected
        guessing = (
            new.guess is not old.guess
        )  # the user reads the outcome before the player goes on
        if self._setup.playing and (
            other_selection or guessing or (new.stopped and not old.stopped)
        ):
            self._playing = False  # shown together with the other changes
