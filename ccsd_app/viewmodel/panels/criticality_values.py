"""Criticality of each sequence of the open case, by four measures.

withheld    score with all sequences − score without it    this case's results, by region
Shapley     average gain over all orders of adding         this case's results, by region
cosine      how much its features differ from others      the network's features
gradient    how much the loss depends on its features      the network's features
"""

import enum
from collections.abc import Mapping

from ccsd_app.session.on_demand import CRITICALITY
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import absent_regions, rated_regions
from ccsd_app.viewmodel.common.provenance import score_name
from ccsd_app.viewmodel.panels.robustness_curve import curve_of
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region


class CriticalityKind(enum.Enum):
    """A measure of criticality; the value is its name on the screen."""

    WITHHELD = "Withheld"
    SHAPLEY = "Shapley"
    COSINE = "Cosine"
    GRADIENT = "Gradient"

    @property
    def by_features(self) -> bool:
        """Whether the measure is computed from the network's features, not from the results."""
        return self in (CriticalityKind.COSINE, CriticalityKind.GRADIENT)


def values_by_results(
    state: State, case: Case, region: Region, kind: CriticalityKind
) -> dict[Modality, float]:
    """Criticality by sequence from the results of one region, as far as these are computed.

    Empty for a region that is not rated: a score of 1 or 0 does not rate a sequence.
    """
    if region not in rated_regions(state):
        return {}
    curve = curve_of(state, case, region)
    empty_score = 1.0 if region in absent_regions(state) else 0.0
    values: dict[Modality, float] = {}
    for modality in case.available:
        if kind is CriticalityKind.WITHHELD:
            value = curve.drop_without(modality)
        else:
            value = curve.shapley(modality, empty_score=empty_score)
        if value is not None:
            values[modality] = value
    return values


def values_by_features(state: State, kind: CriticalityKind) -> Mapping[Modality, float]:
    """Criticality by sequence from the network's features; empty until it is computed."""
    found = state.on_demand.value(CRITICALITY)
    if found is None:
        return {}
    return found.cosine if kind is CriticalityKind.COSINE else found.gradient


def against_expert(state: State, kind: CriticalityKind) -> bool | None:
    """Whether a measure compares with the expert labels; None if it compares with no labels."""
    match kind:
        case CriticalityKind.WITHHELD | CriticalityKind.SHAPLEY:
            return score_name(state) == "Dice"
        case CriticalityKind.COSINE:
            return None
        case CriticalityKind.GRADIENT:
            found = state.on_demand.value(CRITICALITY)
            return score_name(state) == "Dice" if found is None else found.against_expert
