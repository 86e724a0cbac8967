"""What the user may not see yet: the one place that decides it.

    state ──▶ seen(state) ──▶ resolvers, panels, exports        what is hidden is not in it
          └─▶ engine, the guess's card                          everything there is

Only results are hidden, by taking them away: who draws `seen(state)` cannot give away what a
hidden subset found. `hidden(seen(state)) == hidden(state)`, so that words can say why. In place
of a hidden result stands that of everything given: it is what there is to lose.
"""

from dataclasses import replace

from ccsd_app.session.state import State
from ccsd_core.domain.modality import ModalitySubset

HIDDEN = "hidden until you guess"
STANDS_IN = "All sequences, until you guess"
"""What is said of the result that is drawn in place of a hidden one."""


def hidden(state: State) -> frozenset[ModalitySubset]:
    """Subsets whose results are not shown: while guessing, all that were not revealed.

    Everything the patient has is what guesses compare with; it is never hidden.
    """
    if not state.guess.on or state.case is None:
        return frozenset()
    whole = state.case.available
    return frozenset(whole.subsets()) - {whole} - state.guess.revealed


def stands_in(state: State) -> bool:
    """Whether the result of everything given is on screen in place of a hidden one."""
    return state.used in hidden(state) and state.full_result is not None and state.shown is not None


def seen(state: State) -> State:
    """The state without what is hidden, and with what stands in for it."""
    away = hidden(state)
    if not away or state.case is None:
        return state
    return replace(
        state,
        shown=state.case.available if stands_in(state) else state.shown,
        results={s: result for s, result in state.results.items() if s not in away},
        on_demand=state.on_demand.without(away),
    )
