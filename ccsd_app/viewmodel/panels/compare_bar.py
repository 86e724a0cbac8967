"""View-model of the comparison: two subsets of one patient, or a subset and the expert."""

from dataclasses import dataclass, replace

from ccsd_app.session.display import Layer
from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.on_demand import OnDemand
from ccsd_app.session.result import SubsetResult
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.common.overlap import overlap
from ccsd_app.viewmodel.common.provenance import score_name, score_of_seen
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.common.signed import signed_change
from ccsd_app.viewmodel.common.subset_state import pending, pending_reference
from ccsd_app.viewmodel.panels.region_table import NO_SCORE, score_text, scores_of
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_text import ml_text

SAME = "Same sequences on both sides: withhold one or choose another B"


@dataclass(frozen=True, slots=True)
class ComparedRegion:
    """One region on both sides of the comparison; a text is "" if there is no number.

    A change is the number of A minus that of B, as in the regions table.
    """

    region: Region
    shown_ml: str
    other_ml: str
    change_ml: str
    shown_score: str
    other_score: str
    change_score: str
    overlap: str


@dataclass(frozen=True, slots=True)
class ComparisonTable:
    """What the bar shows.

    Args:
        open: Whether two subsets are shown side by side.
        choices: Subsets that can be chosen as B.
        other: The subset B.
        models: Other models that can be chosen as B: hash and name.
        other_model: Hash of the model B; "" if B is a subset.
        shown: Name of A, the subset on screen.
        shown_model: Name of its model, if it is compared with another model; else "".
        against_reference: Whether the difference layer compares with the expert labels.
        has_reference: Whether there are expert labels.
        score_name: Dice or agreement.
        rows: WT, TC, ET.
        pending: Why there are no numbers; "" if there are.
        seen: Whether scores are shown of a case that the model was trained on.
    """

    open: bool
    choices: tuple[ModalitySubset, ...]
    other: ModalitySubset
    models: tuple[tuple[str, str], ...]
    other_model: str
    shown: str
    shown_model: str
    against_reference: bool
    has_reference: bool
    score_name: str
    rows: tuple[ComparedRegion, ...]
    pending: str
    seen: bool


def comparison_table(state: State) -> ComparisonTable:
    """The table that compares the result on screen with that of B."""
    case, shown, other = state.case, state.result, state.compared_result
    rows: tuple[ComparedRegion, ...] = ()
    same = shown is not None and shown is other
    if shown is not None and other is not None and state.side_by_side and not same:
        rows = tuple(_row(region, shown, other, state) for region in Region)
    return ComparisonTable(
        open=state.side_by_side and case is not None,
        choices=tuple(case.available.subsets()) if case is not None else (),
        other=state.compared_subset,
        models=tuple((m.model.sha256, f"Model {m.model.label}") for m in state.comparable_models),
        other_model="" if state.other_model is None else state.other_model.model.sha256,
        shown=state.shown.label if state.shown is not None else "",
        shown_model=state.model.label if state.model and state.other_model else "",
        against_reference=state.against_reference,
        has_reference=case is not None and case.reference is not None,
        score_name=score_name(state),
        rows=rows,
        pending="" if case is None else _why_no_numbers(state, same=same),
        seen=bool(rows) and (score_of_seen(state) or score_of_seen(compared_side(state))),
    )


def compared_side(state: State) -> State:
    """The state that side B of a comparison draws: the same with the other subset's result.

    A difference is drawn on one side only; this side shows its region. A hidden result is not
    replaced by that of all sequences: both sides would show the same picture. Of another model
    there are no probabilities: its regions are shown instead.
    """
    state = without_hidden(state)
    other, kept = state.compared_subset, state.other_model
    if kept is not None:
        layer = Layer.REGIONS if state.layer.needs_probabilities else state.layer
        stopped = state.stopped or state.other_model_failed  # then nothing is being computed
        state = replace(
            state,
            model=kept.model,
            results=kept.results,
            on_demand=OnDemand(),
            layer=layer,
            stopped=stopped,
        )
    shown = other if other in state.results else None
    state = replace(state, shown=shown, used=other)
    if state.layer is Layer.DIFFERENCE:
        state = replace(state, layer=Layer.REGIONS, visible=frozenset({state.region}))
    return state


def _why_no_numbers(state: State, *, same: bool) -> str:
    """The text in place of the numbers; "" if there are numbers.

    Args:
        state: The state.
        same: Whether both sides show one result.
    """
    if not same:
        return sentence(pending_reference(state))
    # While the requested result is hidden or being computed, that of all sequences replaces it.
    return SAME if state.used == state.compared_subset else sentence(pending(state.used, state))


def _row(region: Region, shown: SubsetResult, other: SubsetResult, state: State) -> ComparedRegion:
    ours, theirs = scores_of(shown, state).get(region), scores_of(other, state).get(region)
    scores = score_text(ours, shown, state), score_text(theirs, other, compared_side(state))
    change = "" if ours is None or theirs is None else signed_change(ours, theirs, digits=3)
    if change and NO_SCORE in scores:
        change = NO_SCORE  # a difference to an undefined score has no meaning
    return ComparedRegion(
        region,
        ml_text(shown.volumes_ml[region]),
        ml_text(other.volumes_ml[region]),
        signed_change(shown.volumes_ml[region], other.volumes_ml[region]),
        *scores,
        change,
        f"{overlap(shown, other)[region]:.3f}",
    )


class ComparisonModel:
    """Shows `comparison_table(state)`; compares with another subset, or with the expert labels."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.shown = DerivedValue(session, comparison_table, ignores=CROSSHAIR + PROGRESS)

    def compare_with(self, subset: ModalitySubset) -> None:
        self._session.become(self._session.state.comparing(subset))

    def compare_with_model(self, sha256: str) -> None:
        self._session.become(self._session.state.comparing_model(sha256))

    def compare_with_expert(self) -> None:
        self._session.become(replace(self._session.state, against_reference=True))

    def swap(self) -> None:
        """Swap the two sides: show the other subset, and compare it with the one shown before.

        Models are not swapped: the other one is not loaded.
        """
        state = self._session.state
        if (
            state.other_model is None
            and state.shown is not None
            and state.compared_result is not None
        ):
            shown, other = state.shown, state.compared_subset
            self._session.become(state.comparing(shown).using(other))

    def close(self) -> None:
        self._session.become(replace(self._session.state, side_by_side=False))
