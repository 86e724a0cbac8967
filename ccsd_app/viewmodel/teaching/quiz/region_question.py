"""The question which region suffers most when one or two sequences are withheld."""

from random import Random

from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import rated_regions, unrated_text
from ccsd_app.viewmodel.common.provenance import score_name_in_text
from ccsd_app.viewmodel.teaching.guess_panel import TOLERANCE, drops_of, most_affected
from ccsd_app.viewmodel.teaching.quiz.case_numbers import (
    labels_of,
    middle_voxel,
    named,
    score_change_sentence,
    score_note,
    volumes_sentence,
    voxel_of_difference,
)
from ccsd_app.viewmodel.teaching.quiz.question import Picture, Question, QuestionKind
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.word_list import in_words

MOST_WITHHELD = 2
NONE = f"None: no score drops by more than {TOLERANCE}"


def region_question(
    state: State, chance: Random, *, avoid: ModalitySubset | None = None
) -> Question | None:
    """The question about one or two withheld sequences; None if none can be asked.

    Args:
        state: The case, with all its results.
        chance: Chooses the withheld sequences.
        avoid: A subset that another question explains; it is asked about only if all others are
            unsuitable.
    """
    case = state.case
    if case is None or state.full_result is None:
        return None
    least = max(1, len(case.available) - MOST_WITHHELD)
    subsets = [s for s in case.available.subsets() if least <= len(s) < len(case.available)]
    rated = rated_regions(state)
    suitable = [
        s for s in subsets if drops_of(state, s) is not None and len(_right(state, s)) < len(rated)
    ]
    suitable = [s for s in suitable if s != avoid] or suitable
    return _question(state, chance.choice(suitable)) if suitable else None


def _right(state: State, subset: ModalitySubset) -> frozenset[Region]:
    """The regions that suffer most, or none."""
    drops = drops_of(state, subset)
    return frozenset() if drops is None else most_affected(drops)


def _question(state: State, subset: ModalitySubset) -> Question:
    case, full, result = state.case, state.full_result, state.results[subset]
    assert case is not None
    assert full is not None
    rated, worst = rated_regions(state), _right(state, subset)
    withheld = named(m for m in state.available if m not in subset)
    score = score_name_in_text(state)
    right = frozenset(i for i, region in enumerate(rated) if region in worst) or {len(rated)}
    start = middle_voxel(state)
    all_sequences = Picture(f"All sequences ({case.available.label})", case.available)
    return Question(
        QuestionKind.REGION,
        f"{withheld} will be withheld. Which region suffers most, measured by {score}?",
        (*(f"{region.name} ({region.title})" for region in rated), NONE),
        frozenset(right),
        f"Volumes, if {withheld} {'is' if ' and ' not in withheld else 'are'} withheld: "
        f"{volumes_sentence(full, result)}.",
        " ".join(
            filter(
                None,
                (
                    _outcome(worst),
                    score_change_sentence(subset, state),
                    score_note(state),
                    unrated_text(state),
                ),
            )
        ),
        (all_sequences,),
        (all_sequences, Picture(f"Without {withheld}", subset)),
        frozenset(Region),
        state.background,
        start,
        voxel_of_difference(labels_of(full), labels_of(result), Region, start=start),
        score,
    )


def _outcome(worst: frozenset[Region]) -> str:
    if not worst:
        return f"No region suffers: no score drops by more than {TOLERANCE}."
    names = in_words([region.name for region in sorted(worst)])
    if len(worst) == 1:
        return f"{names} suffers most."
    return f"{names} suffer most, equally within {TOLERANCE}, so each of these answers is right."
