"""Falling steps: the published counts, who counts, and what is certain."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.derived.falling_steps import STEPS, count_falls, falling_steps
from ccsd_core.evaluation.published.reference import subset_table
from ccsd_core.evaluation.report.falling_text import falling_json, falling_markdown, falling_parts
from ccsd_core.evaluation.report.table_figure import table_figure

PAIR = ModalitySubset.parse("FLAIR+T2")


def rising(case, subset, region, metric) -> float:
    """More sequences, more score; another level for each case."""
    return len(subset) / 5 + case / 100


def hurt_by_t1(case, subset, region, metric) -> float:
    """T1 costs 0.3 where it meets FLAIR alone, in the tumour core."""
    hurt = region is Region.TC and str(subset) == "FLAIR+T1"
    return rising(case, subset, region, metric) - 0.3 * hurt


def printed(evaluation) -> str:
    buffer = io.StringIO()
    console = Console(file=buffer, width=100)
    for part in falling_parts(evaluation):
        console.print(part)
    return buffer.getvalue()


def test_there_are_28_steps_and_each_adds_one_sequence():
    assert len(set(STEPS)) == 28
    for subset, added in STEPS:
        assert added not in subset


@pytest.mark.parametrize(
    ("method", "expected"),
    [("mmFm", 1), ("MIFPN", 7), ("CCSD", 9), ("M3AE", 14), ("ShaSpec", 15)],
)
def test_the_papers_table_1_falls_as_often_as_counted_by_hand(made_up, method, expected):
    cells = subset_table().cells
    published = made_up(1, value=lambda case, s, region, m: cells[region, method][s] / 100)
    found = falling_steps(published)
    assert (found.count.falling, found.count.steps) == (expected, 84)
    assert sum(count.falling for count in found.by_added.values()) == expected
    assert sum(count_falls(cells[region, method]) for region in Region) == expected


def test_where_more_is_always_better_nothing_falls(made_up):
    found = falling_steps(made_up(5, value=rising))
    assert (found.falling, found.worst_interval) == ((), None)
    assert found.count.interval == (0, 0)
    level = falling_steps(made_up(5, value=lambda case, *_: 0.1 + case / 10))
    assert level.falling == ()


def test_a_fall_is_reported_with_its_step_its_size_and_its_interval(made_up):
    found = falling_steps(made_up(5, value=hurt_by_t1))
    # Two steps lead to FLAIR+T1: from FLAIR by T1, and from T1 by FLAIR.
    assert [(str(s.before), s.added, s.region) for s in found.falling] == [
        ("FLAIR", Modality.T1, Region.TC),
        ("T1", Modality.FLAIR, Region.TC),
    ]
    for step in found.falling:
        assert step.change == pytest.approx(-0.1)
        assert step.interval == pytest.approx((-0.1, -0.1))
        assert (step.significant, step.cases, str(step.after)) == (True, 5, "FLAIR+T1")
    assert found.count.interval == (2, 2)
    assert found.worst_interval == pytest.approx((-0.1, -0.1))
    counts = {m: count.falling for m, count in found.by_added.items()}
    assert counts == {Modality.FLAIR: 1, Modality.T1: 1, Modality.T1C: 0, Modality.T2: 0}
    assert found.sequences_that_worsen(ModalitySubset.parse("FLAIR+T1"), Region.TC) == (
        Modality.FLAIR,
        Modality.T1,
    )
    assert found.sequences_that_worsen(ModalitySubset.parse("FLAIR+T1"), Region.WT) == ()


def test_the_worst_comes_first_and_intervals_hold_their_numbers(made_up):
    found = falling_steps(made_up(9))
    changes = [step.change for step in found.falling]
    assert len(changes) > 20
    assert changes == sorted(changes)
    for step in found.falling:
        assert step.interval[0] <= step.change <= step.interval[1]
    unsure = [step for step in found.falling if step.interval[1] > 0]
    assert unsure
    assert not any(step.significant for step in unsure)
    for count in (found.count, *found.by_added.values()):
        assert 0 <= count.interval[0] <= count.interval[1] <= count.steps


def test_two_cases_have_no_interval_and_nothing_is_certain(made_up):
    found = falling_steps(made_up(2, value=hurt_by_t1))
    assert len(found.falling) == 2
    assert found.count.interval is None
    assert not any(step.significant for step in found.falling)
    assert "interval below" not in printed(made_up(2, value=hurt_by_t1))


def test_a_case_counts_only_in_steps_of_which_it_has_both_ends(made_up):
    """The second case scores high from FLAIR; without FLAIR+T1 it must not make that step fall."""

    def value(case, subset, region, metric) -> float:
        return 0.95 if case else rising(0, subset, region, metric)

    two = made_up(2, value=value, available=lambda i: PAIR if i else ModalitySubset.full())
    found = falling_steps(two)
    assert found.count.steps == 84
    assert found.falling == ()


@pytest.mark.parametrize(("available", "steps"), [("FLAIR+T2", 2), ("FLAIR+T1+T2", 9), ("T1C", 0)])
def test_with_fewer_sequences_there_are_fewer_steps(made_up, available, steps):
    have = ModalitySubset.parse(available)
    evaluation = made_up(3, available=lambda _: have)
    found = falling_steps(evaluation)
    assert found.count.steps == 3 * steps
    assert set(found.by_added) == (set(have) if steps else set())
    assert all(step.after.issubset(have) for step in found.falling)
    assert bool(falling_parts(evaluation)) == bool(falling_markdown(evaluation)) == bool(steps)


def test_cases_with_nothing_to_find_count_as_in_the_table_and_are_distinguished(made_up):
    """Two of five have no ET: there 1 becomes 0 as T2 is added to FLAIR, which turns the mean."""

    def value(case, subset, region, metric) -> float:
        if region is Region.ET and case < 2:
            return 0.0 if Modality.T2 in subset else 1.0
        return rising(case, subset, region, metric)

    evaluation = made_up(5, value=value, absent={0: {Region.ET}, 1: {Region.ET}})
    found = falling_steps(evaluation)
    assert {(s.region, s.added) for s in found.falling} == {(Region.ET, Modality.T2)}
    assert found.count.falling == 7
    assert falling_steps(evaluation, present=True).count.falling == 0
    content = falling_json(evaluation)
    assert (content["falling"], content["present"]["falling"]) == (7, 0)
    text = " ".join(printed(evaluation).split())
    assert "Only over cases that have the region: 0 of 84 (0–0)." in text
    assert "Only over cases" not in printed(made_up(5, value=rising))


def test_words_numbers_and_page_say_the_same(made_up):
    evaluation = made_up(5, value=hurt_by_t1)
    text = " ".join(printed(evaluation).split())
    assert "Drops after adding a sequence: 2 of 84 (2–2)." in text
    assert "(2 with an interval below 0)" in text
    assert "FLAIR 1 of 21 (1–1), T1 1 of 21 (1–1), T1c 0 of 21 (0–0)" in text
    assert "The largest 2 of 2 drops" in text
    page = falling_markdown(evaluation)
    assert "| TC | FLAIR | T1 | 22.00 | 12.00 | -10.00 | -10.0 to -10.0 | 5 |" in page
    content = json.loads(json.dumps(falling_json(evaluation), allow_nan=False))
    assert (content["falling"], content["steps"], content["certain"]) == (2, 84, 2)
    assert content["by_added"]["T1"] == {"falling": 1, "steps": 21, "ci95": [1, 1]}
    assert content["worst"] == pytest.approx(-0.1)
    first = content["falls"][0]
    assert (first["region"], first["given"], first["added"]) == ("TC", "FLAIR", "T1")
    assert np.allclose([first["before"], first["after"]], [0.22, 0.12])


def test_the_picture_marks_the_cell_and_names_the_sequences(made_up):
    figure = table_figure(made_up(5, value=hurt_by_t1))
    marks = [t.get_text() for t in figure.axes[0].texts if "▼" in t.get_text()]
    assert marks == ["▼FLAIR\n▼T1"]
    assert "drops after adding a sequence: 2 of 84" in figure.axes[0].get_title()
    assert "▼" not in table_figure(made_up(5, value=rising)).axes[0].get_title()
