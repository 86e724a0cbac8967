"""The state of a computation as text, the same in every panel."""

from ccsd_app.session.hidden import HIDDEN, hidden
from ccsd_app.session.on_demand import PROBABILITIES
from ccsd_app.session.state import State
from ccsd_core.domain.modality import ModalitySubset


def subset_state(subset: ModalitySubset, state: State) -> str:
    """`computed`, `running`, `stopped`, `waiting`; `hidden` until the user guesses."""
    if subset in hidden(state):
        return "hidden"
    if subset in state.results:
        return "computed"
    if state.activity is not None and state.activity.subset == subset:
        return "running"
    return "stopped" if state.stopped else "waiting"


PENDING = {
    "computed": "",
    "running": "computing…",
    "waiting": "computing…",
    "stopped": "not computed (stopped)",
    "hidden": HIDDEN,
}


def pending(subset: ModalitySubset, state: State) -> str:
    """The text shown instead of a subset's result; "" if it is computed."""
    return PENDING[subset_state(subset, state)]


def pending_reference(state: State) -> str:
    """The text shown instead of the result that the shown one is compared with; "" if it is there.

    Missing results of another model are computed when they are shown.
    """
    other, subset = state.other_model, state.compared_subset
    if other is None or subset in hidden(state):
        return pending(subset, state)
    if subset in other.results:
        return ""
    if state.other_model_failed:
        return f"could not be computed with {other.model.label}"
    return pending_on_demand(state)


def pending_on_demand(state: State) -> str:
    """The text shown instead of an on-demand result that is not computed yet."""
    return PENDING["stopped" if state.stopped else "waiting"]


def map_pending(state: State) -> str:
    """The text shown instead of the probabilities on screen; "" if they are computed."""
    if state.shown is None or state.shown_map is not None:
        return ""
    if state.on_demand.problem(PROBABILITIES, state.shown):
        return "computation failed"
    return pending_on_demand(state)
