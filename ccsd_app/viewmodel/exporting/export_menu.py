"""View-model of the Export menu: what can leave the window now, and why something cannot."""

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
    """Why an entry is grey; empty where it is not.

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
    """Every subset that is computed, smallest first: the order of every table."""
    if state.case is None:
        return ()
    return tuple(s for s in state.case.available.subsets() if s in state.results)


def walk_down(state: State) -> tuple[ModalitySubset, ...]:
    """The computed subsets from everything down to single sequences."""
    return tuple(sorted(computed_subsets(state), key=len, reverse=True))
