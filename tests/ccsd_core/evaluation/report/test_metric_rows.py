"""The other metrics in a line each: units, intervals, and over how many cases."""

import math

import pytest

from ccsd_core.evaluation.metrics.registry import METRICS
from ccsd_core.evaluation.report.metric_rows import metric_rows

EVERY = tuple(metric.name for metric in METRICS)


def test_every_metric_but_dice_has_a_row_in_the_table_of_metrics_order(made_up):
    names = [row.name for row in metric_rows(made_up(metrics=EVERY))]
    assert names == [
        "sensitivity, %",
        "specificity, %",
        "volume, mL",
        "volume difference, mL",
        "HD95, mm",
        "lesion Dice, %",
        "lesion HD95, mm",
    ]
    assert metric_rows(made_up()) == ()


def test_fractions_are_shown_in_percent_and_lengths_as_they_are(made_up):
    rows = {r.metric: r for r in metric_rows(made_up(1, value=lambda *_: 0.5, metrics=EVERY))}
    assert rows["sensitivity"].cells == ("50.00",) * 3
    assert rows["hd95_mm"].cells == ("0.5",) * 3


def test_intervals_follow_where_there_are_enough_cases(made_up):
    (row,) = metric_rows(made_up(5, value=lambda *_: 4.0, metrics=("dice", "hd95_mm")))
    assert row.cells == ("4.0 (4.0–4.0)",) * 3
    assert row.cases == "5"


def test_regions_with_a_value_in_fewer_cases_say_so(made_up):
    def value(case, subset, region, metric) -> float:
        return math.nan if case < region else 1.0

    (row,) = metric_rows(made_up(5, value=value, metrics=("dice", "sensitivity")))
    assert row.cases == "5/4/3"


@pytest.mark.parametrize("cases", [1, 7])
def test_a_metric_without_a_value_says_na(made_up, cases: int):
    (row,) = metric_rows(made_up(cases, value=lambda *_: math.nan, metrics=("dice", "hd95_mm")))
    assert row.cells == ("n/a",) * 3
    assert row.cases == "0"
