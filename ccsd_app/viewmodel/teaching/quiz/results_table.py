"""The results of a quiz as a table, as CSV, and as JSON, without names of patients.

One row for each question, so that files of several learners can be put one below the other:

    quiz,learner,model,case,kind,question,answer,right_answer,right,hint,points,seconds,measured_by,…

Cases are numbered as they are sorted in their folder. Initials are the learner's own choice.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

from ccsd_app.viewmodel.teaching.quiz.quiz import Answered, Quiz
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.version import software_version

HEADINGS = (
    "Case",
    "Question",
    "Your answer",
    "Right answer",
    "Result",
    "Hint",
    "Points",
    "Seconds",
)
RIGHT, WRONG = "right", "wrong"
COLUMNS = (
    *("quiz", "learner", "model", "case", "kind", "question", "answer", "right_answer", "right"),
    *("hint", "points", "seconds", "measured_by", "model_wrong"),
)
"""Columns of a CSV file, and keys of a row in a JSON file."""
FOLLOWED_NOTE = (
    "Readers follow wrong results of a program even if these are explained to them: 92 "
    "radiologists did in mammography (Scientific Reports 2023, doi:10.1038/s41598-023-36435-3)."
)


@dataclass(frozen=True, slots=True)
class ResultsTable:
    """What the dialog shows at the end.

    Args:
        points: The learner's points, in a sentence.
        rows: The cells of each question.
        notes: Sentences about wrong results that were followed, and about skipped cases.
    """

    points: str
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def points_text(points: float) -> str:
    """Points without needless digits.

    >>> points_text(2.0), points_text(2.5)
    ('2', '2.5')
    """
    return f"{points:g}"


def results_table(quiz: Quiz) -> ResultsTable:
    """The table of a quiz."""
    if not quiz.rows:
        points = "No question was answered."
    else:
        right = sum(row.right for row in quiz.rows)
        points = (
            f"{points_text(quiz.points)} of {len(quiz.rows)} points: {right} of "
            f"{len(quiz.rows)} answers were right."
        )
    return ResultsTable(points, tuple(map(_cells, quiz.rows)), _notes(quiz))


def _cells(row: Answered) -> tuple[str, ...]:
    return (
        str(row.case),
        row.kind.value,
        row.answer,
        row.right_answer,
        RIGHT if row.right else WRONG,
        "used" if row.hint else "",
        points_text(row.points),
        f"{row.seconds:.0f}",
    )


def _notes(quiz: Quiz) -> tuple[str, ...]:
    notes: list[str] = []
    followed, shown = quiz.followed_wrong
    if shown == 1:
        what = "you followed it" if followed else "you did not follow it"
        notes.append(f"A wrong result of the model was shown once, and {what}. {FOLLOWED_NOTE}")
    elif shown:
        notes.append(
            f"Wrong results of the model were shown {shown} times, and you followed "
            f"{followed or 'none'} of them. {FOLLOWED_NOTE}"
        )
    notes += [f"Case {one.case} was skipped. {one.reason}" for one in quiz.skipped]
    return tuple(notes)


def records_of(quiz: Quiz, *, model: str) -> list[dict[str, object]]:
    """The rows of a file, by column."""
    return [
        {
            "quiz": quiz.setup.seed,
            "learner": quiz.setup.learner,
            "model": model,
            "case": row.case,
            "kind": row.kind.name.lower(),
            "question": row.question,
            "answer": row.answer,
            "right_answer": row.right_answer,
            "right": row.right,
            "hint": row.hint,
            "points": row.points,
            "seconds": round(row.seconds, 1),
            "measured_by": row.score_name,
            "model_wrong": row.model_wrong,
        }
        for row in quiz.rows
    ]


def results_csv(quiz: Quiz, *, model: str) -> str:
    """The rows as CSV with a header; truth values are `yes` and `no`."""
    file = io.StringIO()
    table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    table.writeheader()
    for record in records_of(quiz, model=model):
        table.writerow({name: _csv_value(value) for name, value in record.items()})
    return file.getvalue()


def _csv_value(value: object) -> object:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def results_json(quiz: Quiz, *, model: str) -> str:
    """The rows as JSON, with the numbers of skipped cases and the note on diagnosis.

    Reasons are left out, because messages may name files.
    """
    content: Mapping[str, object] = {
        "format": "ccsd-quiz",
        "software": software_version(),
        "note": DISCLAIMER,
        "points": quiz.points,
        "questions": records_of(quiz, model=model),
        "skipped": [one.case for one in quiz.skipped],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def verdict(row: Answered) -> str:
    """The first words after an answer: `Right.`, or `Not right: the answer is T1c.`."""
    if row.right:
        half = " (half a point, because of the hint)" if row.hint else ""
        return f"Right{half}."
    return f"Not right: the answer is {row.right_answer}."
