"""View-model of degrading sequences: a slider for each kind, the scores, and the curve of a kind.

sequence [FLAIR T1 ■T1c T2]
noise ───●────  9 %            the state's degradations; a slider changes them
with T1c · without it · undegraded     scores of the subset on screen
curve of [noise ▾]             computed on request
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ccsd_app.session.hidden import hidden
from ccsd_app.session.on_demand import DEGRADATION_CURVE, DegradationCurveKey
from ccsd_app.session.result import SubsetResult
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import rated_regions
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, DerivedValue
from ccsd_app.viewmodel.common.provenance import score_name, score_name_in_text, score_title
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.common.subset_state import pending
from ccsd_app.viewmodel.panels.degrade.degradation_curve import (
    DegradationPlot,
    degradation_plot,
    mean_of,
)
from ccsd_app.viewmodel.panels.region_table import score_text, scores_of
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.data.degradation.kinds import DOSE, KINDS, TITLES, applies
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

UNCHANGED = "off"
NEEDS_BOTH = "The contrast dose can only be reduced for T1c, and only if the case has T1"
HINTS = {
    "dose": "T1c is blended with T1, scaled to T1c; 0 % shows no enhancement",
    "motion": "The head moves while lines of k-space are read: ghosts along one axis",
    "blur": "Gaussian blur in all three directions",
    "thick-slices": "Thick axial slices, interpolated back",
    "resolution": "Larger voxels within axial slices, interpolated back",
    "bias": "Smooth bias field; the ratio of its largest to its smallest value",
    "noise": "Noise of magnitude images, in percent of the mean brain intensity",
    "misregistration": "The sequence is shifted and rotated relative to the others",
}


@dataclass(frozen=True, slots=True)
class SequenceChoice:
    """One sequence to choose: whether the case has it, and whether it is degraded."""

    modality: Modality
    available: bool
    degraded: bool


@dataclass(frozen=True, slots=True)
class SliderRow:
    """One kind: its name, severity (0 to 5) and amount, and whether it applies."""

    kind: str
    title: str
    severity: float
    amount: str
    enabled: bool
    hint: str


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """Scores of one line of the table: WT, TC, ET, or why there are none."""

    name: str
    scores: tuple[str, ...]
    pending: str


@dataclass(frozen=True, slots=True)
class CurveView:
    """What is shown of the curve.

    Args:
        kind: The kind chosen for it.
        kinds: Kinds that can be chosen.
        refused: Why it cannot be computed now; "" if it can.
        running: What is being computed of it; "" while nothing is.
        plot: The curve; None while there is none.
        stale: Note that it is of other sequences or degradations than on screen; "" otherwise.
    """

    kind: str
    kinds: tuple[str, ...]
    refused: str
    running: str
    plot: DegradationPlot | None
    stale: str = ""


@dataclass(frozen=True, slots=True)
class DegradeView:
    """What the panel shows.

    Args:
        case_open: Whether a case is open.
        sequences: The four sequences.
        sequence: The sequence whose sliders are shown.
        rows: The sliders.
        can_reset: Whether the sequence is degraded, and whether any sequence is.
        score_title: Full name of the scores.
        scores: The subset on screen as it is, without the sequence, and undegraded.
        verdict: Sentence that says whether withholding the sequence would be better.
        curve: The curve over severity.
    """

    case_open: bool
    sequences: tuple[SequenceChoice, ...]
    sequence: Modality
    rows: tuple[SliderRow, ...]
    can_reset: tuple[bool, bool]
    score_title: str
    scores: tuple[ScoreRow, ...]
    verdict: str
    curve: CurveView


def degrade_view(state: State, sequence: Modality, kind: str) -> DegradeView:
    """What the panel shows for a state.

    Args:
        state: The state.
        sequence: The sequence that the user chose.
        kind: The kind that the user chose for the curve.
    """
    if state.case is not None and sequence not in state.case.volumes:
        sequence = min(state.case.volumes)
    degradations = state.degradations
    scores, verdict = _scores(state, sequence)
    return DegradeView(
        case_open=state.case is not None,
        sequences=tuple(
            SequenceChoice(m, m in state.available, bool(degradations.of_sequence(m)))
            for m in Modality
        ),
        sequence=sequence,
        rows=tuple(_row(state, sequence, name) for name in KINDS),
        can_reset=(bool(degradations.of_sequence(sequence)), bool(degradations)),
        score_title=sentence(score_title(state)),
        scores=scores,
        verdict=verdict,
        curve=_curve(state, sequence, kind),
    )


def _row(state: State, sequence: Modality, kind: str) -> SliderRow:
    severity = state.degradations.severity(sequence, kind)
    enabled = state.case is not None and applies(kind, sequence, state.case)
    hint = HINTS[kind] if enabled or kind != DOSE.name else NEEDS_BOTH
    return SliderRow(kind, TITLES[kind], severity, amount(kind, severity), enabled, hint)


def amount(kind: str, severity: float) -> str:
    """The amount next to a slider: `9 %`, `3 mm`; `off` if it changes nothing."""
    if severity == 0:
        return UNCHANGED
    first = f"{round(KINDS[kind].amounts(severity)[0], 1):g}"
    match kind:
        case "dose" | "noise":
            return f"{first} %"
        case "bias":
            return f"×{first}"
        case _:
            return f"{first} mm"


def _scores(state: State, sequence: Modality) -> tuple[tuple[ScoreRow, ...], str]:
    """The rows of the table, and the verdict on them."""
    subset = state.shown
    if subset is None or sequence not in subset or state.case is None:
        return (), ""
    name = sequence.label
    others = subset.bits & ~(1 << sequence)
    without = ModalitySubset(others) if others else None
    degraded = bool(state.applied.of_sequence(sequence))
    with_result = state.results.get(subset)
    without_result = None if without is None else state.results.get(without)
    rows = [_score_row(f"With {name}{', degraded' * degraded}", subset, with_result, state)]
    if without is not None:
        rows.append(_score_row(f"Without {name}", without, without_result, state))
    if state.applied.touch(subset):
        rows.append(
            _score_row("Nothing degraded", subset, state.undegraded_results.get(subset), state)
        )
    return tuple(rows), _verdict(state, name, with_result, without_result) if degraded else ""


def _score_row(
    name: str, subset: ModalitySubset, result: SubsetResult | None, state: State
) -> ScoreRow:
    if result is None:
        return ScoreRow(name, ("",) * len(Region), pending(subset, state) or "not computed")
    found = scores_of(result, state)
    texts = tuple(score_text(found.get(region), result, state) for region in Region)
    return ScoreRow(name, texts, "")


def _verdict(
    state: State, name: str, with_result: SubsetResult | None, without_result: SubsetResult | None
) -> str:
    if with_result is None or without_result is None:
        return ""
    regions = rated_regions(state)
    means: list[float] = []
    for result in (with_result, without_result):
        found = scores_of(result, state)
        if any(region not in found for region in regions):
            return ""
        means.append(mean_of(found, regions))
    kept, out = means
    score = score_name_in_text(state)
    numbers = f"mean {score} {kept:.3f}, without {name} {out:.3f}"
    if score_name(state) == "Dice":
        if out > kept:
            return f"Withholding {name} would be better now: {numbers}."
        return f"Giving {name} to the model is still better: {numbers}."
    if out > kept:
        return f"Without {name} the result is closer to the undegraded prediction: {numbers}."
    return f"With {name} the result is closer to the undegraded prediction: {numbers}."


def _curve(state: State, sequence: Modality, kind: str) -> CurveView:
    case = state.case
    kinds = tuple(k for k in KINDS if case is not None and applies(k, sequence, case))
    if kind not in kinds and kinds:
        kind = kinds[0]
    key = curve_key(state, sequence, kind)
    wanted = state.curve_wanted
    running = ""
    if wanted is not None and not state.on_demand.is_settled(DEGRADATION_CURVE, wanted):
        activity = state.activity
        ours = activity is not None and activity.what.startswith(wanted.label)
        running = sentence(activity.what if ours and activity is not None else wanted.label) + "…"
    curves = state.on_demand.of(DEGRADATION_CURVE)
    found = None if key is None else curves.get(key)
    shown, stale = key, ""
    if found is None:
        for other in reversed(list(curves)):
            same = isinstance(other, DegradationCurveKey) and other.sequence is sequence
            if same and isinstance(other, DegradationCurveKey) and other.kind == kind:
                shown, found = other, curves[other]
                stale = f"Computed for {other.subset.label}" + (
                    f" with {other.others.text}" if other.others else ""
                )
                break
    plot = None if found is None or shown is None else degradation_plot(shown, found, state)
    return CurveView(kind, kinds, _refused(state, sequence), running, plot, stale)


def curve_key(state: State, sequence: Modality, kind: str) -> DegradationCurveKey | None:
    """The key of the curve of one kind for the current selection; None if it cannot be computed."""
    if state.case is None or sequence not in state.used:
        return None
    others = state.degradations.without(sequence, kind)
    return DegradationCurveKey(sequence, kind, state.used, others)


def _refused(state: State, sequence: Modality) -> str:
    if state.case is None:
        return "No case is open"
    if state.used in hidden(state):
        return "Not available during Guess first: the curve would give the answer away"
    if sequence not in state.used:
        return f"{sequence.label} is withheld: give it to the model first"
    if state.full_result is None:
        return "Wait for the prediction from all sequences, which others are compared with"
    return ""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A film of one kind of degradation.

    Args:
        title: What it shows.
        key: The sequence, the kind and the subset; None if none can be made now.
        refused: Why not; "" if one can.
    """

    title: str
    key: DegradationCurveKey | None
    refused: str


class DegradeModel:
    """Shows `degrade_view`; the chosen sequence and kind only affect the panel.

    Args:
        session: The state.
        cancel: Cancels the computation of the curve.
    """

    def __init__(self, session: Session, cancel: Callable[[], None]) -> None:
        self._session = session
        self._cancel = cancel
        self._sequence = Modality.T1C
        self._kind = DOSE.name
        self.shown = DerivedValue(
            session,
            lambda state: degrade_view(state, self._sequence, self._kind),
            ignores=CROSSHAIR,
        )

    def choose(self, sequence: Modality) -> None:
        """Choose the sequence whose sliders are shown."""
        self._sequence = sequence
        self.shown.refresh()

    def choose_kind(self, kind: str) -> None:
        """Choose the kind whose curve is shown."""
        self._kind = kind
        self.shown.refresh()

    def degrade(self, kind: str, severity: float) -> None:
        """Degrade the chosen sequence; severity 0 undoes it."""
        degradations = self._session.state.degradations
        sequence = self.shown.value.sequence
        self._become(degradations.with_severity(sequence, kind, severity))
        if severity:
            self.choose_kind(kind)

    def reset_sequence(self) -> None:
        """Remove all degradations of the chosen sequence."""
        self._become(self._session.state.degradations.without(self.shown.value.sequence))

    def reset_all(self) -> None:
        """Remove all degradations."""
        self._become(Degradations())

    @property
    def sweep(self) -> Sweep:
        """The film of the chosen sequence and kind."""
        view, state = self.shown.value, self._session.state
        curve = view.curve
        title = f"{TITLES[curve.kind]} of {view.sequence.label}" if curve.kinds else ""
        refused = curve.refused or ("" if curve.kinds else "No sequence can be degraded")
        key = None if refused else curve_key(state, view.sequence, curve.kind)
        return Sweep(title, key, refused)

    def compute_curve(self) -> None:
        """Compute the curve of the chosen kind, if that is possible."""
        view, state = self.shown.value, self._session.state
        if view.curve.refused or not view.curve.kinds:
            return
        key = curve_key(state, view.sequence, view.curve.kind)
        on_demand = state.on_demand.retrying(DEGRADATION_CURVE)
        self._session.become(replace(state, curve_wanted=key, on_demand=on_demand))

    def cancel_curve(self) -> None:
        """Cancel the computation of the curve."""
        self._cancel()

    def _become(self, degradations: Degradations) -> None:
        self._session.become(self._session.state.degrading(degradations))
