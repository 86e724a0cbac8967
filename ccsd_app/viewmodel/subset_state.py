"""How far a subset is: one word, the same in every panel."""

from ccsd_app.session.state import State
from ccsd_core.domain.modality import ModalitySubset


def subset_state(subset: ModalitySubset, state: State) -> str:
    """`computed`, `running`, `stopped` or `waiting`."""
    if subset in state.results:
        return "computed"
    if state.activity is not None and state.activity.subset == subset:
        return "running"
    return "stopped" if state.stopped else "waiting"
