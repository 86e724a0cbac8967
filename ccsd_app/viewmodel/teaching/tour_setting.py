"""Sets the display settings that the tour's texts rely on, and restores those of the user.

start ──▶ with_tour_settings(state)                 all sequences, their regions, nothing compared
or hidden end   ──▶ with_user_settings(state, before)       as it was, except for another case
opened meanwhile

Computed results are not changed.
"""

from dataclasses import replace

from ccsd_app.session.display import Layer
from ccsd_app.session.state import State
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.region import Region


def with_tour_settings(state: State) -> State:
    """The state with the display settings that the first step describes."""
    if state.case is None:
        return state
    all_sequences = state.case.available
    guess = replace(state.guess, on=False)
    state = replace(
        state.degrading(Degradations()).shown_on(scanned=False),
        layer=Layer.REGIONS,
        show_overlay=True,
        visible=frozenset(Region),
        side_by_side=False,
        compared=None,
        against_reference=False,
        guess=guess if state.guess.on else state.guess,
    )
    return state.using(all_sequences).at_tumour()


def with_user_settings(state: State, before: State) -> State:
    """The state with the display settings from before the tour."""
    guess = replace(state.guess, on=True) if before.guess.on else state.guess
    state = replace(state, show_overlay=before.show_overlay, visible=before.visible, guess=guess)
    if state.preparation is not None and state.preparation is before.preparation:
        state = state.shown_on(scanned=before.on_scanned)
    if state.original is not before.original:
        return state
    state = state.degrading(before.degradations).using(before.used)
    return replace(
        state,
        layer=before.layer,
        region=before.region,
        region_chosen=before.region_chosen,
        used_before=before.used_before,
        side_by_side=before.side_by_side,
        compared=before.compared,
        against_reference=before.against_reference,
        cursor_voxel=before.cursor_voxel,
    )
