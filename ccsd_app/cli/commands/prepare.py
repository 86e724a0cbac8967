"""Prepare a raw study: register its sequences, extract the brain, write a case for the model."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccsd_app.cli.console import disclaim, say, show, track
from ccsd_app.cli.options import Study
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import BadInputError

if TYPE_CHECKING:
    from ccsd_core.preparation.rigid import Nudge

SKIPPABLE = {
    "registration": "REGISTRATION",
    "brain-mask": "BRAIN_MASK",
    "bias": "BIAS",
    "grid": "GRID",
}


def prepare(
    study: Annotated[
        Path,
        typer.Argument(
            help="A DICOM study (folder, zip or DICOMDIR), or a case of image files. It is never "
            "changed.",
            metavar="STUDY",
            exists=False,
        ),
    ],
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            help="New folder for the case: images in BraTS layout and preparation.json.",
            metavar="CASE",
        ),
    ],
    which: Study = None,
    flair: Annotated[Path | None, typer.Option(help="FLAIR file.", metavar="FILE")] = None,
    t1: Annotated[Path | None, typer.Option(help="T1 file.", metavar="FILE")] = None,
    t1c: Annotated[Path | None, typer.Option(help="T1c file.", metavar="FILE")] = None,
    t2: Annotated[Path | None, typer.Option(help="T2 file.", metavar="FILE")] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            "--reference",
            help="Sequence that the others are registered onto.",
            show_default="thinnest slices, T1c first",
            metavar="SEQUENCE",
        ),
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option(
            "--skip",
            help=f"Step to skip: {', '.join(SKIPPABLE)}. Can be repeated.",
            metavar="STEP",
        ),
    ] = None,
    nudge: Annotated[
        list[str] | None,
        typer.Option(
            "--nudge",
            help="Move a sequence after its registration, for example T2=0,2,0,0,0,1.5: mm to "
            "the right, anterior and superior, then degrees about these axes. Can be "
            "repeated.",
            metavar="SEQUENCE=NUMBERS",
        ),
    ] = None,
    mask_mm: Annotated[
        float,
        typer.Option("--mask-mm", help="Grow the brain mask by this many mm; negative shrinks it."),
    ] = 0.0,
    bias: Annotated[
        bool, typer.Option("--bias", help="Correct the bias field (N4) even where it is weak.")
    ] = False,
    always: Annotated[
        bool,
        typer.Option("--always", help="Register and resample even if it does not seem necessary."),
    ] = False,
) -> None:
    """Prepare a study and report what was done.

    Raises:
        BadInputError: If the study or an option cannot be used.
        FailedError: If a library is missing or the work fails.
    """
    from ccsd_core.preparation.adjustments import Adjustments, Step
    from ccsd_core.preparation.cache import prepare_once
    from ccsd_core.preparation.study import check_new_folder, read_scans, write_prepared
    from ccsd_core.storage.cases.overrides import Overrides

    given = {Modality.FLAIR: flair, Modality.T1: t1, Modality.T1C: t1c, Modality.T2: t2}
    files: Overrides = {m: path for m, path in given.items() if path is not None}
    adjustments = Adjustments(
        reference=Modality.parse(reference) if reference is not None else None,
        skipped=frozenset(Step[_skipped(name)] for name in skip or ()),
        nudges=dict(_nudge(text) for text in nudge or ()),
        mask_mm=mask_mm,
        bias=bias,
        always=always,
    )
    if not study.exists():
        raise BadInputError(f"{study} does not exist: check the path")
    check_new_folder(out)
    scans = track(read_scans(study, files, study=which), "reading")
    prepared = track(prepare_once(scans, adjustments), "preparing")
    write_prepared(out, prepared)
    for note in (*prepared.notes, *prepared.record.warnings):
        say(f"note: {note}")
    record = prepared.record
    show(f"{record.study}: reference {record.reference.label} ({record.reference_why})")
    for step in record.steps:
        show(f"  {step.line}")
    show(f"→ {out}")
    disclaim()


def _skipped(name: str) -> str:
    if name not in SKIPPABLE:
        raise BadInputError(f"unknown step {name!r}: use one of {', '.join(SKIPPABLE)}")
    return SKIPPABLE[name]


def _nudge(text: str) -> tuple[Modality, "Nudge"]:
    from ccsd_core.preparation.rigid import Nudge

    name, _, numbers = text.partition("=")
    try:
        x, y, z, a, b, c = (float(number) for number in numbers.split(","))
    except ValueError:
        raise BadInputError(
            f"--nudge {text} cannot be read: give six numbers, for example T2=0,2,0,0,0,1.5"
        ) from None
    return Modality.parse(name), Nudge((x, y, z), (a, b, c))
