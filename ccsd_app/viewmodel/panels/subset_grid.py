"""View-model of the grid of subsets: state, score and volume of each, and a filter."""

from dataclasses import dataclass, replace

from psygnal import Signal

from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import scored
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.common.provenance import score_name, score_title
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.common.subset_state import subset_state
from ccsd_app.viewmodel.panels.region_table import score_text, scores_of
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.volume_text import ml_text


@dataclass(frozen=True, slots=True)
class SubsetCell:
    """One cell of the grid.

    Args:
        subset: The subset.
        given: For each of the four sequences, whether it is given to the model.
        status: `computed`, `running`, `stopped`, `waiting` or `hidden`.
        score: Score of the chosen region; "" if not computed.
        volume: Volume of the chosen region in mL; "" if not computed.
        shown: Whether it is on screen.
        compared: Whether it is B of a comparison.
        accessible_text: All of it in one sentence, for tooltips and screen readers.
    """

    subset: ModalitySubset
    given: tuple[bool, ...]
    status: str
    score: str
    volume: str
    shown: bool
    compared: bool
    accessible_text: str


def subset_cells(state: State) -> tuple[SubsetCell, ...]:
    """The cells of every subset of the case, in the order of the paper's tables."""
    subsets = state.case.available.subsets() if state.case else ()
    return tuple(_cell(subset, state) for subset in subsets)


def _available(state: State) -> frozenset[Modality]:
    """The sequences that a subset of the case can contain."""
    return frozenset(state.available)


def _cell(subset: ModalitySubset, state: State) -> SubsetCell:
    result, region = state.results.get(subset), state.region
    status = subset_state(subset, state)
    score = volume = ""
    if result is not None:
        found = scores_of(result, state).get(region)
        score = score_text(found, result, state, digits=2)
        volume = f"{ml_text(result.volumes_ml[region])} mL"
    numbers = [f"{region.name} {score_name(state)} {score}", volume] if score else [volume]
    return SubsetCell(
        subset,
        tuple(m in subset for m in Modality),
        status,
        score,
        volume,
        subset == state.shown,
        state.side_by_side and subset == state.compared_subset,
        ", ".join([subset.label, status, *(number for number in numbers if number)]),
    )


class SubsetGridModel:
    """Shows the `subset_cells(state)` that pass a filter; a click selects a cell's subset.

    The filter only affects the grid, not what is computed or drawn elsewhere.
    """

    filtered = Signal()

    def __init__(self, session: Session) -> None:
        self._session = session
        self._required: frozenset[Modality] = frozenset()
        self.shown = DerivedValue(session, subset_cells, ignores=CROSSHAIR)
        self.score = DerivedValue(
            session, lambda s: scored(sentence(score_title(s)), s), ignores=CROSSHAIR + PROGRESS
        )
        self.available = DerivedValue(session, _available, ignores=CROSSHAIR + PROGRESS)
        self.available.changed.connect(self._on_other_sequences)

    @property
    def required(self) -> frozenset[Modality]:
        """Sequences that every listed subset contains."""
        return self._required

    @property
    def listed(self) -> tuple[SubsetCell, ...]:
        """The cells that pass the filter."""
        return tuple(
            cell for cell in self.shown.value if all(m in cell.subset for m in self._required)
        )

    def require(self, modality: Modality) -> None:
        """Toggle the filter for a sequence: list only the subsets that contain it, or all."""
        self._required = self._required ^ {modality}
        self.filtered.emit()

    def _on_other_sequences(self, available: frozenset[Modality]) -> None:
        if not self._required <= available:
            self._required = self._required & available
        self.filtered.emit()

    def use(self, subset: ModalitySubset) -> None:
        self._session.become(self._session.state.using(subset))

    def compare(self, subset: ModalitySubset) -> None:
        """Compare a subset with the one on screen, side by side."""
        state = self._session.state.comparing(subset)
        self._session.become(replace(state, side_by_side=True))
