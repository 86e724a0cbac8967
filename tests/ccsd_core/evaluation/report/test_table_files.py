"""The table as Markdown and CSV: 15 rows in the paper's order, then the summaries."""

import csv
import io

import pytest

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.evaluation.report.table_files import table_csv, table_markdown
from ccsd_core.evaluation.statistics.estimates import estimates

PAPER_ORDER = [
    "1",
    "2",
    "3",
    "4",
    "12",
    "13",
    "14",
    "23",
    "24",
    "34",
    "123",
    "124",
    "134",
    "234",
    "1234",
]
SUMMARIES = ["mean", "D1", "D2", "D3", "D4", "AURC"]
LABELS = {str(m + 1): m.label for m in Modality}
PAIR = ModalitySubset.parse("FLAIR+T2")


def names_of(number: str) -> str:
    """The sequences of a subset that the paper numbers."""
    return "+".join(LABELS[digit] for digit in number)


def rows_of(evaluation) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table_csv(evaluation))))


def pipe_rows(evaluation) -> list[list[str]]:
    lines = table_markdown(evaluation).split("\n## ")[0].splitlines()
    return [[c.strip() for c in line.strip("|").split("|")] for line in lines if line[:1] == "|"]


@pytest.mark.parametrize("available", [ModalitySubset.full(), PAIR], ids=str)
def test_the_rows_are_the_papers_whatever_the_cases_have(made_up, available):
    evaluation = made_up(3, available=lambda _: available)
    names = [row["row"] for row in rows_of(evaluation)]
    assert names[:15] == [names_of(number) for number in PAPER_ORDER]
    kept = [n for n in SUMMARIES if n[0] != "D" or int(n[1]) <= len(available)]
    assert names[15:] == kept
    assert [row[0] for row in pipe_rows(evaluation)[2:]] == names


def test_the_csv_holds_percent_with_intervals_and_which_sequences(made_up):
    evaluation = made_up(6)
    found = estimates(evaluation)
    for row, subset in zip(rows_of(evaluation)[:15], ModalitySubset.every(), strict=True):
        assert [row[m.label] for m in Modality] == [str(int(m in subset)) for m in Modality]
        cell = found.subsets[subset]["TC"]
        ends = [100 * v for v in (cell.value, cell.low, cell.high)]
        assert [float(row[f"TC{e}"]) for e in ("", "_low", "_high")] == pytest.approx(
            ends, abs=1e-4
        )
        assert row["cases"] == "6"


def test_what_no_case_has_is_empty_in_csv_and_na_for_people(made_up):
    evaluation = made_up(3, available=lambda _: PAIR)
    row = rows_of(evaluation)[1]
    assert (row["cases"], row["WT"], row["WT_low"]) == ("0", "", "")
    assert pipe_rows(evaluation)[3][5:] == ["0", *["n/a"] * 5]


def test_the_page_shows_intervals_the_other_metrics_their_policies_and_the_warning(made_up):
    metrics = ("dice", "dice_et500", "hd95_mm")
    text = table_markdown(made_up(5, metrics=metrics, seen=(2,)))
    mean = next(line for line in text.splitlines() if line.startswith("| mean |"))
    assert mean.count("–") == 5
    assert "| HD95, mm |" in text
    assert "a policy" in text
    assert "Seen in training, so scores are optimistic: case2." in text
    assert "not for diagnosis" in text


def test_every_line_of_a_pipe_table_has_the_same_number_of_cells(made_up):
    assert len({len(row) for row in pipe_rows(made_up(4, seen=(0,)))}) == 1
