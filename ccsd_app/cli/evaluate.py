"""Score a model on every labelled case, for every subset of its sequences."""

from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import disclaim, say
from ccsd_app.cli.options import Device, Model, Scheme
from ccsd_core.errors import FailedError


def evaluate(
    data: Annotated[
        Path, typer.Argument(help="A case, or a folder of cases at any depth.", metavar="DATA")
    ],
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="Where scores.csv, summary.json, curve.png go.", metavar="OUT"
        ),
    ],
    scheme: Scheme = None,
    model: Model = None,
    device: Device = "auto",
) -> None:
    """Write the scores and print the table of subsets.

    Raises:
        FailedError: If some cases could not be read; the others are scored.
    """
    from ccsd_app.cli.evaluation import evaluate_into, print_table
    from ccsd_core.domain.region import LabelScheme
    from ccsd_core.storage.case_folder import find_cases

    stated = LabelScheme.parse(scheme) if scheme is not None else None
    cases = find_cases(data)
    evaluation = evaluate_into(out, cases, model=model, device=device, scheme=stated)
    for note in evaluation.notes:
        say(f"note: {note}")
    print_table(evaluation)
    broken = [case for case in evaluation.unscored if case.broken]
    for case in evaluation.unscored:
        say(f"{'failed' if case.broken else 'skipped'}: {case.path.name}: {case.reason}")
    disclaim()
    if broken:
        raise FailedError(f"{len(broken)} of {len(cases)} cases could not be read, see above")
