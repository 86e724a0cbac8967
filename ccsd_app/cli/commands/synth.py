"""Generate synthetic cases: four sequences and exact labels, in the BraTS 2021 layout."""

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccsd_app.cli.console import show, track
from ccsd_app.cli.options import Scheme

if TYPE_CHECKING:
    from ccsd_core.progress import Steps


class Raw(enum.Enum):
    """File format of a raw study."""

    NIFTI = "nifti"
    DICOM = "dicom"


def synth(
    out: Annotated[Path, typer.Argument(help="Output folder.", metavar="OUT")],
    *,
    cases: Annotated[int, typer.Option("--cases", help="Number of cases.", min=1, metavar="N")] = 1,
    seed: Annotated[
        int, typer.Option("--seed", help="The same seed gives the same cases.", min=0, metavar="S")
    ] = 0,
    spacing: Annotated[
        float,
        typer.Option(
            "--spacing", help="Voxel size in mm; 2 is enough for training.", min=0.5, max=8.0
        ),
    ] = 1.0,
    healthy: Annotated[
        float | None,
        typer.Option(
            "--healthy",
            help="Probability of a case without tumour (0.08 if not given).",
            min=0.0,
            max=1.0,
        ),
    ] = None,
    raw: Annotated[
        Raw | None,
        typer.Option(
            "--raw",
            help="Instead, write raw studies as from a scanner (with skull, each sequence on its "
            "own slices, with motion between sequences), as nifti or dicom; labels, brain masks "
            "and motion go to OUT/truth.",
            metavar="FORMAT",
        ),
    ] = None,
    sequences: Annotated[
        str | None,
        typer.Option(
            "--sequences",
            help="With --raw: the sequences to write, for example FLAIR,T1,T2.",
            show_default="all four",
            metavar="SEQUENCES",
        ),
    ] = None,
    real: Annotated[
        Path | None,
        typer.Option(
            "--real",
            help="Instead, mix cases from the real, labelled cases in this folder.",
            metavar="FOLDER",
        ),
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(
            "--leave-out",
            help="Real patient to exclude, under the name of any BraTS year; can be repeated.",
            metavar="ID",
        ),
    ] = None,
    scheme: Scheme = None,
    shapes: Annotated[
        Path | None,
        typer.Option(
            "--shapes",
            help="With --real: .npz file of BraTS label maps of other patients that give the "
            "tumours their shapes and places.",
            metavar="FILE",
        ),
    ] = None,
) -> None:
    """Write cases and print their folders."""
    from ccsd_core.data.mixing import write_mixed_cases
    from ccsd_core.data.synthetic import write_cases
    from ccsd_core.data.synthetic.patient import HEALTHY
    from ccsd_core.errors import BadInputError
    from ccsd_core.storage.label_maps.scheme_file import scheme_from

    if sequences is not None and raw is None:
        raise BadInputError(f"--sequences {sequences} needs --raw nifti or --raw dicom")
    if raw is not None and real is not None:
        raise BadInputError(f"--raw {raw.value} cannot be combined with --real: give one of them")
    if real is None:
        if leave_out:
            raise BadInputError(
                f"--leave-out {leave_out[0]} needs --real: no real patient is used without it"
            )
        if scheme is not None:
            raise BadInputError(
                f"--scheme {scheme} needs --real: it says what the labels of real cases mean"
            )
        if shapes is not None:
            raise BadInputError(f"--shapes {shapes} needs --real FOLDER for the brains")
        share = HEALTHY if healthy is None else healthy
        if raw is None:
            steps = write_cases(out, count=cases, seed=seed, spacing_mm=spacing, healthy=share)
        else:
            steps = _raw(out, raw, sequences, count=cases, seed=seed, mm=spacing, healthy=share)
    else:
        if healthy is not None:
            raise BadInputError(
                f"--healthy {healthy} cannot be combined with --real: give one of them"
            )
        steps = write_mixed_cases(
            out,
            real=real,
            count=cases,
            seed=seed,
            spacing_mm=spacing,
            leave_out=leave_out or (),
            shapes=shapes,
            scheme=None if scheme is None else scheme_from(scheme),
        )
    for path in track(steps, "generating"):
        show(str(path))


def _raw(
    out: Path, raw: Raw, sequences: str | None, *, count: int, seed: int, mm: float, healthy: float
) -> "Steps[list[Path]]":
    from ccsd_core.data.synthetic.raw.raw_writer import Form, write_raw_studies
    from ccsd_core.domain.modality import ModalitySubset

    wanted = ModalitySubset.full() if sequences is None else ModalitySubset.parse(sequences)
    return write_raw_studies(
        out,
        count=count,
        seed=seed,
        form=Form(raw.value),
        spacing_mm=mm,
        healthy=healthy,
        sequences=tuple(wanted),
    )
