"""Write a PDF report of a case, or of every case in a folder."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import disclaim, say
from ccsd_app.cli.options import Device, Model


class Paper(StrEnum):
    """Size of the pages."""

    A4 = "a4"
    LETTER = "letter"


def report(
    case: Annotated[
        Path,
        typer.Argument(help="A case, a DICOM study, or a folder of cases.", metavar="CASE"),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="PDF to write.", metavar="OUT.pdf")],
    use: Annotated[
        str | None,
        typer.Option(
            "--use",
            help="Subset to show next to all sequences, such as FLAIR,T2.",
            show_default="the lowest-scoring subset with one sequence withheld",
            metavar="SEQUENCES",
        ),
    ] = None,
    paper: Annotated[Paper, typer.Option("--paper", help="Paper size.")] = Paper.A4,
    model: Model = None,
    device: Device = "auto",
) -> int:
    """Write the report: slices, curve, volumes, missing sequences, provenance.

    Raises:
        BadInputError: If an option is wrong, or the PDF was written by another program.
        CcsdError: If no case can be used, or the file cannot be written.
    """
    from ccsd_app.cli.outputs import check_pdf
    from ccsd_app.main import save_reports
    from ccsd_core.domain.modality import ModalitySubset
    from ccsd_core.storage.cases.case_place import is_dicom_study
    from ccsd_core.storage.cases.case_search import find_cases
    from ccsd_core.storage.models.card import short_card
    from ccsd_core.storage.models.find import find_model

    check_pdf(out)
    subset = None if use is None else ModalitySubset.parse(use)
    find_model(model)  # a wrong name is told at once
    cases = [case] if case.is_file() or is_dicom_study(case) else find_cases(case)
    failed = save_reports(
        cases,
        out,
        subset=subset,
        paper=paper.value,
        model_card=short_card(model),
        model=model,
        device=device,
    )
    for path, error in failed:
        say(f"{path} is not in the report: {error}")
    say(f"wrote {out}")
    disclaim()
    return 1 if failed else 0
