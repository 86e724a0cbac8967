"""Scores with corrupted sequences as data: `corruption.csv`, and a part of `summary.json`."""

import csv
import io

from ccsd_core.data.corruption import KINDS
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.derived.corruption_effects import (
    ByRegion,
    CorruptionEffect,
    CorruptionSeries,
    corruption_series,
)
from ccsd_core.evaluation.results.corruption import SEED
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.bootstrap import FEWEST, METHOD
from ccsd_core.evaluation.statistics.estimates import Estimate

NAME = "corruption.csv"
COLUMNS = (
    "case",
    "kind",
    "severity",
    "amount",
    "sequence",
    "region",
    "dice_corrupted",
    "dice_withheld",
    "dice_clean",
)


def corruption_json(evaluation: Evaluation) -> dict[str, object]:
    """`corruption` in `summary.json`: fractions; empty if nothing was corrupted."""
    series = corruption_series(evaluation.corrupted)
    if not series:
        return {}
    return {
        "corruption": {
            "seed": SEED,
            "difference": "Dice with the corrupted sequence minus Dice without the sequence",
            "method": f"{METHOD}; null below {FEWEST} cases",
            "series": [_series_json(one) for one in series],
        }
    }


def corruption_csv(evaluation: Evaluation) -> str:
    """The long table, one row per number; the columns are `COLUMNS`."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for score in evaluation.corrupted:
        what = score.corruption
        dice = (score.corrupted, score.withheld, score.clean)
        writer.writerow(
            (
                score.case,
                what.kind,
                what.severity,
                what.amount,
                what.sequence.label,
                score.region.name,
                *map(repr, dice),
            )
        )
    return buffer.getvalue()


def _series_json(series: CorruptionSeries) -> dict[str, object]:
    return {
        "kind": series.kind,
        "sequence": series.sequence.label,
        "cases": series.cases,
        "withheld": _named(series.withheld),
        "clean": _effect_json(series.clean),
        "severities": [
            {"severity": s, "amount": KINDS[series.kind].amount_text(s), **_effect_json(effect)}
            for s, effect in series.effects.items()
        ],
        "worse_than_none": {
            r.name: {
                "clean": series.clean.worse(r),
                "severities": list(series.worse_at(r)),
                "certain": list(series.significantly_worse_at(r)),
            }
            for r in Region
        },
    }


def _effect_json(effect: CorruptionEffect) -> dict[str, object]:
    return {
        "mean": _named(effect.mean),
        "difference": {r.name: effect.difference[r.name].value for r in Region},
        "ci95": {r.name: _ends(effect.difference[r.name]) for r in Region},
    }


def _named(means: ByRegion) -> dict[str, float]:
    return {region.name: means[region] for region in Region}


def _ends(found: Estimate) -> list[float] | None:
    return None if found.low is None or found.high is None else [found.low, found.high]
