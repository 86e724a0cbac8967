"""What the questions of the quiz read from a case: results, scores, and sentences about them."""

from collections.abc import Iterable, Sequence

import numpy as np

from ccsd_app.scene.cropped_regions import reference_labels
from ccsd_app.session.result import SubsetResult
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import rated_regions
from ccsd_app.viewmodel.common.provenance import score_name, score_name_in_text
from ccsd_app.viewmodel.common.signed import signed_change
from ccsd_app.viewmodel.panels.region_table import scores_of
from ccsd_app.viewmodel.teaching.quiz.question import Voxel
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_text import ml_text
from ccsd_core.domain.word_list import in_words

DIGITS = 3
"""Number of digits of scores as they are stated and compared, as in the panels."""
MEAN_DIGITS = 2
"""Number of digits of means of the model's evaluation."""


def named(sequences: Iterable[Modality]) -> str:
    """Sequences in a sentence: `FLAIR, T1 and T2`."""
    return in_words(modality.label for modality in sequences)


def mean_score(result: SubsetResult, state: State) -> float:
    """The mean score of a result over the regions that are rated, rounded as it is stated."""
    scores = scores_of(result, state)
    rated = rated_regions(state)
    return round(sum(scores[region] for region in rated) / len(rated), DIGITS)


def score_note(state: State) -> str:
    """What the numbers of an explanation are, in a sentence."""
    if score_name(state) != "Dice":
        return (
            "This case has no expert labels: the numbers are agreement with the prediction from "
            "all sequences, which may itself be wrong."
        )
    note = "The numbers are Dice with the expert labels."
    if state.seen_in_training:
        note += " The model was trained on this case, so they are too high."
    return note


def volumes_sentence(result: SubsetResult, other: SubsetResult) -> str:
    """How volumes differ: `WT changes from 84.0 to 83.1 mL, TC …`."""
    changes = [
        f"{region.name} from {ml_text(result.volumes_ml[region])} to "
        f"{ml_text(other.volumes_ml[region])} mL"
        for region in Region
    ]
    return in_words(changes)


def score_change_sentence(subset: ModalitySubset, state: State) -> str:
    """How the scores of a subset differ from those of all sequences, region by region."""
    result, full = state.results[subset], state.full_result
    assert full is not None
    after, before = scores_of(result, state), scores_of(full, state)
    rated = rated_regions(state)
    withheld = f"Without {named(m for m in state.available if m not in subset)}"
    if score_name(state) != "Dice":
        values = [f"{after[region]:.{DIGITS}f} for {region.name}" for region in rated]
        return f"{withheld}, agreement is {in_words(values)}."
    changes = [
        f"{region.name} from {before[region]:.{DIGITS}f} to {after[region]:.{DIGITS}f} "
        f"({signed_change(after[region], before[region], digits=DIGITS)})"
        for region in rated
    ]
    return f"{withheld}, {score_name_in_text(state)} changes: {in_words(changes)}."


def middle_voxel(state: State) -> Voxel:
    """A voxel to start at: in the tumour that all sequences give, else in the middle."""
    full, case = state.full_result, state.case
    assert case is not None
    found = None if full is None else full.middle_voxel
    x, y, z = case.grid.shape
    return (x // 2, y // 2, z // 2) if found is None else found


def voxel_of_difference(
    one: NestedLabels, other: NestedLabels, regions: Iterable[Region], *, start: Voxel
) -> Voxel:
    """A voxel of the axial slice on which two label maps differ most; `start` if they do not.

    Args:
        one: A label map.
        other: Another one on the same grid.
        regions: The regions that are compared.
        start: Used where there is no difference.
    """
    crops = [crop for crop in (one, other) if crop.values.size]
    if not crops:
        return start
    low = np.min([crop.offset for crop in crops], axis=0)
    high = np.max([crop.end for crop in crops], axis=0)
    first, end = (int(low[0]), int(low[1]), int(low[2])), (int(high[0]), int(high[1]), int(high[2]))
    a, b = one.within(first, end), other.within(first, end)
    different = np.zeros(a.shape, np.int64)
    for region in regions:
        different += (a > region) != (b > region)
    by_slice = different.sum(axis=(0, 1))
    if not by_slice.any():
        return start
    z = int(by_slice.argmax())
    x, y = np.argwhere(different[:, :, z]).mean(axis=0).round().astype(int).tolist()
    return x + first[0], y + first[1], z + first[2]


def labels_of(result: SubsetResult) -> NestedLabels:
    """The label map of a result."""
    return NestedLabels(result.nested_labels, result.offset_voxel)


def expert_labels(state: State) -> NestedLabels | None:
    """The expert's label map; None without one."""
    return None if state.case is None else reference_labels(state.case)


def background_for(regions: Iterable[Region], available: Sequence[Modality]) -> Modality:
    """The sequence on which regions are judged best: T1c for TC and ET, FLAIR for WT."""
    preferred = (
        (Modality.FLAIR, Modality.T2) if Region.WT in set(regions) else (Modality.T1C, Modality.T1)
    )
    return next((m for m in preferred if m in available), available[0])
