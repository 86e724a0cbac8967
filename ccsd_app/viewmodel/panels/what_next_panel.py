"""View-model of "What next?": the gain from adding each sequence that is not used.

not acquired      on average, over the patients of the model's evaluation
withheld          the same, and its gain in this case, if both results are computed
"""

from dataclasses import dataclass

from ccsd_app.session.hidden import HIDDEN, hidden
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import rated_regions, unrated_text
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.common.provenance import score_name
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.common.signed import signed, signed_change
from ccsd_app.viewmodel.panels.region_table import NO_SCORE, scores_of
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

Gains = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextSequence:
    """One sequence that is not used.

    Args:
        modality: The sequence.
        status: `withheld`, `missing` or `not opened`.
        mean_gain: Its average gain for WT, TC and ET; "" if unknown.
        case_gain: Its gain in this case; "" if unknown, a dash for absent regions.
        available: Whether the case has it, so that a click adds it.
    """

    modality: Modality
    status: str
    mean_gain: Gains
    case_gain: Gains
    available: bool


@dataclass(frozen=True, slots=True)
class WhatNext:
    """What the panel shows.

    Args:
        used: Name of the current subset.
        rows: Sequences that could be added, the largest gain first.
        mean_gain_heading: Heading of the average gains; "" if there are none.
        case_gain_heading: Heading of the gains in this case.
        note: Why there is nothing to show, or how to read the numbers.
    """

    used: str
    rows: tuple[NextSequence, ...]
    mean_gain_heading: str
    case_gain_heading: str
    note: str


def what_next(state: State) -> WhatNext:
    """The sequences that could be added to the current subset."""
    used, case = state.shown, state.case
    if case is None or used is None:
        return WhatNext("", (), "", "", "No segmentation yet")
    if state.used in hidden(state):
        return WhatNext(state.used.label, (), "", "", sentence(HIDDEN))
    reference_scores = state.model.reference_scores if state.model else None
    absent = sorted(set(Modality) - set(used), key=lambda m: -_sort_key(state, used, m))
    rows = tuple(_row(modality, used, state) for modality in absent)
    note = ""
    if not rows:
        note = "The model already has all four sequences."
    elif reference_scores is None:
        note = "This model comes without an evaluation, so no average gain is shown."
    else:
        note = f"Averages over {reference_scores.cohort_text_for(case)}."
        if len(rows) > 1:
            note += " Sorted by the average gain over all regions."
    if any(NO_SCORE in row.case_gain for row in rows):
        note = f"{note} {NO_SCORE}: {unrated_text(state)}".strip()
    return WhatNext(
        used.label,
        rows,
        "" if reference_scores is None else f"Mean Dice gain, {reference_scores.cohort_text}",
        f"{score_name(state)} gain, this case",
        note,
    )


def _row(modality: Modality, used: ModalitySubset, state: State) -> NextSequence:
    reference_scores = state.model.reference_scores if state.model else None
    mean_gain: Gains = ("",) * len(Region)
    if reference_scores is not None:
        gain = reference_scores.gain(used, modality)
        mean_gain = tuple(signed(gain[region], digits=2) for region in Region)
    available = modality in state.available
    status = (state.case.absence(modality) if state.case else "") or "withheld"
    return NextSequence(modality, status, mean_gain, _here(modality, used, state), available)


def _here(modality: Modality, used: ModalitySubset, state: State) -> Gains:
    """The gain in this case: its scores with the sequence minus those without, as text."""
    current, with_sequence = state.results.get(used), state.results.get(used.toggled(modality))
    if current is None or with_sequence is None:
        return ("",) * len(Region)
    before, after = scores_of(current, state), scores_of(with_sequence, state)
    rated = rated_regions(state)

    def gain(region: Region) -> str:
        if region not in before or region not in after:
            return ""
        return (
            NO_SCORE
            if region not in rated
            else signed_change(after[region], before[region], digits=2)
        )

    return tuple(map(gain, Region))


def _sort_key(state: State, used: ModalitySubset, modality: Modality) -> float:
    """The sort key: the expected gain over all regions, else the gain in this case."""
    reference_scores = state.model.reference_scores if state.model else None
    if reference_scores is not None:
        return sum(reference_scores.gain(used, modality).values())
    current, with_sequence = state.results.get(used), state.results.get(used.toggled(modality))
    if current is None or with_sequence is None:
        return 0.0
    before, after = scores_of(current, state), scores_of(with_sequence, state)
    return sum(after.get(r, 0.0) - before.get(r, 0.0) for r in rated_regions(state))


class WhatNextModel:
    """Shows `what_next(state)`; a click adds a sequence that is withheld."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.shown = DerivedValue(session, what_next, ignores=CROSSHAIR + PROGRESS)

    def add(self, modality: Modality) -> None:
        state = self._session.state
        if state.shown is not None and modality not in state.shown:
            self._session.become(state.using(state.shown.toggled(modality)))
