"""What a comparison begins with, so that its two sides are not the same picture.

the subset used before ──▶ else the subset without one sequence that agrees least with all
region: the one that differs most, unless the user has chosen one
"""

from collections.abc import Mapping
from dataclasses import replace

from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.overlap import overlap
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region


def with_other_side(state: State) -> State:
    """The state whose compared subset is another one than the selected one, if one is computed."""
    expert = state.against_reference and state.case is not None and state.case.reference is not None
    other_model = state.other_model is not None
    if state.case is None or expert or other_model or state.compared_subset != state.used:
        return state
    everything = state.case.available
    if state.used != everything:
        return replace(state, compared=None)
    known = without_hidden(state).results
    before = state.used_before
    if before is not None and before != everything and before in known:
        return state.comparing(before)
    found = {s: _agreement(known[s].agreement) for s in _without_one(everything) if s in known}
    return state.comparing(min(found, key=lambda s: found[s])) if found else state


def with_changed_region(state: State) -> State:
    """The state whose region is the one with the largest difference, unless it was chosen."""
    seen = without_hidden(state)
    result, other = seen.result, seen.compared_result
    if state.region_chosen or result is None:
        return state
    if state.against_reference and result.dice is not None:
        overlaps = result.dice
    elif other is not None and other is not result:
        overlaps = overlap(result, other)
    else:
        return state
    return replace(state, region=min(Region, key=lambda region: overlaps[region]))


def _without_one(everything: ModalitySubset) -> list[ModalitySubset]:
    if len(everything) == 1:
        return []
    return [everything.toggled(modality) for modality in everything]


def _agreement(scores: Mapping[Region, float] | None) -> float:
    """Mean agreement of the regions with the prediction from all sequences; 1 if unknown."""
    return sum(scores.values()) / len(scores) if scores else 1.0
