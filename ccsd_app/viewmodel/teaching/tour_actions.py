"""The actions of the guided tour's steps, which the tour performs on request.

original slices · withhold T1c · one sequence alone · a pair · two subsets side by side ·
their difference · add one · degrade one

Each has the same effect as the click or key that the step suggests.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from ccsd_app.session.display import Layer
from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.what_next_panel import what_next
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.data.degradation.kinds import DOSE, MAX_SEVERITY, applies
from ccsd_core.domain.modality import Modality, ModalitySubset

Action = Callable[[State], State]


def on_original_slices(state: State) -> State:
    """Show the results on the images as scanned."""
    return state.shown_on(scanned=True)


def withhold(modality: Modality | None) -> Action | None:
    """The action that withholds a sequence; None if there is none to withhold."""
    return None if modality is None else partial(_withheld, modality=modality)


def single_sequence(state: State) -> State:
    """Select a single sequence, which is at the left end of the curve."""
    return _of_size(state, 1)


def two_sequences(state: State) -> State:
    """Select two sequences, which are in the middle of the grid."""
    return _of_size(state, 2)


def side_by_side(state: State) -> State:
    """Show two subsets side by side."""
    return replace(state, side_by_side=True)


def difference(state: State) -> State:
    """Show the difference of the two subsets over the slices."""
    return state.with_layer(Layer.DIFFERENCE)


def no_contrast_agent(state: State) -> State:
    """Show T1c as without contrast agent, or another sequence with much noise."""
    if state.case is None:
        return state
    sequence = Modality.T1C if Modality.T1C in state.used else max(state.used)
    kind = DOSE.name if applies(DOSE.name, sequence, state.case) else "noise"
    return state.degrading(Degradations().with_severity(sequence, kind, MAX_SEVERITY))


def most_helpful_added(state: State) -> State:
    """Add the first sequence of “What next?” that the case has."""
    first = next((row.modality for row in what_next(state).rows if row.available), None)
    return state if first is None else state.using(ModalitySubset.of(*state.used, first))


def _withheld(state: State, *, modality: Modality) -> State:
    return state.toggled(modality) if modality in state.used else state


def _of_size(state: State, count: int) -> State:
    """Select another subset of that size, or of the nearest size."""
    subsets = () if state.case is None else state.case.available.subsets()
    others = [subset for subset in subsets if subset != state.used]
    return (
        state.using(min(others, key=lambda subset: abs(len(subset) - count))) if others else state
    )
