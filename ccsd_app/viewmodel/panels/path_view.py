"""What the path player shows: the chosen path, the current step, and what comes next."""

from dataclasses import dataclass
from typing import Self

from ccsd_app.session.on_demand import CRITICALITY
from ccsd_app.session.removal import Removal
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.reasons import NO_CASE
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.common.subset_state import pending_on_demand
from ccsd_app.viewmodel.panels.path_steps import (
    NEXT_IS_HIDDEN,
    PathStep,
    guess_first_reason,
    path_steps,
    step_text,
)
from ccsd_app.viewmodel.panels.paths import CasePath, PathKind, case_path, offered_kinds
from ccsd_core.distillation.path import Path
from ccsd_core.domain.modality import ModalitySubset

NO_MODEL = "No model is loaded"
NO_PATH = "The case has only one sequence: none can be removed"
IDLE = "Removes sequences one by one, from all to a single one (P)"


@dataclass(frozen=True, slots=True)
class PathSetup:
    """The user's choices in the player.

    Args:
        kind: The removal order; None if none is chosen.
        seed: Seed of the random order.
        playing: Whether it is playing.
        speed: Steps per second.
        loop: Whether it starts again at the end.
    """

    kind: PathKind | None = None
    seed: int = 1
    playing: bool = False
    speed: float = 1.0
    loop: bool = False

    @classmethod
    def of(cls, removal: Removal, *, playing: bool) -> Self:
        """The user's choices, and whether the player plays."""
        return cls(removal.kind, removal.seed, playing, removal.speed, removal.loop)

    @property
    def removal(self) -> Removal:
        """The part that is kept in the state."""
        return Removal(self.kind, self.seed, self.speed, self.loop)


@dataclass(frozen=True, slots=True)
class PlayerView:
    """What the player shows.

    Args:
        setup: The user's choices.
        kinds: Orders that can be chosen.
        later: Orders that cannot be chosen yet, and why.
        path: The chosen path; None if there is none.
        steps: Its steps, including those that are not known yet.
        text: What is being computed, else the change in score at this step, else the removal order.
        refused: Why nothing can be played; "" if it can.
        guess_first: Why "Guess first" stops the player; "" if it does not.
        back: The step before the current one.
        ahead: The step after it.
        dwell: The step on screen, if the next one follows automatically; else None.
        no_export: Why the path cannot be exported; "" if it can.
    """

    setup: PathSetup
    kinds: tuple[tuple[PathKind, CasePath], ...]
    later: tuple[tuple[PathKind, str], ...]
    path: CasePath | None
    steps: tuple[PathStep, ...]
    text: str
    refused: str
    guess_first: str
    back: ModalitySubset | None
    ahead: ModalitySubset | None
    dwell: ModalitySubset | None
    no_export: str


def player_view(state: State, setup: PathSetup, *, cosine_path: Path | None = None) -> PlayerView:
    """What the player shows of a state.

    Args:
        state: The state.
        setup: The user's choices.
        cosine_path: The case's path by cosine criticality; None where it is not computed.
    """
    offered = offered_kinds(cosine_path=cosine_path)
    paths = {
        kind: case_path(kind, state, seed=setup.seed, cosine_path=cosine_path) for kind in offered
    }
    refused = _refused(state)
    path = None if refused or setup.kind is None else paths.get(setup.kind)
    back, ahead = _neighbours(path, state.used)
    next_step = ahead
    if next_step is None and setup.loop and path is not None and path.complete:
        next_step = path.subsets[0]
    guess_first = "" if path is None else guess_first_reason(path, state)
    next_hidden = guess_first if guess_first == NEXT_IS_HIDDEN else ""
    on_screen = state.shown == state.used and state.used in state.results
    return PlayerView(
        setup=setup,
        kinds=tuple(paths.items()),
        later=tuple((kind, _why_not(state)) for kind in PathKind if kind not in paths),
        path=path,
        steps=() if path is None else path_steps(path, state),
        text=refused or next_hidden or sentence(_text(path, state, setup)),
        refused=refused,
        guess_first=guess_first,
        back=back,
        ahead=ahead,
        dwell=state.used if setup.playing and on_screen and next_step is not None else None,
        no_export=_no_export(path, state),
    )


def _text(path: CasePath | None, state: State, setup: PathSetup) -> str:
    if path is not None:
        return step_text(path, state, playing=setup.playing)
    if setup.kind is None:
        return IDLE
    return f"{setup.kind.value}: {_why_not(state)}"


def _why_not(state: State) -> str:
    """Why the order by cosine criticality is not known."""
    return (
        "computation failed" if state.on_demand.problem(CRITICALITY) else pending_on_demand(state)
    )


def _refused(state: State) -> str:
    if state.case is None:
        return NO_CASE
    if state.model_problem:
        return NO_MODEL
    return NO_PATH if len(state.case.available) == 1 else ""


def _neighbours(
    path: CasePath | None, used: ModalitySubset
) -> tuple[ModalitySubset | None, ModalitySubset | None]:
    """The subsets before and after the selected one; off the path, its first step comes next."""
    if path is None or not path.subsets:
        return None, None
    if used not in path.subsets:
        return None, path.subsets[0]
    index = path.subsets.index(used)
    return next(iter(path.subsets[:index][-1:]), None), next(iter(path.subsets[index + 1 :]), None)


def _no_export(path: CasePath | None, state: State) -> str:
    if path is None:
        return "Choose a removal order first"
    if path.complete and all(subset in state.results for subset in path.subsets):
        return ""
    return "Not every step is computed yet"
