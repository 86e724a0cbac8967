"""View-model of the path player: walks from all sequences down to one, step after step.

    play ──▶ path[0] ──dwell──▶ path[1] ──▶ … ──▶ a single sequence: stops, or begins again
                 └── not computed yet: asked for, and waited for

A step is nothing but a choice of the sequences in use; slices, 3-D and curve follow it as they
follow the toggles. What else is chosen meanwhile pauses the player.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.path_steps import PathStep, path_steps, step_words
from ccsd_app.viewmodel.paths import CasePath, PathKind, case_path, offered_kinds
from ccsd_app.viewmodel.projection import CROSSHAIR, PROGRESS, Projection
from ccsd_core.distillation.path import Path
from ccsd_core.domain.modality import ModalitySubset

SPEEDS = (0.5, 1.0, 2.0)
"""Steps a second."""
NO_CASE = "no case is open"
NO_MODEL = "there is no model to compute with"
NO_PATH = "there is only one sequence: no path leads from it"
IDLE = "a walk from all sequences down to one: P plays it"

CosinePath = Callable[[State], Path | None]


def known_cosine_path(state: State) -> Path | None:
    """The case's own path by cosine criticality; None until somebody asked and it was computed."""
    return None if state.criticality is None else state.criticality.path or None


@dataclass(frozen=True, slots=True)
class PathSetup:
    """What the user chose of the player.

    Args:
        kind: Which path; None is no path.
        seed: Of the random order.
        playing: Whether it goes on by itself.
        speed: Steps a second.
        loop: Whether it begins again at the end.
    """

    kind: PathKind | None = None
    seed: int = 1
    playing: bool = False
    speed: float = 1.0
    loop: bool = False


@dataclass(frozen=True, slots=True)
class PlayerView:
    """What the player shows.

    Args:
        setup: What is chosen.
        kinds: What could be.
        path: The chosen path; None where there is none.
        steps: Its subsets, with a place for those that are not known yet.
        says: What is waited for, else what the step on screen costs, else what the path is.
        refused: Why there is nothing to play; empty where there is.
        back: The step before the one in use.
        ahead: The step after it.
        dwell: The step on screen that the next follows by itself; None while nothing follows.
        no_export: Why the path cannot be exported; empty where it can.
    """

    setup: PathSetup
    kinds: tuple[tuple[PathKind, CasePath], ...]
    path: CasePath | None
    steps: tuple[PathStep, ...]
    says: str
    refused: str
    back: ModalitySubset | None
    ahead: ModalitySubset | None
    dwell: ModalitySubset | None
    no_export: str


def player_view(state: State, setup: PathSetup, *, cosine_path: Path | None = None) -> PlayerView:
    """What the player shows of a state.

    Args:
        state: The case, its results, and what is in use.
        setup: What is chosen of the player.
        cosine_path: The case's path by cosine criticality; None where it is not computed.
    """
    offered = offered_kinds(cosine_path=cosine_path)
    paths = {
        kind: case_path(kind, state, seed=setup.seed, cosine_path=cosine_path) for kind in offered
    }
    refused = _refused(state)
    path = None if refused or setup.kind is None else paths.get(setup.kind)
    back, ahead = _around(path, state.used)
    following = ahead
    if following is None and setup.loop and path is not None and path.complete:
        following = path.subsets[0]
    there = state.shown == state.used and state.used in state.results
    return PlayerView(
        setup=setup,
        kinds=tuple(paths.items()),
        path=path,
        steps=() if path is None else path_steps(path, state),
        says=refused or (IDLE if path is None else step_words(path, state, playing=setup.playing)),
        refused=refused,
        back=back,
        ahead=ahead,
        dwell=state.used if setup.playing and there and following is not None else None,
        no_export=_no_export(path, state),
    )


class PathPlayer:
    """Walks along a path of the open case.

    Args:
        session: What it chooses the sequences of.
        resume: Has stopped computing go on.
        cosine_path: The case's own path by cosine criticality, where a state knows it.
    """

    def __init__(
        self,
        session: Session,
        *,
        resume: Callable[[], None] = lambda: None,
        cosine_path: CosinePath = known_cosine_path,
    ) -> None:
        self._session = session
        self._resume = resume
        self._cosine_path = cosine_path
        self._setup = PathSetup()
        self._asked: ModalitySubset | None = None
        session.changed.connect(self._on_session_changed)
        self.shown = Projection(session, self._show, ignores=CROSSHAIR + PROGRESS)

    @property
    def view(self) -> PlayerView:
        return self.shown.value

    def look(self) -> None:
        """Somebody chooses among the paths: the network's own is asked for."""
        state = self._session.state
        if state.criticality is None and not self.view.refused:
            self._session.become(replace(state, criticality_asked=True))

    def choose(self, kind: PathKind | None) -> None:
        """Choose a path, or none; the random one again is the next seed."""
        again = kind is PathKind.RANDOM and self._setup.kind is kind
        seed = self._setup.seed + again
        self._become(replace(self._setup, kind=kind, seed=seed, playing=False))

    def toggle(self) -> None:
        """Play or pause. Off the path, and at its end, playing begins at the top."""
        if self._setup.playing or self.view.refused:
            self.pause()
            return
        if self.view.path is None:
            self.choose(self.view.kinds[0][0])
        self._become(replace(self._setup, playing=True))
        path = self.view.path
        assert path is not None, "what is not refused has a path"
        on_it = self._session.state.used in path.subsets
        at_end = path.complete and self._session.state.used == path.subsets[-1]
        self._go(self._session.state.used if on_it and not at_end else path.subsets[0])
        if not path.complete and self._session.state.stopped:
            self._resume()

    def pause(self) -> bool:
        """Stay where it is; whether it was playing."""
        was = self._setup.playing
        self._become(replace(self._setup, playing=False))
        return was

    def advance(self) -> None:
        """The step on screen was looked at long enough."""
        path = self.view.path
        if self.view.dwell is None or path is None:
            return
        self._go(self.view.ahead or path.subsets[0])
        if self.view.ahead is None and path.complete and not self._setup.loop:
            self.pause()

    def back(self) -> None:
        """One step up, by hand."""
        self.go(self.view.back)

    def forward(self) -> None:
        """One step down, by hand; from off the path to its top."""
        self.go(self.view.ahead)

    def go(self, subset: ModalitySubset | None) -> None:
        """To a step of the path, by hand."""
        self.pause()
        if subset is not None:
            self._go(subset)

    def set_speed(self, speed: float) -> None:
        """How many steps a second."""
        self._become(replace(self._setup, speed=speed))

    def toggle_loop(self) -> None:
        """Begin again at the end, or stop there."""
        self._become(replace(self._setup, loop=not self._setup.loop))

    def _go(self, subset: ModalitySubset) -> None:
        self._asked = subset
        self._session.become(self._session.state.using(subset))

    def _become(self, setup: PathSetup) -> None:
        self._setup = setup
        self.shown.refresh()

    def _show(self, state: State) -> PlayerView:
        return player_view(state, self._setup, cosine_path=self._cosine_path(state))

    def _on_session_changed(self, old: State, new: State) -> None:
        elsewhere = new.case is not old.case or new.used != self._asked
        if self._setup.playing and (elsewhere or (new.stopped and not old.stopped)):
            self._setup = replace(self._setup, playing=False)  # shown with what else changed


def _refused(state: State) -> str:
    if state.case is None:
        return NO_CASE
    if state.model_problem:
        return NO_MODEL
    return NO_PATH if len(state.case.available) == 1 else ""


def _around(
    path: CasePath | None, used: ModalitySubset
) -> tuple[ModalitySubset | None, ModalitySubset | None]:
    """The steps before and after the one in use; off the path its top comes next."""
    if path is None or not path.subsets:
        return None, None
    if used not in path.subsets:
        return None, path.subsets[0]
    at = path.subsets.index(used)
    return next(iter(path.subsets[:at][-1:]), None), next(iter(path.subsets[at + 1 :]), None)


def _no_export(path: CasePath | None, state: State) -> str:
    if path is None:
        return "choose a path first"
    if path.complete and all(subset in state.results for subset in path.subsets):
        return ""
    return "not every subset of the path is computed yet"
