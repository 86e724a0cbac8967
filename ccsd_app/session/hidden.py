"""Which results "Guess first" hides.

    state ──▶ without_hidden(state) ──▶ resolvers, panels, exports     without the hidden results
          └─▶ engine, the panel of "Guess first"                       with all results

Hidden results are removed from the state, so that nothing that draws `without_hidden(state)` can
reveal them. `hidden(without_hidden(state)) == hidden(state)`: texts can still say what is hidden.
The result of all sequences is drawn instead of a hidden one, because guesses are compared with it.
"""

from dataclasses import replace

from ccsd_app.session.state import State
from ccsd_core.domain.modality import ModalitySubset

HIDDEN = "hidden until you guess"
SUBSTITUTED = "All sequences, until you guess"
"""The note on the result of all sequences while it is drawn instead of a hidden one."""


def hidden(state: State) -> frozenset[ModalitySubset]:
    """Subsets whose results are not shown: while guessing, all that are not revealed.

    The result of all sequences is never hidden, because guesses are compared with it.
    """
    if not state.guess.on or state.case is None:
        return frozenset()
    all_sequences = state.case.available
    return frozenset(all_sequences.subsets()) - {all_sequences} - state.guess.revealed


def is_substituted(state: State) -> bool:
    """Whether the result of all sequences is on screen instead of a hidden one."""
    return state.used in hidden(state) and state.full_result is not None and state.shown is not None


def without_hidden(state: State) -> State:
    """The state without hidden results; that of all sequences replaces a hidden one on screen."""
    hidden_subsets = hidden(state)
    if not hidden_subsets or state.case is None:
        return state
    return replace(
        state,
        shown=state.case.available if is_substituted(state) else state.shown,
        results={s: result for s, result in state.results.items() if s not in hidden_subsets},
        results_by_degradation={
            degradations: {s: result for s, result in results.items() if s not in hidden_subsets}
            for degradations, results in state.results_by_degradation.items()
        },
        other_models=tuple(
            replace(m, results={s: r for s, r in m.results.items() if s not in hidden_subsets})
            for m in state.other_models
        ),
        on_demand=state.on_demand.without(hidden_subsets),
    )
