"""Summary of an evaluation: means over cases by subset and by count, and the area.

scores ──▶ mean over cases, per subset ──▶ mean over the 15 subsets       "mean"
                                       └─▶ mean over those of one size    "by_count"  (D_k)
cases with all 15 subsets ──▶ mean of their areas                         "aurc"

`present` has the means only over cases whose expert labels have the region: if a region is absent,
Dice is 1 or 0 and does not measure how well it is found. `ci95` contains the 95 % intervals of
those numbers, `falling_steps` the steps at which an added sequence lowers the mean,
`volume_intervals` how far volumes may be from the expert's, `metrics` the other metrics in the same
way.
"""

from collections.abc import Mapping
from statistics import fmean

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.robustness import RobustnessCurve
from ccsd_core.evaluation.derived.expected_score import MissingRates
from ccsd_core.evaluation.derived.volume_calibration import volume_intervals_json
from ccsd_core.evaluation.metrics.registry import METRICS
from ccsd_core.evaluation.report.corruption_files import corruption_json
from ccsd_core.evaluation.report.criticality_text import criticality_json
from ccsd_core.evaluation.report.expected_text import expected_json
from ccsd_core.evaluation.report.falling_text import falling_json
from ccsd_core.evaluation.report.part_text import part_json
from ccsd_core.evaluation.report.prediction_text import predictions_json
from ccsd_core.evaluation.report.shapley_text import shapley_json
from ccsd_core.evaluation.results.policy import policy_of_metric
from ccsd_core.evaluation.results.raw import RAW, raw_differs
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.bootstrap import FEWEST, METHOD
from ccsd_core.evaluation.statistics.estimates import Estimate, EstimateRow, estimates

ByRegion = dict[Region, float]


def subset_means(
    evaluation: Evaluation, *, metric: str = "dice", cases: frozenset[str] | None = None
) -> dict[ModalitySubset, ByRegion]:
    """Mean over cases of a metric, by subset in table order; without subsets that no case has.

    Args:
        evaluation: Evaluation that holds the scores.
        metric: A metric whose values are never nan.
        cases: Cases that means are taken over; all by default.
    """
    values: dict[tuple[ModalitySubset, Region], list[float]] = {}
    for score in evaluation.scores:
        if score.metric == metric and (cases is None or score.case in cases):
            values.setdefault((score.subset, score.region), []).append(score.value)
    return {
        subset: {region: fmean(values[subset, region]) for region in Region}
        for subset in ModalitySubset.every()
        if (subset, Region.WT) in values
    }


def present_means(evaluation: Evaluation) -> dict[ModalitySubset, dict[Region, float | None]]:
    """Mean Dice by subset over the cases that have the region; None if no such case has it."""
    of_region = {r: subset_means(evaluation, cases=evaluation.cases_with(r)) for r in Region}
    return {
        subset: {r: of_region[r][subset][r] if subset in of_region[r] else None for r in Region}
        for subset in subset_means(evaluation)
    }


def mean_of(means: Mapping[ModalitySubset, ByRegion]) -> ByRegion:
    """Mean over subsets of the per-subset means."""
    return {region: fmean(row[region] for row in means.values()) for region in Region}


def count_means(means: Mapping[ModalitySubset, ByRegion]) -> dict[int, ByRegion]:
    """D_k: mean over the subsets with k sequences, for every k that occurs."""
    sizes = sorted({len(subset) for subset in means})
    return {k: mean_of({s: row for s, row in means.items() if len(s) == k}) for k in sizes}


def aurc(evaluation: Evaluation, *, metric: str = "dice") -> dict[Region, float | None]:
    """Area under the robustness curve over its width, mean over the cases with all 15 subsets.

    None if there is no such case, because the area of a shorter curve is not comparable.
    """
    whole = frozenset(c.id for c in evaluation.cases if c.has_all_subsets)
    means = subset_means(evaluation, metric=metric, cases=whole)
    areas: dict[Region, float | None] = {}
    for region in Region:
        scores = {subset: row[region] for subset, row in means.items()}
        areas[region] = RobustnessCurve(ModalitySubset.full(), scores).aurc
    return areas


def summary(evaluation: Evaluation, *, rates: MissingRates | None = None) -> dict[str, object]:
    """The content of `summary.json`: Dice and areas as fractions 0 to 1.

    Args:
        evaluation: Evaluation that holds the scores.
        rates: How often each sequence is missing, if the expected score is requested.
    """
    means = subset_means(evaluation)
    return {
        "model": {"name": evaluation.model_name, "sha256": evaluation.model_sha256},
        **predictions_json(evaluation),
        **part_json(evaluation),
        "cases": [case.id for case in evaluation.cases],
        "seen_in_training": list(evaluation.seen_cases),
        "mean": _named(mean_of(means)),
        "mean_et500": _named(mean_of(subset_means(evaluation, metric="dice_et500"))),
        **_raw(evaluation),
        "subsets": {str(subset): _named(row) for subset, row in means.items()},
        "present": {
            "cases": {region.name: len(evaluation.cases_with(region)) for region in Region},
            "subsets": {str(s): _named(row) for s, row in present_means(evaluation).items()},
        },
        "by_count": {str(k): _named(row) for k, row in count_means(means).items()},
        "aurc": _named(aurc(evaluation)),
        "ci95": _intervals(evaluation),
        **expected_json(evaluation, rates),
        "falling_steps": falling_json(evaluation),
        **criticality_json(evaluation),
        **shapley_json(evaluation),
        **corruption_json(evaluation),
        **volume_intervals_json(evaluation),
        "metrics": _metrics(evaluation),
    }


def _raw(evaluation: Evaluation) -> dict[str, object]:
    """The post-processing, and the mean before it if that differs."""
    if not evaluation.postprocess:
        return {}
    found: dict[str, object] = {"postprocess": evaluation.postprocess}
    if raw_differs(evaluation):
        found["mean_raw"] = _named(mean_of(subset_means(evaluation, metric=RAW)))
    return found


def _named(row: Mapping[Region, float | None]) -> dict[str, float | None]:
    return {region.name: row[region] for region in Region}


def _intervals(evaluation: Evaluation) -> dict[str, object]:
    """The 95 % intervals of Dice, by the same keys; null if there are too few cases."""
    found = estimates(evaluation)
    return {
        "method": f"{METHOD}; null below {FEWEST} cases",
        "mean": _ends(found.mean),
        "mean_et500": _ends(estimates(evaluation, metric="dice_et500").mean),
        "subsets": {str(subset): _ends(row) for subset, row in found.subsets.items()},
        "by_count": {str(k): _ends(row) for k, row in found.by_count.items()},
        "aurc": _ends(found.aurc),
    }


def _ends(row: EstimateRow) -> dict[str, list[float] | None]:
    return {region.name: _interval(row.get(region.name)) for region in Region}


def _interval(cell: Estimate | None) -> list[float] | None:
    if cell is None or cell.low is None or cell.high is None:
        return None
    return [cell.low, cell.high]


def _metrics(evaluation: Evaluation) -> dict[str, object]:
    """Every other metric: unit, policy, and means with interval and number of cases."""
    policies = {score.metric: policy_of_metric(score.policy) for score in evaluation.scores}
    content: dict[str, object] = {}
    for metric in METRICS:
        if metric.name in policies and metric.name not in ("dice", "dice_et500"):
            found = estimates(evaluation, metric=metric.name)
            content[metric.name] = {
                "unit": metric.unit,
                "policy": policies[metric.name],
                "mean": _cells(found.mean),
                "subsets": {str(subset): _cells(row) for subset, row in found.subsets.items()},
            }
    return content


def _cells(row: EstimateRow) -> dict[str, object]:
    return {
        region.name: {
            # JSON has no nan: a metric without a value in any case is null.
            "mean": None if (cell := row[region.name]).cases == 0 else cell.value,
            "ci95": _interval(cell),
            "cases": cell.cases,
        }
        for region in Region
    }
