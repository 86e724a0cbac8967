"""Shapley values and interactions over patients: numbers, table, page and JSON."""

import json
from dataclasses import replace
from itertools import combinations
from statistics import fmean

import pytest
from rich.console import Console, Group

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.robustness import RobustnessCurve
from ccsd_core.evaluation.derived.shapley import PAIRS, shapley_estimates
from ccsd_core.evaluation.report.shapley_text import shapley_json, shapley_markdown, shapley_parts

PAIR = ModalitySubset.parse("FLAIR+T2")


def curves_of(evaluation, region: Region) -> list[RobustnessCurve]:
    return [
        RobustnessCurve(
            case.available,
            {
                s.subset: s.value
                for s in evaluation.scores
                if (s.case, s.region, s.metric) == (case.id, region, "dice")
            },
        )
        for case in evaluation.cases
        if len(case.available) == len(Modality)
    ]


def test_they_are_the_means_over_the_patients_with_four_sequences(made_up):
    evaluation = made_up(
        6,
        available=lambda i: PAIR if i == 2 else ModalitySubset.full(),
        absent={0: {Region.ET}, 2: {Region.WT, Region.TC, Region.ET}},
    )
    found = shapley_estimates(evaluation)
    assert found is not None
    assert found.cases == 5
    assert list(found.pairs) == list(combinations(Modality, 2))
    for region in Region:
        # An empty prediction is right in the one patient who has none of the region.
        empty = [float(region is Region.ET), 0, 0, 0, 0]
        curves = list(zip(curves_of(evaluation, region), empty, strict=True))
        for m in Modality:
            values = [c.shapley(m, empty_score=e) for c, e in curves]
            cell = found.sequences[m][region.name]
            assert cell.value == pytest.approx(fmean(v for v in values if v is not None))
            assert cell.low < cell.value < cell.high
        for pair in PAIRS:
            values = [c.interaction(*pair, empty_score=e) for c, e in curves]
            cell = found.pairs[pair][region.name]
            assert cell.value == pytest.approx(fmean(v for v in values if v is not None))
            assert cell.low < cell.value < cell.high


def test_without_four_sequences_there_is_nothing_to_say(made_up):
    evaluation = made_up(3, available=lambda _: PAIR)
    assert shapley_estimates(evaluation) is None
    assert (shapley_parts(evaluation), shapley_markdown(evaluation), shapley_json(evaluation)) == (
        [],
        [],
        {},
    )


def both_needed(_case, subset, _region, _metric) -> float:
    return 0.5 * (Modality.T1 in subset and Modality.T1C in subset)


def test_table_page_and_json_say_which_pair_helps_each_other(made_up):
    evaluation = made_up(2, value=both_needed)
    console = Console(width=100, record=True)
    console.print(Group(*shapley_parts(evaluation)))
    printed = console.export_text()
    page = "\n".join(shapley_markdown(evaluation))
    for text in (printed, page):
        assert "T1 × T1c" in text
        assert text.count("+50.00") == 3, "that pair, three regions"
        assert text.count("+25.00") == 6, "either of the two, three regions"
        assert "Over the 2 cases scored for all 15 subsets;" in text
    found = json.loads(json.dumps(shapley_json(evaluation), allow_nan=False))["shapley"]
    assert found["cases"] == 2
    assert found["values"]["T1"]["WT"] == {"value": pytest.approx(0.25), "ci95": None}
    assert list(found["interactions"]) == [
        "FLAIR+T1",
        "FLAIR+T1c",
        "FLAIR+T2",
        "T1+T1c",
        "T1+T2",
        "T1c+T2",
    ]
    assert found["interactions"]["T1+T1c"]["ET"]["value"] == pytest.approx(0.5)
    assert found["interactions"]["FLAIR+T2"]["ET"]["value"] == pytest.approx(0)


def test_the_caption_says_over_how_many_of_the_cases_it_is(made_up):
    """A case has two sequences; another has four, but one of its subsets was not predicted."""
    evaluation = made_up(4, available=lambda case: PAIR if case == 0 else ModalitySubset.full())
    lost = frozenset({PAIR})
    cases = (evaluation.cases[0], replace(evaluation.cases[1], unpredicted=lost))
    scores = [s for s in evaluation.scores if (s.case, s.subset) != ("case1", PAIR)]
    evaluation = replace(evaluation, cases=(*cases, *evaluation.cases[2:]), scores=tuple(scores))
    page = "\n".join(shapley_markdown(evaluation))
    assert "Over the 2 of 4 cases scored for all 15 subsets;" in page
    assert "all four sequences" not in page


def test_three_patients_have_intervals_in_all_three(made_up):
    evaluation = made_up(3, seed=4)
    page = "\n".join(shapley_markdown(evaluation))
    assert page.count(" to ") == (4 + 6) * 3
    found = shapley_json(evaluation)["shapley"]
    low, high = found["interactions"]["T1c+T2"]["TC"]["ci95"]
    assert low < found["interactions"]["T1c+T2"]["TC"]["value"] < high
