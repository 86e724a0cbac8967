"""View-model of criticality: a bar chart of the sequences, its meaning, and how it was computed."""

from collections.abc import Mapping
from dataclasses import dataclass

from ccsd_app.scene.palette import Rgb, region_colours
from ccsd_app.session.hidden import HIDDEN, hidden
from ccsd_app.session.on_demand import CRITICALITY
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import scored, unrated_regions, unrated_text
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.common.provenance import score_name, score_of_seen, score_title
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.common.signed import signed
from ccsd_app.viewmodel.common.subset_state import pending_on_demand
from ccsd_app.viewmodel.panels.criticality_values import (
    CriticalityKind,
    against_expert,
    values_by_features,
    values_by_results,
)
from ccsd_app.viewmodel.panels.region_table import NO_SCORE
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart.

    Args:
        name: Name of the region; "" for a value of all regions.
        value: Length of the bar; None if there is no value.
        text: The value as text.
        colour: Colour of the region; None for a bar of all regions.
    """

    name: str
    value: float | None
    text: str
    colour: Rgb | None


@dataclass(frozen=True, slots=True)
class BarGroup:
    """The bars of one sequence.

    Args:
        name: The sequence.
        bars: Its bars; empty if there is no value.
        reason: Why there are no bars.
    """

    name: str
    bars: tuple[Bar, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class CriticalityView:
    """What the panel shows.

    Args:
        kind: The measure.
        groups: The four sequences.
        meaning: What the bars mean.
        computed: How they were computed, for this case.
        note: Why something is missing; "" if nothing is.
    """

    kind: CriticalityKind
    groups: tuple[BarGroup, ...]
    meaning: str
    computed: str
    note: str


MEANINGS = {
    CriticalityKind.WITHHELD: "Drop in the score when only this sequence is withheld. "
    "Negative: the score improves.",
    CriticalityKind.SHAPLEY: "Shapley value: average gain in the score over all orders of "
    "adding sequences. Negative: adding it lowers the score.",
    CriticalityKind.COSINE: "How much its features differ from those of the other "
    "sequences. High: hard to replace by the others.",
    CriticalityKind.GRADIENT: "How strongly the training loss depends on its features. "
    "High: the segmentation relies on it.",
}


def criticality_view(state: State, kind: CriticalityKind) -> CriticalityView:
    """What the panel shows for a state."""
    case = state.case
    if case is None:
        return CriticalityView(kind, (), MEANINGS[kind], "", "No case is open")
    if kind.by_features:
        groups, note = _by_features(state, case, kind)
    else:
        groups, note = _by_results(state, case, kind)
    return CriticalityView(kind, groups, MEANINGS[kind], how_computed(state, kind), note)


def _by_features(
    state: State, case: Case, kind: CriticalityKind
) -> tuple[tuple[BarGroup, ...], str]:
    scores = values_by_features(state, kind)
    digits = 3 if kind is CriticalityKind.COSINE else 5

    def bars(modality: Modality) -> tuple[Bar, ...]:
        if modality not in scores:
            return ()
        return (Bar("", scores[modality], f"{scores[modality]:.{digits}f}", None),)

    if hidden(state):
        return _groups(case, dict.fromkeys(case.available, ())), sentence(HIDDEN)
    groups = _groups(case, {m: bars(m) for m in case.available})
    if state.on_demand.problem(CRITICALITY):
        return groups, f"Computation failed: {state.on_demand.problem(CRITICALITY)}"
    if state.on_demand.value(CRITICALITY) is None:
        return groups, sentence(pending_on_demand(state))
    if not scores:
        return groups, "The case has only one sequence: there is nothing to compare."
    return groups, ""


def _by_results(
    state: State, case: Case, kind: CriticalityKind
) -> tuple[tuple[BarGroup, ...], str]:
    values = {r: values_by_results(state, case, r, kind) for r in Region}
    colours = region_colours(state.colours)
    unrated = unrated_regions(state)

    def bar(region: Region, modality: Modality) -> Bar:
        value = values[region].get(modality)
        text = NO_SCORE if value is None else signed(value, digits=2)
        return Bar(region.name, value, text, colours[region])

    def bars(modality: Modality) -> tuple[Bar, ...]:
        found = [r for r in Region if modality in values[r]]
        return tuple(bar(r, modality) for r in Region if r in found or (found and r in unrated))

    groups = _groups(case, {m: bars(m) for m in case.available})
    if len(case.available) == 1 and kind is CriticalityKind.WITHHELD:
        return groups, "The case has only one sequence: it cannot be withheld."
    if all(group.bars or group.reason for group in groups):
        return groups, ""
    if hidden(state):
        return groups, sentence(HIDDEN)
    done, total = len(state.results), len(case.available.subsets())
    how = "stopped" if state.stopped else "the others are being computed"
    return groups, f"{done} of {total} subsets computed, {how}"


def _groups(case: Case, bars: Mapping[Modality, tuple[Bar, ...]]) -> tuple[BarGroup, ...]:
    return tuple(BarGroup(m.label, bars.get(m, ()), case.absence(m)) for m in Modality)


def how_computed(state: State, kind: CriticalityKind) -> str:
    """How the values of this case were computed, as a sentence."""
    score = score_title(state)
    match kind:
        case CriticalityKind.WITHHELD:
            lost = f"{sentence(score)}: with all sequences minus without this sequence"
            return _with_reason(lost, state)
        case CriticalityKind.SHAPLEY:
            shares = (
                f"Shapley value of the {score} over all orders of adding sequences, "
                "starting from an empty prediction"
            )
            return _with_reason(shares, state)
        case CriticalityKind.COSINE:
            return (
                "1 − mean cosine similarity to the deepest fused features of the other sequences "
                "(eq. 4 of the paper, as reconstructed); one number for all regions."
            )
        case CriticalityKind.GRADIENT:
            expert = against_expert(state, kind)
            absence = "" if state.case is None else state.case.labels_absence
            against = (
                "the expert labels" if expert else f"the prediction from all sequences ({absence})"
            )
            seen = ", seen in training" if expert and score_of_seen(state) else ""
            return (
                f"Norm of the gradient of the segmentation loss vs {against}{seen} with "
                "respect to its fused features at all levels (eq. 9 of the paper)."
            )


def _with_reason(meaning: str, state: State) -> str:
    """The sentence, with why some regions have no values, or what scores of 1 and 0 mean."""
    reason = unrated_text(state)
    text = f"{meaning}. {reason}" if reason else f"{scored(meaning, state)}."
    if score_name(state) == "Dice":
        return text
    return f"{text} It shows what changes, not what gets better or worse."


class CriticalityModel:
    """Shows `criticality_view(state, kind)`; features are requested when the panel is first shown.

    The chosen measure belongs to the panel: nothing else depends on it.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kind = CriticalityKind.WITHHELD
        self._visible = False
        self.shown = DerivedValue(
            session, lambda state: criticality_view(state, self._kind), ignores=CROSSHAIR + PROGRESS
        )
        session.changed.connect(self._on_session_changed)

    @property
    def kind(self) -> CriticalityKind:
        return self._kind

    def choose(self, kind: CriticalityKind) -> None:
        """Choose the measure that is shown."""
        self._kind = kind
        self._ask()
        self.shown.refresh()

    def set_visible(self, *, visible: bool) -> None:
        """Note whether the panel is on screen; results are only requested while it is."""
        self._visible = visible
        self._ask()

    def _on_session_changed(self, old: State, new: State) -> None:
        if new.case is not old.case:
            self._ask()

    def _ask(self) -> None:
        """Request the features; the request lasts until another case is opened."""
        state = self._session.state
        if self._visible and self._kind.by_features and state.on_demand.value(CRITICALITY) is None:
            self._session.become(state.asking(CRITICALITY))
