"""List the series of a DICOM study and what each is; convert those that are used to NIfTI."""

from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import say, show, track
from ccsd_app.cli.options import Study

NO_SERIES = "none"
_SERIES = "Number of the series to use as {} (see the table); none to use no series."


def dicom(
    path: Annotated[
        Path,
        typer.Argument(
            help="Folder (searched at any depth), DICOMDIR or zip. It is never changed.",
            metavar="STUDY",
            exists=False,
        ),
    ],
    *,
    study: Study = None,
    flair: Annotated[
        str | None, typer.Option(help=_SERIES.format("FLAIR"), metavar="SERIES")
    ] = None,
    t1: Annotated[str | None, typer.Option(help=_SERIES.format("T1"), metavar="SERIES")] = None,
    t1c: Annotated[str | None, typer.Option(help=_SERIES.format("T1c"), metavar="SERIES")] = None,
    t2: Annotated[str | None, typer.Option(help=_SERIES.format("T2"), metavar="SERIES")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Convert the used series into this folder as flair.nii.gz, t1.nii.gz, "
            "t1c.nii.gz and t2.nii.gz; each keeps its own grid and the skull.",
            metavar="FOLDER",
        ),
    ] = None,
    json: Annotated[
        Path | None,
        typer.Option("--json", help="Also write the table to this JSON file.", metavar="OUT.json"),
    ] = None,
) -> None:
    """Print the table of series; names and numbers of the patient are never shown or written.

    Raises:
        DicomError: If no series can be used as one of the four sequences.
    """
    from ccsd_app.cli.outputs import check_json, write_json
    from ccsd_app.cli.series_table import as_json, table
    from ccsd_core.dicom.selection import checked, select
    from ccsd_core.dicom.study import read_study
    from ccsd_core.domain.modality import Modality

    check_json(json)
    _check_out(out)
    chosen = {Modality.FLAIR: flair, Modality.T1: t1, Modality.T1C: t1c, Modality.T2: t2}
    overrides = {
        m: None if label.lower() == NO_SERIES else label
        for m, label in chosen.items()
        if label is not None
    }
    found = track(read_study(path, alias=study), "reading headers")
    selection = select(found.series, overrides)
    show(table(found, selection))
    for note in found.notes:
        say(f"note: {note}")
    if json is not None:
        write_json(json, as_json(found, selection))
    used = checked(selection).used
    if out is not None:
        from ccsd_app.cli.series_files import write_series

        for path in track(write_series(used, out, note=lambda n: say(f"note: {n}")), "converting"):
            show(str(path))


def _check_out(out: Path | None) -> None:
    """Refuse an output folder for the images before a header is read.

    Raises:
        BadInputError: If it exists and is not empty.
    """
    from ccsd_core.errors import BadInputError
    from ccsd_core.storage.atomic import check_place

    if out is None:
        return
    check_place(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInputError(f"{out} exists and is not empty: choose a new folder")
