"""Combine the results of a quiz: a folder of files that learners saved."""

from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import say, show


def quiz_results(
    folder: Annotated[
        Path,
        typer.Argument(
            help="Folder of the CSV and JSON files that the quiz saved.", metavar="FOLDER"
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="Also write all rows to this CSV file.", metavar="OUT.csv"
        ),
    ] = None,
) -> None:
    """Print points by learner, right answers by question, and wrong results that were followed.

    Raises:
        BadInputError: If there are no results, or the output exists.
    """
    from ccsd_app.viewmodel.teaching.quiz.collected import (
        collected_csv,
        learners_of,
        rows_of,
        summary_text,
    )
    from ccsd_core.errors import BadInputError
    from ccsd_core.storage.atomic import write_text

    if not folder.is_dir():
        raise BadInputError(f"{folder} is not a folder: give the folder with the saved results")
    if out is not None and out.exists():
        raise BadInputError(f"{out} exists already: choose another name")
    found, others = [], []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in (".csv", ".json") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        rows = rows_of(text, as_json=path.suffix.lower() == ".json")
        if rows is None:
            others.append(path.name)
        else:
            found.append(rows)
    if not found:
        raise BadInputError(
            f"{folder} contains no results of a quiz: save them with Save table… after a quiz"
        )
    for name in others:
        say(f"not used: {name} is not a table of results")
    learners = learners_of(found)
    same = len(found) - len(learners)
    if same:
        many = "file holds" if same == 1 else "files hold"
        say(f"note: {same} {many} the same answers as another one, which counts once")
    if out is not None:
        write_text(out, collected_csv(learners))
    show(summary_text(learners))
