"""Segment one case, or all cases in a folder."""

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccsd_app.cli.console import disclaim, say, show, track
from ccsd_app.cli.options import Device, Labels, Model, Scheme, Study
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.data.degradation.kinds import KINDS
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import BadInputError, CaseError, CcsdError

if TYPE_CHECKING:
    from ccsd_app.cli.archive_files import ArchiveFiles
    from ccsd_app.cli.segmenting.segmentation import Job
    from ccsd_core.storage.cases.overrides import Overrides

SUFFIXES = (".nii", ".nii.gz")


class Probability(enum.Enum):
    """How probabilities are stored."""

    UINT8 = "uint8"
    FLOAT32 = "float32"


class Prepare(enum.Enum):
    """Whether raw sequences are prepared for the model."""

    NEVER = "never"
    AUTO = "auto"
    ALWAYS = "always"


def segment(
    case: Annotated[
        Path,
        typer.Argument(
            help="A case folder, a 4-D file, a folder of cases, a DICOM study (folder, zip or "
            "DICOMDIR), or a folder of such studies.",
            metavar="CASE",
            exists=False,
        ),
    ],
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            help="Label map to write (.nii or .nii.gz); a folder for several cases or subsets.",
            metavar="OUT",
        ),
    ],
    use: Annotated[
        str | None,
        typer.Option(
            "--use",
            help="Sequences to give to the model, for example FLAIR,T1c; the others are withheld.",
            show_default="all sequences",
            metavar="SEQUENCES",
        ),
    ] = None,
    all_subsets: Annotated[
        bool,
        typer.Option(
            "--all-subsets",
            help="Write a label map for each subset of the sequences, as OUT/CASE/FLAIR+T2.nii.gz, "
            "to be scored with `evaluate --predictions OUT`.",
        ),
    ] = False,
    flair: Annotated[Path | None, typer.Option(help="FLAIR file.", metavar="FILE")] = None,
    t1: Annotated[Path | None, typer.Option(help="T1 file.", metavar="FILE")] = None,
    t1c: Annotated[Path | None, typer.Option(help="T1c file.", metavar="FILE")] = None,
    t2: Annotated[Path | None, typer.Option(help="T2 file.", metavar="FILE")] = None,
    labels: Labels = None,
    degrade: Annotated[
        list[str] | None,
        typer.Option(
            "--degrade",
            help="Simulate a bad image: SEQUENCE:KIND=SEVERITY, for example T1c:noise=2.5, with a "
            "severity up to 5; several may be given. Kinds: "
            + ", ".join(KINDS)
            + " (dose: T1c towards T1).",
            metavar="S:K=X",
        ),
    ] = None,
    probabilities: Annotated[
        Probability | None,
        typer.Option(
            "--probabilities",
            help="Write probabilities, too: OUT_probability_WT, _TC, _ET and one 4-D file of all; "
            "uint8 (scaled to 0 to 1 by the header) or float32.",
            metavar="TYPE",
        ),
    ] = None,
    skip_existing: Annotated[
        bool,
        typer.Option(
            "--skip-existing", help="Skip cases whose output exists, to continue a batch."
        ),
    ] = False,
    prepare: Annotated[
        Prepare,
        typer.Option(
            "--prepare",
            help="Register and skull-strip the sequences first: auto, if they need it, always or "
            "never. The label map is written on the original grid of the first sequence, and as "
            "OUT_on_T1.nii.gz and so on on those of the other sequences.",
        ),
    ] = Prepare.AUTO,
    scheme: Scheme = None,
    model: Model = None,
    device: Device = "auto",
    study: Study = None,
    dicom_seg: Annotated[
        Path | None,
        typer.Option(
            "--dicom-seg",
            help="Of a DICOM study, also write the regions as DICOM-SEG. It refers to the "
            "images, and an archive files it with the study: it contains the patient's name "
            "and ID.",
            metavar="OUT.dcm",
        ),
    ] = None,
    secondary_capture: Annotated[
        Path | None,
        typer.Option(
            "--secondary-capture",
            help="Of a DICOM study, also write a picture of slices with the regions as DICOM "
            "secondary capture, filed like --dicom-seg.",
            metavar="OUT.dcm",
        ),
    ] = None,
    anonymous: Annotated[
        bool,
        typer.Option(
            "--anonymous",
            help="Leave patient and study out of the DICOM files; no archive can file them then.",
        ),
    ] = False,
    json: Annotated[
        Path | None,
        typer.Option(
            "--json",
            help="Also write volumes and provenance to this JSON file.",
            metavar="OUT.json",
        ),
    ] = None,
) -> None:
    """Segment one case or a folder of cases.

    Raises:
        BadInputError: If the input or an option cannot be used, or no case of a folder can.
        FailedError: If some cases of a folder failed.
    """
    given = {Modality.FLAIR: flair, Modality.T1: t1, Modality.T1C: t1c, Modality.T2: t2}
    files: Overrides = {m: path for m, path in given.items() if path is not None}
    subset = ModalitySubset.parse(use) if use is not None else None

    from ccsd_app.cli.archive_files import ArchiveFiles
    from ccsd_app.cli.outputs import check_json
    from ccsd_app.cli.segmenting.segmentation import Job
    from ccsd_core.dicom.study_choice import SeveralStudiesError
    from ccsd_core.storage.label_maps.scheme_file import scheme_from

    written = scheme_from(scheme) if scheme is not None else None
    check_json(json)
    if all_subsets and use is not None:
        raise BadInputError(f"--all-subsets and --use {use} cannot be combined: give one of them")
    archive = ArchiveFiles(dicom_seg, secondary_capture, anonymous)
    if anonymous and not archive.requested:
        raise BadInputError(
            "--anonymous needs --dicom-seg or --secondary-capture: give one of them, too"
        )
    studies: dict[Path, CcsdError | None] = {}
    try:
        case = _place(case, study)
    except SeveralStudiesError as several:
        if files or archive.requested or _names_an_image(out):
            raise BadInputError(
                f"{several}; or give -o a folder, to segment each of them"
            ) from several
        studies = _every_study(case)
    job = Job(
        case,
        files,
        subset,
        written,
        out,
        every_subset=all_subsets,
        probabilities=None if probabilities is None else probabilities.value,
        labels=labels,
        prepare=prepare.value,
        degradations=Degradations.parse(degrade or []),
    )
    inside = list(studies) or _cases_inside(job)
    if all_subsets and _names_an_image(out):
        raise BadInputError(f"--all-subsets writes many files: give -o a folder, not {out.name}")
    if all_subsets and not inside:
        inside = [case]
    if len(inside) > 1 and _names_an_image(out):
        raise BadInputError(
            f"{case} contains {len(inside)} cases: give -o a folder, not {out.name}"
        )
    if len(inside) == 1 and _names_an_image(out):
        _one(
            job.for_case(inside[0]),
            model=model,
            device=device,
            json=json,
            skip=skip_existing,
            archive=archive,
        )
    elif inside:
        for option in archive.requested:
            raise BadInputError(f"{option} writes one file: give one study and one label map")
        from ccsd_app.cli.segmenting.segment_folder import segment_folder

        segment_folder(
            job,
            inside,
            model=model,
            device=device,
            json=json,
            skip=skip_existing,
            unusable={path: error for path, error in studies.items() if error is not None},
        )
    else:
        _one(job, model=model, device=device, json=json, skip=skip_existing, archive=archive)


def _place(case: Path, study: str | None) -> Path:
    """The folder or file of the case; a DICOM study is converted first.

    Raises:
        BadInputError: If a study has no series that can be used, or `--study` is given for none.
    """
    from ccsd_core.storage.cases.case_place import case_place, is_dicom_study

    if not case.exists() or not is_dicom_study(case):
        if study is not None:
            raise BadInputError(f"{case} is not a DICOM study: leave out --study {study}")
        return case
    return track(case_place(case, study=study), "reading DICOM")


def _every_study(folder: Path) -> "dict[Path, CcsdError | None]":
    """The studies of a folder: the path of each, and why it cannot be used if it cannot.

    Raises:
        MissingLibraryError: If a library that is needed to convert them is not installed.
    """
    from ccsd_core.storage.studies.convert_studies import convert_studies

    converted = track(convert_studies(folder), "reading DICOM")
    return {
        one if isinstance(one, Path) else folder / alias: None if isinstance(one, Path) else one
        for alias, one in converted.items()
    }


def _one(
    job: "Job",
    *,
    model: str | None,
    device: str,
    json: Path | None,
    skip: bool,
    archive: "ArchiveFiles",
) -> None:
    if not _names_an_image(job.out):
        raise BadInputError(f"{job.out} must end in .nii or .nii.gz")
    from ccsd_app.cli.outputs import write_json
    from ccsd_app.cli.segmenting.segmentation import check_out, files_of, is_done, load, report

    found = files_of(job)
    archive.check(found)
    if skip and is_done(job, found):
        say(f"skipped: {job.out} exists")
        return
    case = load(job, found)
    check_out(job, case, found)
    # Torch is imported only now that the input is known to be usable.
    from ccsd_core.inference.load import load_model

    (outcome,) = track(report(job, found, case, load_model(model, device=device)), "segmenting")
    if json is not None:
        write_json(json, outcome.as_json())
    for note in outcome.notes:
        say(f"note: {note}")
    show(outcome.line)
    notes = archive.write(case, found.path, outcome.segmentation)
    for path in archive.requested.values():
        if path.exists():
            show(str(path))
    for note in notes:
        say(f"note: {note}")
    disclaim()


def _names_an_image(path: Path) -> bool:
    return path.name.lower().endswith(SUFFIXES)


def _cases_inside(job: "Job") -> list[Path]:
    """The cases of a folder of cases; none where the path is itself a case."""
    if job.files or not job.path.is_dir():
        return []
    from ccsd_core.storage.cases.case_folder import find_cases

    try:
        found = find_cases(job.path)
    except CaseError:
        return []  # nothing in it: reading it as a case gives the best message
    return [] if found == [job.path] else found
