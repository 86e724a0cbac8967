"""List the cases of a folder: sequences, expert labels, site, and what is wrong."""

from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import show, track
from ccsd_app.cli.options import Labels


def cases(
    data: Annotated[
        Path, typer.Argument(help="A case, or a folder of cases at any depth.", metavar="DATA")
    ],
    *,
    json: Annotated[
        Path | None,
        typer.Option("--json", help="Also write the list to this JSON file.", metavar="FILE"),
    ] = None,
    labels: Labels = None,
) -> None:
    """Print one line per case, from names and headers, and a summary.

    Raises:
        CaseError: If there is no case.
    """
    from ccsd_app.cli.outputs import check_json, write_json
    from ccsd_app.cli.training.case_table import case_table, cases_json
    from ccsd_core.storage.cases.case_list import list_cases

    check_json(json)
    found = track(list_cases(data, labels=labels), "cases")
    if json is not None:
        write_json(json, cases_json(data, found))
    show(case_table(found))
