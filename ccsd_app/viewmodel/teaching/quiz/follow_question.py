"""The question whether to follow a result of the model, which is wrong in some of them.

It is asked of cases with expert labels only: a result with a Dice below 0.5 is wrong, one of at
least 0.8 is right, and those in between are not asked about. Wrong results are preferred that agree
well with the prediction from all sequences, because these look convincing.

Source: readers follow wrong advice of a program in spite of explanations. M. H. Rezazade Mehrizi et
al., Scientific Reports 2023 (doi:10.1038/s41598-023-36435-3): 92 radiologists, mammography;
S. Jabbour et al., JAMA 2023 (PMC10731487): accuracy of clinicians fell by 11.3 percentage points
with biased models, and explanations did not help.
"""

from dataclasses import dataclass
from random import Random

from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import TINY_ML, absent_regions
from ccsd_app.viewmodel.teaching.quiz.case_numbers import (
    DIGITS,
    MEAN_DIGITS,
    background_for,
    expert_labels,
    labels_of,
    middle_voxel,
    named,
    score_note,
    voxel_of_difference,
)
from ccsd_app.viewmodel.teaching.quiz.question import Picture, Question, QuestionKind
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.reference_scores import WEAK_DICE
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_text import ml_text

GOOD_DICE = 0.8
"""From this Dice on, a result counts as right."""
SHARE_WRONG = 0.7
"""How often a wrong result is asked about where a case has wrong and right ones."""
CONVINCING = 4
"""Number of wrong results to choose from: those that agree best with that from all sequences."""
YES, NO = 0, 1
CHOICES = ("Yes, it is about right", "No, it is wrong")


@dataclass(frozen=True, slots=True)
class Advice:
    """A result of the model for one region."""

    subset: ModalitySubset
    region: Region
    dice: float
    agreement: float


def follow_question(state: State, chance: Random) -> Question | None:
    """The question about one result; None without expert labels, or if all Dice are middling."""
    advice = [one for one in _advice(state) if one.dice < WEAK_DICE or one.dice >= GOOD_DICE]
    wrong = [one for one in advice if one.dice < WEAK_DICE]
    right = [one for one in advice if one.dice >= GOOD_DICE]
    wrong = sorted(wrong, key=lambda one: (-one.agreement, -len(one.subset)))[:CONVINCING]
    if not wrong and not right:
        return None
    show_wrong = bool(wrong) and (not right or chance.random() < SHARE_WRONG)
    return _question(state, chance.choice(wrong if show_wrong else right))


def _advice(state: State) -> list[Advice]:
    """The results that can be asked about: of regions that the model or the expert marks."""
    expert = expert_labels(state)
    if state.case is None or expert is None:
        return []
    found: list[Advice] = []
    for subset in state.case.available.subsets():
        result = state.results[subset]
        if result.dice is None or result.agreement is None:
            continue
        for region in Region:
            marked = result.volumes_ml[region] >= TINY_ML
            if marked or _expert_ml(state, region) >= TINY_ML:
                found.append(Advice(subset, region, result.dice[region], result.agreement[region]))
    return found


def _expert_ml(state: State, region: Region) -> float:
    expert = expert_labels(state)
    assert expert is not None
    assert state.case is not None
    return float((expert.values > region).sum()) * state.case.grid.voxel_ml


def _question(state: State, advice: Advice) -> Question:
    case, expert = state.case, expert_labels(state)
    assert case is not None
    assert expert is not None
    subset, region = advice.subset, advice.region
    result, wrong = state.results[subset], advice.dice < WEAK_DICE
    volume = result.volumes_ml[region]
    start = middle_voxel(state)
    marks = f"marks {ml_text(volume)} mL of {region.title} ({region.name})"
    if not volume:
        marks = f"marks no {region.title} ({region.name})"
    image = f"{region.name}: the image"
    return Question(
        QuestionKind.FOLLOW,
        f"From {named(subset)} the model {marks}. {_reassurance(state, advice)} "
        "Would you follow it?",
        CHOICES,
        frozenset({NO if wrong else YES}),
        _hint(state, advice),
        " ".join((_verdict(state, advice, wrong=wrong), score_note(state))),
        (Picture(image, None), Picture("The model's result", subset)),
        (
            Picture(f"{region.name}: the expert's outline", None, expert=True),
            Picture("The model's result and the expert's outline", subset, expert=True),
        ),
        frozenset({region}),
        background_for([region], state.available),
        start,
        voxel_of_difference(labels_of(result), expert, [region], start=start),
        "Dice",
        model_wrong=wrong,
    )


def _reassurance(state: State, advice: Advice) -> str:
    """What the window would show in favour of the result, whether it is right or not."""
    assert state.case is not None
    if advice.subset == state.case.available:
        return "It had all sequences of this case."
    return f"Its agreement with the prediction from all sequences is {advice.agreement:.{DIGITS}f}."


def _hint(state: State, advice: Advice) -> str:
    """How stable the volume is over the subsets, and the mean Dice of the evaluation."""
    region = advice.region
    volumes = [result.volumes_ml[region] for result in state.results.values()]
    hint = (
        f"Over all {len(volumes)} subsets of this case, the model marks {ml_text(min(volumes))} "
        f"to {ml_text(max(volumes))} mL of {region.name}."
    )
    scores = state.model.reference_scores if state.model else None
    if scores is None:
        return hint
    mean = scores.dice[advice.subset][region]
    return (
        f"{hint} From {named(advice.subset)}, its mean Dice for {region.name} is "
        f"{mean:.{MEAN_DIGITS}f} over {scores.cohort_text}."
    )


def _verdict(state: State, advice: Advice, *, wrong: bool) -> str:
    region, expert_ml = advice.region, _expert_ml(state, advice.region)
    marked = ml_text(state.results[advice.subset].volumes_ml[region])
    if region in absent_regions(state):
        return (
            f"The model is wrong: it marks {marked} mL of {region.name}, and the expert marks none."
        )
    volumes = f"it marks {marked} mL, the expert {ml_text(expert_ml)} mL"
    if not wrong:
        return (
            f"The model is about right here: Dice of {region.name} is {advice.dice:.{DIGITS}f}; "
            f"{volumes}."
        )
    verdict = (
        f"The model is wrong: Dice of {region.name} is only {advice.dice:.{DIGITS}f}; {volumes}."
    )
    assert state.case is not None
    if advice.subset != state.case.available and advice.agreement > advice.dice:
        verdict += (
            f" Agreement of {advice.agreement:.{DIGITS}f} with the prediction from all sequences "
            "says only that both are alike, not that they are right."
        )
    return verdict
