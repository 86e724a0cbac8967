"""Criticality of each sequence by each measure of the window, for CSV and JSON.

A row holds one value: its measure, sequence and region (`all`: of all regions together), and
whether it compares with the expert labels. Values that are not computed, and those of absent
regions, have no row and no entry (`computed` in the JSON explains why).
"""

from ccsd_app.export.numbers import Row, model_cells
from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.criticality_panel import how_computed
from ccsd_app.viewmodel.panels.criticality_values import (
    CriticalityKind,
    against_expert,
    values_by_features,
    values_by_results,
)
from ccsd_core.domain.case import Case
from ccsd_core.domain.region import Region

ALL_REGIONS = "all"
NAMES = {
    CriticalityKind.WITHHELD: "left_out",
    CriticalityKind.SHAPLEY: "shapley",
    CriticalityKind.COSINE: "cosine",
    CriticalityKind.GRADIENT: "gradient",
}


def criticality_rows(state: State, case: Case) -> list[Row]:
    """One row for each measure, sequence and region that has a value."""
    return [
        {
            "case": case.id,
            "measure": NAMES[kind],
            "sequence": sequence,
            "region": region,
            "value": value,
            "against_expert": against_expert(state, kind),
            "degraded": str(state.applied),
            **model_cells(state),
        }
        for kind in CriticalityKind
        for region, values in _by_region(state, case, kind).items()
        for sequence, value in values.items()
    ]


def criticality_tree(state: State, case: Case) -> dict[str, object]:
    """The same values nested by measure, region and sequence."""
    found = {kind: _by_region(state, case, kind) for kind in CriticalityKind}
    return {
        NAMES[kind]: {
            "computed": how_computed(state, kind),
            "against_expert": against_expert(state, kind),
            "regions": regions,
        }
        for kind, regions in found.items()
        if regions
    }


def _by_region(state: State, case: Case, kind: CriticalityKind) -> dict[str, dict[str, float]]:
    if kind.by_features:
        found = {ALL_REGIONS: values_by_features(state, kind)}
    else:
        found = {r.name: values_by_results(state, case, r, kind) for r in Region}
    return {
        name: {m.label: value for m, value in values.items()}
        for name, values in found.items()
        if values
    }
