"""View-model of "Guess first": the question before a result is shown, and the outcome.

all sequences ── T1c withheld ──▶ which score drops most? ── answer ──▶ before → after, by region

Everything is compared with all sequences of this case, with the score that the panels show.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ccsd_app.session.guess import Answer
from ccsd_app.session.hidden import HIDDEN, hidden, is_substituted
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import (
    absent_from_text,
    absent_regions,
    listed,
    rated_regions,
    tiny_regions,
    unrated_reason,
)
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.common.provenance import score_title
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.common.signed import signed
from ccsd_app.viewmodel.panels.region_table import scores_of
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_text import ml_text
from ccsd_core.domain.word_list import in_words

TOLERANCE = 0.01
"""Scores that differ by less count as equal, and a smaller drop counts as none."""
DIGITS = 3
"""Scores are compared after rounding to the digits that are shown."""

Drops = Mapping[Region, float]


@dataclass(frozen=True, slots=True)
class ChangedRegion:
    """One region with all sequences and with the current ones, as text."""

    region: Region
    score: str
    volume: str
    most_affected: bool


@dataclass(frozen=True, slots=True)
class GuessPanel:
    """What the panel shows.

    Args:
        on: Whether the panel is shown.
        tally: Number of correct guesses so far; "" before the first.
        text: The question, the outcome, or what to do.
        meanwhile: What is shown instead of a hidden result; "" if none is hidden.
        asks: Whether an answer is awaited.
        ready: Whether both results are computed, so that an answer can be given.
        rows: What changed; empty while that is hidden.
        rows_head: Heading of the numbers.
    """

    on: bool
    tally: str = ""
    text: str = ""
    meanwhile: str = ""
    asks: bool = False
    ready: bool = False
    rows: tuple[ChangedRegion, ...] = ()
    rows_head: str = ""


def guess_panel(state: State) -> GuessPanel:
    """The panel for a state, including hidden results, which decide whether a guess is right."""
    guess = state.guess
    if not guess.on:
        return GuessPanel(on=False)
    tally = f"{guess.right} of {guess.asked} correct" if guess.asked else ""
    if state.case is None:
        return GuessPanel(on=True, tally=tally, text="Open a case first.")
    loss = drops_of(state, state.used)
    if state.used in hidden(state):
        withheld = _withheld(state.used, state.case.available)
        text = f"{withheld} withheld. Which score drops most?"
        ready = loss is not None and state.shown == state.used
        return GuessPanel(
            on=True, tally=tally, text=text, meanwhile=_meanwhile(state), asks=True, ready=ready
        )
    if guess.last is not None and guess.last.subset == state.shown == state.used and loss:
        text = outcome_text(guess.last.answer, loss, state)
        rows = changed_regions(state, loss)
        return GuessPanel(
            on=True, tally=tally, text=text, rows=rows, rows_head=sentence(score_title(state))
        )
    if len(state.available) == 1:
        return GuessPanel(
            on=True, tally=tally, text="This case has only one sequence: none can be withheld."
        )
    left = len(hidden(state))
    text = f"Withhold a sequence: {left} subsets are still hidden."
    if not left:
        text = "All subsets of this case have been shown."
    return GuessPanel(on=True, tally=tally, text=text)


def drops_of(state: State, subset: ModalitySubset) -> Drops | None:
    """By how much each score is lower than with all sequences; None until both are computed.

    Without absent regions: `false_positives_text` names those that are predicted nevertheless.
    """
    full, result = state.full_result, state.results.get(subset)
    if full is None or result is None:
        return None
    before, after = scores_of(full, state), scores_of(result, state)
    if not all(region in before and region in after for region in Region):
        return None
    rated = rated_regions(state)
    shown = {r: round(before[r], DIGITS) - round(after[r], DIGITS) for r in rated}
    return {region: round(lost, DIGITS) for region, lost in shown.items()}


def most_affected(loss: Drops) -> frozenset[Region]:
    """The regions with the largest drop, within a tolerance; none if no drop is noticeable.

    >>> sorted(r.name for r in most_affected({Region.WT: 0.0, Region.TC: 0.205, Region.ET: 0.21}))
    ['ET', 'TC']
    """
    worst = max(loss.values())
    if worst <= TOLERANCE:
        return frozenset()
    return frozenset(r for r, lost in loss.items() if round(worst - lost, DIGITS) <= TOLERANCE)


def is_right(answer: Answer, loss: Drops) -> bool:
    """Whether a guess was right; of regions with equal drops, each is."""
    most = most_affected(loss)
    return answer is Answer.NONE if not most else answer.value in most


def outcome(answer: Answer, loss: Drops) -> str:
    """The outcome of a guess as a sentence: `Correct: ET drops most (−0.861)`."""
    most = sorted(most_affected(loss))
    if not most:
        gains = [region for region in Region if -loss.get(region, 0) > TOLERANCE]
        names = " and ".join(region.name for region in gains)
        gained = f", {names} {'rises' if len(gains) == 1 else 'rise'}" if gains else ""
        fact = f"no score drops by more than {TOLERANCE}{gained}"
    elif len(most) == 1:
        fact = f"{most[0].name} drops most ({signed(-loss[most[0]], digits=DIGITS)})"
    else:
        names = " and ".join(region.name for region in most)
        fact = f"{names} drop most, equal within {TOLERANCE}"
    if answer is Answer.JUST_SHOW:
        return f"{sentence(fact)}."
    if is_right(answer, loss):
        return f"Correct: {fact}."
    verdict = f"Not {answer.value.name}" if isinstance(answer.value, Region) else "There is a drop"
    return f"{verdict}: {fact}."


def outcome_text(answer: Answer, loss: Drops, state: State) -> str:
    """The outcome, false positives of absent regions, and why some changes do not count."""
    parts = outcome(answer, loss), false_positives_text(state), _uncounted(state)
    return " ".join(filter(None, parts))


def _uncounted(state: State) -> str:
    """Why very small regions do not count although their score changed; "" if there are none."""
    full, result = state.full_result, state.result
    if full is None or result is None:
        return ""
    before, after = scores_of(full, state), scores_of(result, state)
    changed = [r for r in tiny_regions(state) if abs(before[r] - after[r]) > TOLERANCE]
    return unrated_reason(changed[0], state) if changed else ""


def false_positives_text(state: State) -> str:
    """Absent regions that are predicted only without the withheld sequences; "" if none are."""
    full, result = state.full_result, state.result
    if full is None or result is None:
        return ""
    names = [
        region
        for region in absent_regions(state)
        if full.volumes_ml[region] == 0 < result.volumes_ml[region]
    ]
    return f"{listed(names)} is predicted where {absent_from_text(state)} none." if names else ""


def changed_regions(state: State, loss: Drops) -> tuple[ChangedRegion, ...]:
    """Every region with all sequences and as it is on screen."""
    return tuple(_row(region, state, loss) for region in Region)


def _row(region: Region, state: State, loss: Drops) -> ChangedRegion:
    full, result = state.full_result, state.result
    assert full is not None
    assert result is not None
    before, after = scores_of(full, state)[region], scores_of(result, state)[region]
    return ChangedRegion(
        region,
        f"{before:.{DIGITS}f} → {after:.{DIGITS}f}",
        f"{ml_text(full.volumes_ml[region])} → {ml_text(result.volumes_ml[region])}",
        region in most_affected(loss),
    )


def _meanwhile(state: State) -> str:
    if not is_substituted(state) or state.case is None:
        return ""
    return f"Shown: all sequences ({state.case.available.label}). Your choice is {HIDDEN}."


def _withheld(used: ModalitySubset, available: ModalitySubset) -> str:
    return in_words(m.label for m in available if m not in used)


class GuessModel:
    """Shows `guess_panel(state)`; switches the mode on and off and takes answers."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.shown = DerivedValue(
            session, guess_panel, ignores=CROSSHAIR + PROGRESS, with_hidden=True
        )

    def toggle(self) -> None:
        state = self._session.state
        guess = state.guess.switched(on=not state.guess.on, seen=state.shown)
        self._session.become(replace(state, guess=guess))

    def answer(self, answer: Answer) -> None:
        """Reveal the result of the selected subset, after a guess or without one."""
        state = self._session.state
        loss = drops_of(state, state.used)
        if state.used not in hidden(state) or state.shown != state.used or loss is None:
            return
        right = is_right(answer, loss)
        guess = state.guess.answered(state.used, answer, right=right)
        self._session.become(replace(state, guess=guess))
