"""Which on-demand results are shown in a state and not computed yet."""

from collections.abc import Iterable
from typing import Any

from ccsd_app.session.display import Layer
from ccsd_app.session.on_demand import (
    DEGRADATION_CURVE,
    DEGRADED_VIEWS,
    KINDS,
    OTHER_MODEL,
    PROBABILITIES,
    Key,
    Kind,
)
from ccsd_app.session.state import State

Request = tuple[Kind[Any], Key]
"""A kind of result and its subset (None: the whole case)."""


def wanted_requests(state: State) -> frozenset[Request]:
    """On-demand results that the inference process is to compute, one of each kind."""
    wanted = (wanted_request(kind, state) for kind in KINDS)
    return frozenset(request for request in wanted if request is not None)


def wanted_request(kind: Kind[Any], state: State) -> Request | None:
    """The next result of a kind that is shown but not computed; None if there is none."""
    missing = (key for key in _shown(kind, state) if not state.on_demand.is_settled(kind, key))
    return next(((kind, key) for key in missing), None)


def _shown(kind: Kind[Any], state: State) -> Iterable[Key]:
    """The keys whose results are shown somewhere, in the order in which to compute them."""
    if kind == PROBABILITIES:
        return _drawn_subsets(state)
    if kind == DEGRADATION_CURVE:
        wanted = state.curve_wanted
        return () if wanted is None or state.full_result is None else (wanted,)
    if kind == DEGRADED_VIEWS:
        views = state.views_wanted
        return () if views is None or state.full_result is None else (views,)
    if kind == OTHER_MODEL:
        compares = state.side_by_side or (state.layer is Layer.DIFFERENCE and state.show_overlay)
        missing = state.missing_of_other_model if compares else None
        return () if missing is None else (missing,)
    if kind not in state.on_demand.asked or state.case is None:
        return ()
    if kind.needs_labels and state.case.reference is None:
        return ()
    if kind.of_case:
        return () if state.full_result is None else (None,)
    return tuple(state.results)


def _drawn_subsets(state: State) -> Iterable[Key]:
    """Computed subsets whose probabilities are drawn over the slices."""
    if not state.layer.needs_probabilities or not state.show_overlay or state.on_scanned:
        return ()
    other = state.compared_subset if state.side_by_side else state.shown
    return tuple(subset for subset in (state.shown, other) if subset in state.results)
