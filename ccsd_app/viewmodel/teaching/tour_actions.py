"""What the guided tour does itself where the user would rather watch: the state after it.

leave T1c out · one sequence alone · a pair · two subsets side by side · their difference · add one

Each is what the step asks the user for, done to the state as a click or a key would do it.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from ccsd_app.session.display import Layer
from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.what_next_panel import what_next
from ccsd_core.domain.modality import Modality, ModalitySubset

Show = Callable[[State], State]


def leaving_out(modality: Modality | None) -> Show | None:
    """Leave a sequence out, if there is one to spare."""
    return None if modality is None else partial(_left_out, modality=modality)


def one_alone(state: State) -> State:
    """One sequence alone: the far left of the curve."""
    return _of_size(state, 1)


def a_pair(state: State) -> State:
    """Two sequences, in the middle of the grid."""
    return _of_size(state, 2)


def side_by_side(state: State) -> State:
    """Two subsets side by side."""
    return replace(state, side_by_side=True)


def difference(state: State) -> State:
    """Where the two differ, drawn over the slices."""
    return state.over_slices(Layer.DIFFERENCE)


def most_helpful_added(state: State) -> State:
    """What “What next?” has on top, of what the case has."""
    first = next((row.modality for row in what_next(state).rows if row.available), None)
    return state if first is None else state.using(ModalitySubset.of(*state.used, first))


def _left_out(state: State, *, modality: Modality) -> State:
    return state.toggled(modality) if modality in state.used else state


def _of_size(state: State, count: int) -> State:
    """A subset of so many sequences other than the one in use, or of the nearest number."""
    given = () if state.case is None else state.case.available.subsets()
    others = [subset for subset in given if subset != state.used]
    return (
        state.using(min(others, key=lambda subset: abs(len(subset) - count))) if others else state
    )
