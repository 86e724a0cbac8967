"""Means with intervals: the same means as the summary's, and whole patients resampled."""

import math
from statistics import fmean

import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.report.summary import aurc, count_means, mean_of, subset_means
from ccsd_core.evaluation.statistics.estimates import estimates

FULL = ModalitySubset.full()
PAIR = ModalitySubset.parse("FLAIR+T2")
mixed = pytest.mark.parametrize(
    "available", [lambda _: FULL, lambda i: PAIR if i % 2 else FULL], ids=["all whole", "some not"]
)


@mixed
def test_the_values_are_those_of_the_summary(made_up, available):
    evaluation = made_up(7, available=available)
    found, means = estimates(evaluation), subset_means(evaluation)
    for region in Region:
        name = region.name
        for subset, row in means.items():
            assert found.subsets[subset][name].value == pytest.approx(row[region])
        assert found.mean[name].value == pytest.approx(mean_of(means)[region])
        for k, row in count_means(means).items():
            assert found.by_count[k][name].value == pytest.approx(row[region])
        assert found.aurc[name].value == pytest.approx(aurc(evaluation)[region])


@mixed
def test_every_interval_holds_its_value(made_up, available):
    found = estimates(made_up(9, available=available))
    rows = [*found.subsets.values(), found.mean, *found.by_count.values(), found.aurc]
    for cell in (cell for row in rows for cell in row.values()):
        assert cell.low is not None
        assert cell.high is not None
        assert cell.low <= cell.value <= cell.high


def test_the_mean_of_subsets_is_as_uncertain_as_the_patients_not_as_the_cells(made_up):
    # Every subset of a patient scores alike, so 15 of them tell no more than one.
    found = estimates(made_up(8, value=lambda case, *_: case / 10))
    one = next(iter(found.subsets.values()))["WT"]
    mean = found.mean["WT"]
    assert (mean.low, mean.high) == (pytest.approx(one.low), pytest.approx(one.high))
    area = found.aurc["WT"]
    assert (area.low, area.high) == (pytest.approx(one.low), pytest.approx(one.high))


def test_equal_scores_give_intervals_of_no_width(made_up):
    found = estimates(made_up(5, value=lambda *_: 0.75))
    for cell in (found.mean["mean"], found.aurc["ET"]):
        assert (cell.low, cell.value, cell.high) == pytest.approx((0.75,) * 3)


@pytest.mark.parametrize("cases", [1, 2])
def test_few_cases_have_values_and_no_intervals(made_up, cases: int):
    found = estimates(made_up(cases))
    assert math.isfinite(found.mean["WT"].value)
    assert (found.mean["WT"].low, found.mean["WT"].high) == (None, None)


def test_the_area_is_that_of_the_cases_with_four_sequences(made_up):
    evaluation = made_up(7, available=lambda i: FULL if i < 3 else PAIR)
    found = estimates(evaluation)
    assert found.aurc["WT"].cases == 3
    assert found.mean["WT"].cases == 7
    assert estimates(made_up(4, available=lambda _: PAIR)).aurc == {}
    assert set(estimates(made_up(4, available=lambda _: PAIR)).by_count) == {1, 2}


def test_nan_scores_are_left_out_and_counted(made_up):
    def value(case, subset, region, metric) -> float:
        return math.nan if case == 0 and region is Region.ET else float(case)

    found = estimates(made_up(6, value=value))
    assert found.mean["ET"].cases == 5
    assert found.mean["ET"].value == pytest.approx(fmean(range(1, 6)))
    assert found.mean["WT"].cases == 6
    assert found.mean["mean"].cases == 5, "the mean of three needs all three"


def test_a_metric_without_any_value_is_nan_over_no_case(made_up):
    found = estimates(made_up(4, value=lambda *_: math.nan))
    assert math.isnan(found.mean["WT"].value)
    assert (found.mean["WT"].cases, found.mean["WT"].low) == (0, None)


def test_a_subset_that_few_of_many_cases_have_has_no_interval(made_up):
    found = estimates(made_up(9, available=lambda i: FULL if i < 2 else PAIR))
    assert (found.subsets[FULL]["WT"].cases, found.subsets[FULL]["WT"].low) == (2, None)
    assert found.subsets[PAIR]["WT"].low is not None
