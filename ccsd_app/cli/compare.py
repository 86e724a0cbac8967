"""Compare two evaluations patient by patient: differences, intervals, p-values."""

from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import disclaim, say


def compare(
    a: Annotated[
        Path, typer.Argument(help="An evaluation's folder, or its scores.csv.", metavar="A")
    ],
    b: Annotated[Path, typer.Argument(help="The other one.", metavar="B")],
    *,
    metric: Annotated[
        str, typer.Option("--metric", help="A metric of both, as in scores.csv.", metavar="METRIC")
    ] = "dice",
    json: Annotated[
        Path | None,
        typer.Option("--json", help="Write the numbers as JSON too.", metavar="FILE"),
    ] = None,
) -> None:
    """Print what B gains over A, per region and their mean, and per number of sequences."""
    from ccsd_app.cli.evaluation import print_result
    from ccsd_app.cli.outputs import check_json, write_json
    from ccsd_core.evaluation.paired import pair
    from ccsd_core.evaluation.paired_table import paired_json, paired_table
    from ccsd_core.evaluation.scores_file import read_scores

    check_json(json)
    paired = pair(read_scores(a), read_scores(b), metric=metric)
    if json is not None:
        write_json(json, paired_json(paired, a=str(a), b=str(b)))
    print_result(paired_table(paired))
    for note in paired.notes:
        say(f"note: {note}")
    disclaim()
