"""The question which sequence was withheld: the result of all, and of all but one.

Sequences whose withholding gives nearly the same picture are all right; regions that are tiny in
both do not count. If that is true of all, or if nothing visible changes, it is not asked.
"""

from random import Random

from ccsd_app.session.result import SubsetResult
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import TINY_ML
from ccsd_app.viewmodel.common.overlap import overlap
from ccsd_app.viewmodel.common.provenance import score_name_in_text
from ccsd_app.viewmodel.teaching.quiz.case_numbers import (
    labels_of,
    middle_voxel,
    score_change_sentence,
    score_note,
    volumes_sentence,
    voxel_of_difference,
)
from ccsd_app.viewmodel.teaching.quiz.question import Picture, Question, QuestionKind
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.domain.word_list import in_words

SAME = 0.98
"""Two results whose Dice with each other is higher in every region look the same."""
VISIBLE = 0.95
"""A result whose Dice with that of all sequences is lower in some region looks different."""


def withheld_question(state: State, chance: Random) -> Question | None:
    """The question about one withheld sequence; None if no choice of it can be seen."""
    case, full = state.case, state.full_result
    if case is None or full is None or len(case.available) < 2:
        return None
    sequences = tuple(case.available)
    without = {m: state.results[case.available.toggled(m)] for m in sequences}
    visible = [m for m in sequences if _least_overlap(full, without[m]) < VISIBLE]
    alike = {
        m: [n for n in sequences if n == m or _least_overlap(without[m], without[n]) >= SAME]
        for m in visible
    }
    asked = [m for m in visible if len(alike[m]) < len(sequences)]
    if not asked:
        return None
    withheld = chance.choice(asked)
    subset = case.available.toggled(withheld)
    result = without[withheld]
    start = middle_voxel(state)
    given = f"All sequences ({case.available.label})"
    return Question(
        QuestionKind.WITHHELD,
        "Left: the model was given all sequences. Right: one sequence was withheld. Which one?",
        tuple(m.label for m in sequences),
        frozenset(sequences.index(m) for m in alike[withheld]),
        f"Volumes: {volumes_sentence(full, result)}.",
        " ".join(
            filter(
                None,
                (
                    f"{withheld.label} was withheld.",
                    score_change_sentence(subset, state),
                    _tied([m for m in alike[withheld] if m != withheld]),
                    score_note(state),
                ),
            )
        ),
        (Picture(given, case.available), Picture("One sequence withheld", subset)),
        (Picture(given, case.available), Picture(f"{withheld.label} withheld", subset)),
        frozenset(Region),
        state.background,
        start,
        voxel_of_difference(labels_of(full), labels_of(result), Region, start=start),
        score_name_in_text(state),
    )


def _least_overlap(one: SubsetResult, other: SubsetResult) -> float:
    """The lowest Dice of two results with each other, without regions that are tiny in both."""
    shared = overlap(one, other)
    large = [
        r
        for r in Region
        if max(one.volumes_ml[r], other.volumes_ml[r]) >= TINY_ML or r is Region.WT
    ]
    return min(shared[region] for region in large)


def _tied(others: list[Modality]) -> str:
    """That other answers count as right, too; "" if there are none."""
    if not others:
        return ""
    names = in_words([m.label for m in others], last="or")
    return (
        f"Withholding {names} instead gives nearly the same picture, so that answer is right, too."
    )
