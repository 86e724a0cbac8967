"""List the series of a DICOM study and what each is; convert those that are used to NIfTI."""

from pathlib import Path
from typing import Annotated

import typer

from ccsd_app.cli.console import say, show, track

NO_SERIES = "none"
_SERIES = "The series to use as {}, by its number in the table; none for not using any."


def dicom(
    path: Annotated[
        Path,
        typer.Argument(
            help="A folder (with folders in it), a DICOMDIR or a zip. It is only read.",
            metavar="STUDY",
            exists=False,
        ),
    ],
    *,
    study: Annotated[
        str | None,
        typer.Option("--study", help="Which study, where several lie there.", metavar="NAME"),
    ] = None,
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
            help="Convert the series that are used into this folder, as flair.nii.gz, t1.nii.gz, "
            "t1c.nii.gz and t2.nii.gz: each on its own grid, with skull, as scanned.",
            metavar="FOLDER",
        ),
    ] = None,
    json: Annotated[
        Path | None,
        typer.Option("--json", help="Write the table here, for programs.", metavar="OUT.json"),
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
    said = {Modality.FLAIR: flair, Modality.T1: t1, Modality.T1C: t1c, Modality.T2: t2}
    overrides = {
        m: None if label.lower() == NO_SERIES else label
        for m, label in said.items()
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
    """Refuse a place for the images before a header is read.

    Raises:
        BadInputError: If something lies there.
    """
    from ccsd_core.errors import BadInputError
    from ccsd_core.storage.atomic import check_place

    if out is None:
        return
    check_place(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInputError(f"{out} is there already and not empty: name a new folder")
