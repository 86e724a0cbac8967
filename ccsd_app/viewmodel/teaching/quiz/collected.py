"""Results of several learners, put together: the rows of their files, and what they add up to.

    quiz-AB.csv, quiz-CD.json … ──▶ rows of all ──▶ one line per learner, one per kind of question

Learners without initials are numbered. Names of files are not used, as they may name people. The
same answers in two files, as in CSV and JSON, count once.
"""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ccsd_app.viewmodel.teaching.quiz.question import QuestionKind
from ccsd_app.viewmodel.teaching.quiz.quiz import POINTS
from ccsd_app.viewmodel.teaching.quiz.results_table import COLUMNS, points_text

Row = Mapping[str, str]
YES = "yes"
INITIALS = re.compile("[A-Za-z0-9]{1,8}")
FORMULA = tuple("=+-@\t\r")
"""A cell that begins so is a formula for spreadsheets; files come from many hands."""


@dataclass(frozen=True, slots=True)
class Learner:
    """The answers of one file.

    Args:
        name: Initials, or a number.
        rows: The answers, by the columns of the CSV file.
    """

    name: str
    rows: tuple[Row, ...]

    @property
    def points(self) -> float:
        """The points of all answers."""
        return sum(float(row["points"]) for row in self.rows)


def rows_of(text: str, *, as_json: bool) -> tuple[Row, ...] | None:
    """The rows of a file of results; None if it is another file.

    Args:
        text: The text of the file.
        as_json: Whether it is JSON, not CSV.
    """
    rows = _json_rows(text) if as_json else _csv_rows(text)
    return rows if rows and all(map(_is_row, rows)) else None


def _csv_rows(text: str) -> tuple[Row, ...]:
    table = csv.DictReader(io.StringIO(text))
    if tuple(table.fieldnames or ()) != COLUMNS:
        return ()
    return tuple({name: row.get(name) or "" for name in COLUMNS} for row in table)


def _json_rows(text: str) -> tuple[Row, ...]:
    try:
        content = json.loads(text)
        if content["format"] != "ccsd-quiz":
            return ()
        return tuple(
            {name: _text(question[name]) for name in COLUMNS} for question in content["questions"]
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return ()


def _text(value: object) -> str:
    return (YES if value else "no") if isinstance(value, bool) else str(value)


def _is_row(row: Row) -> bool:
    """Whether the values that are added up can be."""
    try:
        points = float(row["points"])
    except ValueError:
        return False
    if not 0 <= points <= POINTS:
        return False
    kinds = {kind.name.lower() for kind in QuestionKind}
    return row["kind"] in kinds and {row[n] for n in ("right", "hint", "model_wrong")} <= {
        YES,
        "no",
    }


def learners_of(files: Sequence[tuple[Row, ...]]) -> tuple[Learner, ...]:
    """One learner for each file of different answers, numbered where there are no initials."""
    different: list[tuple[Row, ...]] = []
    for rows in files:
        if rows not in different:
            different.append(rows)
    return tuple(
        Learner(_name(rows[0]["learner"], number), rows) for number, rows in enumerate(different, 1)
    )


def _name(initials: str, number: int) -> str:
    return initials if INITIALS.fullmatch(initials) else f"learner {number}"


def collected_csv(learners: Sequence[Learner]) -> str:
    """All rows as one CSV file with the same columns; learners without initials are numbered."""
    file = io.StringIO()
    table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    table.writeheader()
    for learner in learners:
        for row in learner.rows:
            cells = {**row, "learner": learner.name}
            table.writerow({name: _plain(text) for name, text in cells.items()})
    return file.getvalue()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def summary_text(learners: Sequence[Learner]) -> str:
    """A table of the learners, one of the kinds of questions, and how often wrong was followed."""
    rows = [row for learner in learners for row in learner.rows]
    head = ("learner", "points", "right", "hints", "wrong results followed")
    lines = [
        (
            learner.name,
            f"{points_text(learner.points)} of {len(learner.rows)}",
            str(_count(learner.rows, "right")),
            str(_count(learner.rows, "hint")),
            _followed(learner.rows),
        )
        for learner in learners
    ]
    lines.append(
        (
            "all",
            f"{points_text(sum(learner.points for learner in learners))} of {len(rows)}",
            str(_count(rows, "right")),
            str(_count(rows, "hint")),
            _followed(rows),
        )
    )
    kinds = [
        (kind.value, f"{_count(of_kind, 'right')} of {len(of_kind)}")
        for kind in QuestionKind
        if (of_kind := [row for row in rows if row["kind"] == kind.name.lower()])
    ]
    return f"{_table(head, lines)}\n\n{_table(('question', 'right'), kinds)}"


def _count(rows: Sequence[Row], column: str) -> int:
    return sum(row[column] == YES for row in rows)


def _followed(rows: Sequence[Row]) -> str:
    wrong = [row for row in rows if row["model_wrong"] == YES]
    return f"{len(wrong) - _count(wrong, 'right')} of {len(wrong)}" if wrong else "none shown"


def _table(head: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(line[n]) for line in (head, *lines)) for n in range(len(head))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in (head, *lines)
    )
