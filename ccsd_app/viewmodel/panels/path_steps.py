"""The steps of a removal order as text: what is removed, what is left, and the change in score."""

from dataclasses import dataclass

from ccsd_app.session.hidden import HIDDEN, hidden
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import listed, rated_regions
from ccsd_app.viewmodel.common.provenance import score_name_in_text, score_of_seen
from ccsd_app.viewmodel.common.signed import signed_change
from ccsd_app.viewmodel.common.subset_state import pending
from ccsd_app.viewmodel.panels.paths import CasePath, mean_score
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region

NEXT_IS_HIDDEN = f"The next step is {HIDDEN}; choose the random order instead"
QUESTION_OPEN = "Answer the question first, or click Show result"


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step of a path.

    Args:
        subset: The sequences given to the network; None while this step is not known.
        text: `all 4`, `− T1`, `only T1c`; `?` while the step is not known.
        hint: The step in a sentence.
        shown: Whether it is on screen.
        used: Whether its sequences are selected.
        computed: Whether there is a result.
    """

    subset: ModalitySubset | None
    text: str
    hint: str
    shown: bool = False
    used: bool = False
    computed: bool = False


def path_steps(path: CasePath, state: State) -> tuple[PathStep, ...]:
    """One step for each number of sequences, from all down to one."""
    count = len(path.subsets[0]) if path.subsets else 0
    known = tuple(_step(path, index, state) for index in range(len(path.subsets)))
    hint = "not known yet: depends on subsets that are not computed"
    if hidden(state):
        hint = f"depends on subsets that are {HIDDEN}"
    return known + tuple(PathStep(None, "?", hint) for _ in range(count - len(known)))


def guess_first_reason(path: CasePath, state: State) -> str:
    """Why "Guess first" stops the player at this step; "" if it does not."""
    hidden_subsets, used, known = hidden(state), state.used, list(path.subsets)
    if used in hidden_subsets:
        return QUESTION_OPEN
    if path.complete or not known or (used != known[-1] and len(known) > 1):
        return ""
    candidates = {known[-1].toggled(modality) for modality in known[-1]}
    return NEXT_IS_HIDDEN if candidates & hidden_subsets else ""


def step_text(path: CasePath, state: State, *, playing: bool) -> str:
    """What is being computed, else the change in score at this step, else the removal order."""
    used = state.used
    missing = pending(used, state)
    if used in path.subsets and missing:
        return f"{used.label}: {missing}"
    if playing and not path.complete and used == path.subsets[-1]:
        return "Waiting for the results that decide the next step…"
    if used in path.subsets:
        return _score_change(path, path.subsets.index(used), state) or path.why
    return path.why


def _step(path: CasePath, index: int, state: State) -> PathStep:
    subset = path.subsets[index]
    shown, used = subset == state.shown, subset == state.used
    computed = subset in state.results
    detail = pending(subset, state) or _score_change(path, index, state)
    hint = f"{subset.label}: {detail}" if detail else subset.label
    return PathStep(subset, _text(path, index), hint, shown, used, computed)


def _text(path: CasePath, index: int) -> str:
    subset = path.subsets[index]
    if index == 0:
        return f"all {len(subset)}"
    return f"only {subset.label}" if len(subset) == 1 else f"− {_removed(path, index)}"


def _removed(path: CasePath, index: int) -> str:
    """The name of the sequence that a step removes."""
    return " ".join(m.label for m in path.subsets[index - 1] if m not in path.subsets[index])


def _score_change(path: CasePath, index: int, state: State) -> str:
    """The change in score at a step, `without T1: mean Dice 0.853, −0.021`; "" if not computed."""
    score = mean_score(path.subsets[index], state)
    if score is None:
        return ""
    rated = rated_regions(state)
    of_regions = "" if len(rated) == len(Region) else f" of {listed(rated)}"
    text = f"mean {score_name_in_text(state)}{of_regions} {score:.3f}"
    seen = " · seen in training" if score_of_seen(state) else ""
    if index == 0:
        return text + seen
    before = mean_score(path.subsets[index - 1], state)
    change = "" if before is None else f", {signed_change(score, before, digits=3)}"
    return f"without {_removed(path, index)}: {text}{change}{seen}"
