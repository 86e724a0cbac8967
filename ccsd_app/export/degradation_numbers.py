"""The degradation curves that were computed, for CSV and JSON.

A row holds one score: its curve, severity and region. Severity 0 is without that kind of
degradation; the row of the severity `withheld` is without the sequence.
"""

from ccsd_app.export.numbers import Row, input_cells, model_cells
from ccsd_app.session.on_demand import DEGRADATION_CURVE, DegradationCurve, DegradationCurveKey
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import rated_regions
from ccsd_app.viewmodel.panels.degrade.degradation_curve import crossing_words, mean_crossing
from ccsd_core.data.degradation.kinds import KINDS
from ccsd_core.domain.region import Region

WITHHELD = "withheld"


def degradation_curves(state: State) -> dict[DegradationCurveKey, DegradationCurve]:
    """The curves of the open case, the oldest first."""
    found = state.on_demand.of(DEGRADATION_CURVE)
    return {k: curve for k, curve in found.items() if isinstance(k, DegradationCurveKey)}


def degradation_rows(state: State) -> list[Row]:
    """One row for each curve, severity and region."""
    rows: list[Row] = []
    for key, curve in degradation_curves(state).items():
        crossing = mean_crossing(curve, rated_regions(state))
        levels: list[tuple[str, str, dict[Region, float]]] = [
            (f"{severity:g}", KINDS[key.kind].amount_text(severity), dict(scores))
            for severity, scores in sorted(curve.scores.items())
        ]
        if curve.withheld is not None:
            levels.append((WITHHELD, "", dict(curve.withheld)))
        rows += [
            {
                **input_cells(state, key.subset),
                "degraded": str(key.others),
                "sequence": key.sequence.label,
                "kind": key.kind,
                "severity": severity,
                "amount": amount,
                "region": region.name,
                "score": "dice" if curve.against_expert else "agreement",
                "value": scores[region],
                "leaving_out_is_better_from_severity": crossing,
                **model_cells(state),
            }
            for severity, amount, scores in levels
            for region in Region
        ]
    return rows


def degradation_tree(state: State) -> list[dict[str, object]]:
    """The same, a dictionary for each curve."""
    return [
        {
            "sequence": key.sequence.label,
            "kind": key.kind,
            "unit": KINDS[key.kind].unit,
            "subset": str(key.subset),
            "other_degradations": [str(one) for one in key.others.entries],
            "score": "dice" if curve.against_expert else "agreement",
            "severities": {
                f"{severity:g}": {
                    "amount": KINDS[key.kind].amount_text(severity),
                    **{region.name: scores[region] for region in Region},
                }
                for severity, scores in sorted(curve.scores.items())
            },
            WITHHELD: curve.withheld and {region.name: curve.withheld[region] for region in Region},
            "leaving_out_is_better_from_severity": mean_crossing(curve, rated_regions(state)),
            "in_words": crossing_words(key, curve, state),
        }
        for key, curve in degradation_curves(state).items()
    ]
