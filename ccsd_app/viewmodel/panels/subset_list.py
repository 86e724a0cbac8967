"""View-model of the list of subsets: which are computed, and one measure of each."""

from dataclasses import dataclass

from ccsd_app.scene.palette import Rgb, region_colours
from ccsd_app.session.on_demand import HD95
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, DerivedValue
from ccsd_app.viewmodel.common.subset_state import subset_state
from ccsd_app.viewmodel.panels.measures import (
    Measure,
    cell_text,
    full_name,
    short_name,
    unavailable_reason,
)
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region


@dataclass(frozen=True, slots=True)
class SubsetRow:
    """One row of the list.

    Args:
        subset: The subset.
        given: For each of the four sequences, whether it is given to the model.
        status: `computed`, `running`, `stopped`, `waiting` or `hidden`.
        values: Values of WT, TC and ET as text; "" if not computed.
        colours: Colours of the values.
        shown: Whether it is on screen.
        wanted: Whether its sequences are selected.
    """

    subset: ModalitySubset
    given: tuple[bool, ...]
    status: str
    values: tuple[str, ...]
    colours: tuple[Rgb, ...]
    shown: bool
    wanted: bool

    @property
    def accessible_text(self) -> str:
        """The row as one sentence, for tooltips and screen readers."""
        numbers = [
            f"{region.name} {value}"
            for region, value in zip(Region, self.values, strict=True)
            if value
        ]
        return ", ".join([self.subset.label, self.status, *numbers])


@dataclass(frozen=True, slots=True)
class MeasureChoice:
    """One measure that can be chosen.

    Args:
        measure: The measure.
        name: Text of its button.
        hint: Its name in full, or why it cannot be chosen.
        possible: Whether it can be chosen.
    """

    measure: Measure
    name: str
    hint: str
    possible: bool


@dataclass(frozen=True, slots=True)
class SubsetList:
    """What the list shows.

    Args:
        rows: The subsets of the case in table order.
        choices: Measures that can be chosen.
        measure: The chosen measure.
        caption: Its name in full.
        can_copy: Whether there are numbers to copy.
    """

    rows: tuple[SubsetRow, ...]
    choices: tuple[MeasureChoice, ...]
    measure: Measure
    caption: str
    can_copy: bool


def subset_list(state: State, measure: Measure = Measure.SCORE) -> SubsetList:
    """The list for a state and a measure."""
    if unavailable_reason(measure, state):
        measure = Measure.SCORE
    subsets = state.case.available.subsets() if state.case else ()
    caption = full_name(measure, state)
    missing = sum(s not in state.on_demand.of(HD95) for s in subsets)
    if measure is Measure.HD95 and missing:
        caption = f"{caption}; {len(subsets) - missing} of {len(subsets)} computed"
    return SubsetList(
        tuple(_row(s, state, measure) for s in subsets),
        tuple(_choice(one, state) for one in Measure),
        measure,
        caption,
        bool(state.results),
    )


def _choice(measure: Measure, state: State) -> MeasureChoice:
    reason = unavailable_reason(measure, state)
    hint = reason or full_name(measure, state)
    return MeasureChoice(measure, short_name(measure, state), hint, not reason)


def _row(subset: ModalitySubset, state: State, measure: Measure) -> SubsetRow:
    result = state.results.get(subset)
    texts = ("",) * len(Region)
    if result is not None:
        texts = tuple(cell_text(measure, result, region, state) for region in Region)
    return SubsetRow(
        subset,
        tuple(m in subset for m in Modality),
        subset_state(subset, state),
        texts,
        tuple(region_colours(state.colours).values()),
        subset == state.shown,
        subset == state.used,
    )


class SubsetListModel:
    """Shows `subset_list(state, measure)`; a click selects a subset.

    The chosen measure only affects the list. Distances take a second or two and are requested when
    they are chosen.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._measure = Measure.SCORE
        self.shown = DerivedValue(
            session, lambda state: subset_list(state, self._measure), ignores=CROSSHAIR
        )
        session.changed.connect(self._on_session_changed)

    def use(self, subset: ModalitySubset) -> None:
        self._session.become(self._session.state.using(subset))

    def measure(self, measure: Measure) -> None:
        """Choose the measure that the table shows."""
        self._measure = measure
        self._ask()
        self.shown.refresh()

    def _on_session_changed(self, old: State, new: State) -> None:
        if new.case is not old.case:
            self._ask()

    def _ask(self) -> None:
        state = self._session.state
        if self._measure is Measure.HD95:
            self._session.become(state.asking(HD95))
