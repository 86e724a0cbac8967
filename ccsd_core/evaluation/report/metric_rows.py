"""The metrics other than Dice, one row each: mean over subsets, interval, and number of cases."""

from dataclasses import dataclass

from ccsd_core.domain.region import Region
from ccsd_core.evaluation.metrics.registry import METRICS, Metric
from ccsd_core.evaluation.results.policy import policy_of_metric
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.estimates import estimates
from ccsd_core.evaluation.statistics.result_rows import value_and_interval

_IN_THE_TABLE = ("dice", "dice_et500")


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric as a row of text.

    Args:
        metric: Name of its column in `scores.csv`.
        name: Name that users read, with the unit: fractions are in percent.
        cells: WT, TC, ET: `4.52 (3.1–6.0)`.
        cases: Number of cases with a value, or one number per region if they differ.
        policy: Convention for a region that is empty in prediction or truth.
    """

    metric: str
    name: str
    cells: tuple[str, ...]
    cases: str
    policy: str


def metric_rows(evaluation: Evaluation) -> tuple[MetricRow, ...]:
    """A row for every metric of the evaluation that the table of subsets does not show."""
    policies = {score.metric: policy_of_metric(score.policy) for score in evaluation.scores}
    rows: list[MetricRow] = []
    for metric in METRICS:
        if metric.name not in policies or metric.name in _IN_THE_TABLE:
            continue
        percent = metric.unit == "fraction"
        mean = estimates(evaluation, metric=metric.name).mean
        found = [mean[region.name].divided_by(0.01 if percent else 1) for region in Region]
        counts = [str(cell.cases) for cell in found]
        rows.append(
            MetricRow(
                metric.name,
                _title(metric),
                tuple(value_and_interval(cell, digits=2 if percent else 1) for cell in found),
                counts[0] if len(set(counts)) == 1 else "/".join(counts),
                policies[metric.name],
            )
        )
    return tuple(rows)


def _title(metric: Metric) -> str:
    unit = "%" if metric.unit == "fraction" else metric.unit
    name = metric.name.removesuffix(f"_{unit.lower()}").replace("_", " ")
    return f"{name.replace('hd95', 'HD95').replace('dice', 'Dice')}, {unit}"
