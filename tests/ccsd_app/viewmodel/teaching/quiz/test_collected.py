"""Results of several learners, put together."""

import csv
import io
import json

import pytest

from ccsd_app.viewmodel.teaching.quiz.collected import (
    collected_csv,
    learners_of,
    rows_of,
    summary_text,
)
from ccsd_app.viewmodel.teaching.quiz.question import QuestionKind
from ccsd_app.viewmodel.teaching.quiz.quiz import Answered, Quiz, Setup
from ccsd_app.viewmodel.teaching.quiz.results_table import COLUMNS, results_csv, results_json


def quiz(learner: str, *right: bool, seconds: float = 2.0) -> Quiz:
    """One answer of each kind, the last about a wrong result of the model."""
    rows = tuple(
        Answered(
            1, kind, "a question", "x", "y", was, False, seconds, "Dice", kind.name == "FOLLOW"
        )
        for kind, was in zip(QuestionKind, right, strict=True)
    )
    return Quiz(Setup((1,), 3, learner), rows=rows)


def read(one: Quiz, *, as_json: bool = False):
    write = results_json if as_json else results_csv
    return rows_of(write(one, model="light 0123"), as_json=as_json)


def test_points_right_answers_and_followed_results_are_added_up():
    files = [read(quiz("AB", True, True, False, False)), read(quiz("", True, False, False, True))]
    lines = summary_text(learners_of(files)).splitlines()
    assert lines[1].split() == ["AB", "2", "of", "4", "2", "0", "1", "of", "1"]
    assert lines[2].split() == ["learner", "2", "2", "of", "4", "2", "0", "0", "of", "1"]
    assert lines[3].split() == ["all", "4", "of", "8", "4", "0", "1", "of", "2"]
    assert f"{QuestionKind.WITHHELD.value}  2 of 2" in " ".join(" ".join(lines).split()).replace(
        "withheld? 2", "withheld?  2"
    )


def test_the_same_answers_as_csv_and_as_json_count_once():
    one = quiz("AB", True, True, True, True)
    assert read(one) == read(one, as_json=True)
    other = quiz("AB", True, True, True, True, seconds=7)
    assert len(learners_of([read(one), read(one, as_json=True), read(other)])) == 2


def test_all_rows_are_one_table_with_the_same_columns():
    files = [read(quiz("AB", True, True, False, False)), read(quiz("", True, False, False, True))]
    text = collected_csv(learners_of(files))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == COLUMNS
    assert [row["learner"] for row in rows] == ["AB"] * 4 + ["learner 2"] * 4
    assert rows_of(text, as_json=False) == tuple(rows)


def test_a_cell_that_a_spreadsheet_would_compute_is_made_text():
    rows = tuple({**row, "answer": "=1+1", "learner": "=A1"} for row in read(quiz("", *[True] * 4)))
    text = collected_csv(learners_of([rows]))
    assert "'=1+1" in text
    assert "=A1" not in text


@pytest.mark.parametrize(
    "text",
    ["", "a,b\n1,2\n", "{}", "[1]", '{"format": "ccsd-quiz", "questions": [{}]}', "not json"],
)
def test_other_files_are_no_results(text):
    assert rows_of(text, as_json=False) is None
    assert rows_of(text, as_json=True) is None


@pytest.mark.parametrize(("column", "value"), [("points", "9"), ("right", "?"), ("kind", "x")])
def test_a_file_with_an_impossible_value_is_no_result(column, value):
    content = json.loads(results_json(quiz("AB", *[True] * 4), model="m"))
    content["questions"][0][column] = value
    assert rows_of(json.dumps(content), as_json=True) is None
