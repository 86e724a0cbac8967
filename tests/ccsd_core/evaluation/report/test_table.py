"""The printed table."""

import io

import pytest
from rich.console import Console

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.evaluation.metrics.registry import METRICS
from ccsd_core.evaluation.report.table import ABSENT, PRESENT, results_table


def printed(evaluation) -> list[str]:
    buffer = io.StringIO()
    Console(file=buffer, width=100, force_terminal=False).print(results_table(evaluation))
    return buffer.getvalue().splitlines()


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("│").split("│")]


def subset_rows(lines: list[str]) -> list[list[str]]:
    rows = [line for line in lines if line.startswith("│")]
    return [cells(line) for line in rows if cells(line)[1] in (PRESENT, ABSENT)]


def test_the_fifteen_rows_come_in_the_papers_order_with_dots(small_evaluation):
    rows = subset_rows(printed(small_evaluation()))
    expected = [
        [PRESENT if m in subset else ABSENT for m in Modality] for subset in ModalitySubset.every()
    ]
    assert [row[1:5] for row in rows] == expected
    assert all(row[5] == "2" for row in rows)


def test_the_full_set_is_perfect_in_percent_and_fewer_are_worse(small_evaluation):
    rows = subset_rows(printed(small_evaluation()))
    assert rows[-1][6:9] == ["100.00", "100.00", "100.00"]
    assert float(rows[0][6]) < float(rows[4][6]) < float(rows[10][6]) < 100


def test_raw_and_processed_et_stand_side_by_side(small_evaluation):
    lines = printed(small_evaluation())
    header = next(line for line in lines if "ET-500" in line)
    assert header.index(" ET ") < header.index("ET-500")
    # The small case's enhancing tumour is below 500 voxels, so the processed one is lost.
    assert subset_rows(lines)[-1][8:10] == ["100.00", "0.00"]


@pytest.mark.parametrize("name", ["mean", "D1", "D2", "D3", "D4", "AURC"])
def test_the_summary_rows_are_there(small_evaluation, name: str):
    found = [cells(line) for line in printed(small_evaluation()) if line.startswith(f"│ {name} ")]
    assert len(found) == 1
    assert all(float(cell) >= 0 for cell in found[0][6:])


def test_the_area_is_on_the_scale_of_the_rows_above_it(small_evaluation):
    rows = {cells(line)[0]: cells(line) for line in printed(small_evaluation())}
    means = [[float(cell) for cell in rows[f"D{k}"][6:]] for k in range(1, 5)]
    for area, *of_column in zip(rows["AURC"][6:], *means, strict=True):
        assert min(of_column) <= float(area) <= max(of_column)


def test_a_case_with_two_sequences_has_three_rows_and_no_area(small_evaluation):
    lines = printed(small_evaluation(ModalitySubset.parse("FLAIR+T2")))
    assert len(subset_rows(lines)) == 3
    area = next(cells(line) for line in lines if line.startswith("│ AURC "))
    assert area[6:] == ["n/a"] * 5


def test_cases_seen_in_training_are_named_and_averaged_apart(small_evaluation):
    text = "\n".join(printed(small_evaluation(training_cases=("case0",))))
    assert "Seen in training, so scores are optimistic: case0." in text
    assert "mean, unseen" in text
    assert "mean, seen" in text
    text = "\n".join(printed(small_evaluation(training_cases=())))
    assert "No case was seen in training (by name)." in text
    assert "optimistic" not in text
    assert "unseen" not in text


def test_the_table_says_which_model_and_that_it_is_for_research(small_evaluation):
    text = "\n".join(printed(small_evaluation()))
    assert "fake 01234567" in text
    assert "Research and teaching only" in text


@pytest.mark.parametrize(("cases", "rows"), [(2, 0), (3, 2)])
def test_the_mean_and_the_area_have_their_interval_below_them(made_up, cases: int, rows: int):
    lines = printed(made_up(cases))
    found = {word: [i for i, x in enumerate(lines) if word in x] for word in ("% from", "% to")}
    assert [len(places) for places in found.values()] == [rows, rows]
    for start in found["% from"]:
        value, low, high = (cells(lines[start + step]) for step in (-1, 0, 1))
        assert value[0] in ("mean", "AURC")
        for v, one, other in zip(value[6:], low[6:], high[6:], strict=True):
            assert float(one) <= float(v) <= float(other)
    assert any("intervals need 3 cases" in line for line in lines) == (rows == 0)


def test_the_other_metrics_and_the_policy_of_hd95_stand_below(small_evaluation, made_up):
    text = "\n".join(printed(small_evaluation()))
    assert "lesion HD95, mm" in text
    assert "HD95, brats: one side empty: 374, both: 0" in text
    assert "HD95" not in "\n".join(printed(made_up()))


def test_everything_fits_a_hundred_columns(made_up):
    metrics = tuple(metric.name for metric in METRICS)
    lines = printed(made_up(7, value=lambda case, *_: 90.0 + case, metrics=metrics))
    assert max(map(len, lines)) <= 100
    assert not any("…" in line for line in lines)
