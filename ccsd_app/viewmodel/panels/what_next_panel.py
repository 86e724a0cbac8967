"""View-model of "What next?": the gain from adding each sequence that is not used.

not acquired      on average, over the patients of the model's evaluation
withheld          the same, and its gain in this case, if both results are computed

Each gain, as the mean over the regions, is also divided by the minutes that the sequence takes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean

from ccsd_app.session.hidden import HIDDEN, hidden
from ccsd_app.session.scan_minutes import ASSUMED, DEFAULT_MINUTES, with_minutes
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
Gain = Mapping[Modality, float]
PER_MINUTE_DIGITS = 3


@dataclass(frozen=True, slots=True)
class NextSequence:
    """One sequence that is not used.

    Args:
        modality: The sequence.
        status: `withheld`, `missing` or `not opened`.
        mean_gain: Its average gain for WT, TC and ET; "" if unknown.
        case_gain: Its gain in this case; "" if unknown, a dash for absent regions.
        minutes: Minutes of scanner time that it takes.
        mean_per_minute: Its average gain, as the mean over all regions, per minute; "" if unknown.
        case_per_minute: Its gain in this case, as the mean over the rated regions, per minute.
        best: In what it is the best of several: `most gain`, `most per minute`; "" in none.
        available: Whether the case has it, so that a click adds it.
    """

    modality: Modality
    status: str
    mean_gain: Gains
    case_gain: Gains
    minutes: float
    mean_per_minute: str
    case_per_minute: str
    best: str
    available: bool


@dataclass(frozen=True, slots=True)
class WhatNext:
    """What the panel shows.

    Args:
        used: Name of the current subset.
        rows: Sequences that could be added, the largest gain first, in all or per minute.
        mean_gain_heading: Heading of the average gains; "" if there are none.
        case_gain_heading: Heading of the gains in this case.
        note: Why there is nothing to show, or how to read the numbers.
        per_minute: Whether the rows are sorted by gain per minute.
    """

    used: str
    rows: tuple[NextSequence, ...]
    mean_gain_heading: str
    case_gain_heading: str
    note: str
    per_minute: bool = False


def what_next(state: State, *, per_minute: bool = False) -> WhatNext:
    """The sequences that could be added to the current subset.

    Args:
        state: The state.
        per_minute: Sort by gain per minute of scanner time, not by gain.
    """
    used, case = state.shown, state.case
    if case is None or used is None:
        return WhatNext("", (), "", "", "No segmentation yet")
    if state.used in hidden(state):
        return WhatNext(state.used.label, (), "", "", sentence(HIDDEN))
    reference_scores = state.model.reference_scores if state.model else None
    absent = [m for m in Modality if m not in used]
    gains = {m: _sort_key(state, used, m) for m in absent}
    speeds = {m: gain / state.scan_minutes[m] for m, gain in gains.items()}
    order = speeds if per_minute else gains
    rows = tuple(
        _row(modality, used, state, best=_best(modality, gains, speeds))
        for modality in sorted(absent, key=lambda m: -order[m])
    )
    note = ""
    if not rows:
        note = "The model already has all four sequences."
    elif reference_scores is None:
        note = "This model comes without an evaluation, so no average gain is shown."
    else:
        note = f"Averages over {reference_scores.cohort_text_for(case)}."
        if len(rows) > 1:
            by = "per minute, as the mean over" if per_minute else "over"
            note += f" Sorted by the average gain {by} all regions."
    if any(NO_SCORE in row.case_gain for row in rows):
        note = f"{note} {NO_SCORE}: {unrated_text(state)}".strip()
    if rows and state.scan_minutes == DEFAULT_MINUTES:
        note = f"{note} {ASSUMED}"
    return WhatNext(
        used.label,
        rows,
        "" if reference_scores is None else f"Mean Dice gain, {reference_scores.cohort_text}",
        f"{score_name(state)} gain, this case",
        note,
        per_minute,
    )


def _best(modality: Modality, gains: Gain, speeds: Gain) -> str:
    """In what a sequence is the best of several, with an actual gain."""
    if len(gains) < 2 or gains[modality] <= 0:
        return ""
    names = {"most gain": gains, "most per minute": speeds}
    return ", ".join(
        name for name, values in names.items() if values[modality] == max(values.values())
    )


def _row(modality: Modality, used: ModalitySubset, state: State, *, best: str) -> NextSequence:
    reference_scores = state.model.reference_scores if state.model else None
    minutes = state.scan_minutes[modality]
    mean_gain: Gains = ("",) * len(Region)
    mean_per_minute = ""
    if reference_scores is not None:
        gain = reference_scores.gain(used, modality)
        mean_gain = tuple(signed(gain[region], digits=2) for region in Region)
        mean_per_minute = signed(fmean(gain.values()) / minutes, digits=PER_MINUTE_DIGITS)
    here = _gain_here(modality, used, state)
    available = modality in state.available
    status = (state.case.absence(modality) if state.case else "") or "withheld"
    return NextSequence(
        modality,
        status,
        mean_gain,
        _here(modality, used, state),
        minutes,
        mean_per_minute,
        "" if here is None else signed(here / minutes, digits=PER_MINUTE_DIGITS),
        best,
        available,
    )


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


def _gain_here(modality: Modality, used: ModalitySubset, state: State) -> float | None:
    """The gain in this case as the mean over the rated regions; None until it is known."""
    current, with_sequence = state.results.get(used), state.results.get(used.toggled(modality))
    if current is None or with_sequence is None:
        return None
    before, after = scores_of(current, state), scores_of(with_sequence, state)
    changes = [after[r] - before[r] for r in rated_regions(state) if r in after and r in before]
    return fmean(changes) if changes else None


def _sort_key(state: State, used: ModalitySubset, modality: Modality) -> float:
    """The sort key: the expected gain over all regions, else the gain in this case."""
    reference_scores = state.model.reference_scores if state.model else None
    if reference_scores is not None:
        return fmean(reference_scores.gain(used, modality).values())
    return _gain_here(modality, used, state) or 0.0


class WhatNextModel:
    """Shows `what_next(state)`; a click adds a sequence that is withheld."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._per_minute = False
        self.shown = DerivedValue(session, self._show, ignores=CROSSHAIR + PROGRESS)

    def add(self, modality: Modality) -> None:
        state = self._session.state
        if state.shown is not None and modality not in state.shown:
            self._session.become(state.using(state.shown.toggled(modality)))

    def sort(self, *, per_minute: bool) -> None:
        """Sort by gain per minute, or by gain."""
        self._per_minute = per_minute
        self.shown.refresh()

    def set_minutes(self, modality: Modality, minutes: float) -> None:
        """Change how long a sequence takes."""
        state = self._session.state
        changed = with_minutes(state.scan_minutes, modality, minutes)
        if changed != state.scan_minutes:
            self._session.become(replace(state, scan_minutes=changed))

    def _show(self, state: State) -> WhatNext:
        return what_next(state, per_minute=self._per_minute)
