"""The question which sequence to acquire next for a patient who has one or two of them."""

from random import Random

from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import rated_regions, unrated_text
from ccsd_app.viewmodel.common.provenance import score_name_in_text
from ccsd_app.viewmodel.common.signed import signed, signed_change
from ccsd_app.viewmodel.teaching.guess_panel import TOLERANCE
from ccsd_app.viewmodel.teaching.quiz.case_numbers import (
    DIGITS,
    MEAN_DIGITS,
    labels_of,
    mean_score,
    middle_voxel,
    named,
    score_note,
    volumes_sentence,
    voxel_of_difference,
)
from ccsd_app.viewmodel.teaching.quiz.question import Picture, Question, QuestionKind
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.word_list import in_words

LEAST_CHOICES = 2
"""So many sequences must be left to choose from."""
NONE = f"None: no gain above {TOLERANCE}"


def next_question(state: State, chance: Random) -> Question | None:
    """The question about a patient with fewer sequences; None if all answers are tied."""
    case = state.case
    if case is None:
        return None
    most = len(case.available) - LEAST_CHOICES
    starts = [s for s in case.available.subsets() if len(s) <= most]
    suitable = [s for s in starts if len(_best(_gains(state, s))) < len(_gains(state, s))]
    return _question(state, chance.choice(suitable)) if suitable else None


def _gains(state: State, subset: ModalitySubset) -> dict[Modality, float]:
    """By how much each other sequence of the case raises the mean score."""
    before = mean_score(state.results[subset], state)
    return {
        m: round(mean_score(state.results[subset.toggled(m)], state) - before, DIGITS)
        for m in state.available
        if m not in subset
    }


def _best(gains: dict[Modality, float]) -> list[Modality]:
    """The sequences with the largest gain, within the tolerance; none if none is noticeable."""
    most = max(gains.values())
    return (
        []
        if most <= TOLERANCE
        else [m for m, gain in gains.items() if round(most - gain, DIGITS) <= TOLERANCE]
    )


def _question(state: State, subset: ModalitySubset) -> Question:
    gains = _gains(state, subset)
    best, largest = _best(gains), max(gains, key=lambda m: gains[m])
    choices = tuple(gains)
    right = frozenset(choices.index(m) for m in best) or frozenset({len(choices)})
    added = subset.toggled(best[0] if best else largest)
    score, start = score_name_in_text(state), middle_voxel(state)
    shown = Picture(f"The model was given {subset.label} only", subset)
    return Question(
        QuestionKind.NEXT,
        f"Suppose that the patient has only {named(subset)}. Which sequence would you acquire "
        f"next, to raise the mean {score} of {_regions(state)} most?",
        (*(m.label for m in choices), NONE),
        right,
        _hint(state, subset, choices),
        " ".join(
            filter(
                None,
                (
                    _outcome(best),
                    _numbers(state, subset, gains),
                    score_note(state),
                    unrated_text(state),
                ),
            )
        ),
        (shown,),
        (shown, Picture(f"With {added.label}", added)),
        frozenset(Region),
        state.background,
        start,
        voxel_of_difference(
            labels_of(state.results[subset]), labels_of(state.results[added]), Region, start=start
        ),
        score,
    )


def _regions(state: State) -> str:
    return in_words([region.name for region in rated_regions(state)])


def _hint(state: State, subset: ModalitySubset, choices: tuple[Modality, ...]) -> str:
    """What the model's evaluation says on average, else what all sequences give in this case."""
    scores = state.model.reference_scores if state.model else None
    if scores is None:
        full = state.full_result
        assert full is not None
        volumes = volumes_sentence(state.results[subset], full)
        return f"With all sequences of the case, volumes change: {volumes}."
    means = {m: scores.gain(subset, m) for m in choices}
    listed = [
        f"{m.label} {signed(sum(gain.values()) / len(gain), digits=MEAN_DIGITS)}"
        for m, gain in means.items()
    ]
    return (
        f"On average over {scores.cohort_text}, one more sequence changes the mean Dice by: "
        f"{in_words(listed)}. This case may differ."
    )


def _outcome(best: list[Modality]) -> str:
    if not best:
        return f"No single sequence raises the mean by more than {TOLERANCE}."
    names = in_words([m.label for m in best])
    if len(best) == 1:
        return f"{names} adds most."
    return f"{names} add most, equally within {TOLERANCE}, so each of these answers is right."


def _numbers(state: State, subset: ModalitySubset, gains: dict[Modality, float]) -> str:
    before = mean_score(state.results[subset], state)
    listed = [
        f"{before + gain:.{DIGITS}f} with {m.label} "
        f"({signed_change(before + gain, before, digits=DIGITS)})"
        for m, gain in sorted(gains.items(), key=lambda entry: -entry[1])
    ]
    return (
        f"From {named(subset)} alone the mean of {_regions(state)} is {before:.{DIGITS}f}; it is "
        f"{in_words(listed)}."
    )
