"""View-model of the Export menu: what can be exported now, and why the rest cannot."""

from dataclasses import dataclass

from ccsd_app.session.hidden import HIDDEN, hidden
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.reasons import NO_CASE
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_core.domain.modality import ModalitySubset

NO_RESULT = "No result yet"
BUSY = "Another export is running"


@dataclass(frozen=True, slots=True)
class ExportOffer:
    """Why entries are disabled; "" where they are enabled.

    Args:
        picture: For pictures of views and of the window.
        shown: For what is made of the result on screen.
        computed: For what is made of all computed subsets.
        count: How many of these there are.
    """

    picture: str
    shown: str
    computed: str
    count: int


def export_offer(state: State, *, busy: bool) -> ExportOffer:
    """What can be exported from a state.

    >>> export_offer(State(), busy=False).shown
    'no case is open'
    """
    picture = BUSY if busy else NO_CASE if state.case is None else ""
    return ExportOffer(
        picture=picture,
        shown=picture or ("" if state.result is not None else _why_none(state)),
        computed=picture or ("" if state.results else NO_RESULT),
        count=len(state.results),
    )


def _why_none(state: State) -> str:
    return sentence(HIDDEN) if state.shown in hidden(state) else NO_RESULT


def computed_subsets(state: State) -> tuple[ModalitySubset, ...]:
    """Every computed subset, smallest first, which is the order of all tables."""
    if state.case is None:
        return ()
    return tuple(s for s in state.case.available.subsets() if s in state.results)


def removal_order(state: State) -> tuple[ModalitySubset, ...]:
    """The computed subsets, largest first, for the animation of stepwise removal."""
    return tuple(sorted(computed_subsets(state), key=len, reverse=True))
