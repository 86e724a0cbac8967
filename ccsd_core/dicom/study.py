"""Reading a study: from a path to its series, with notes for the user."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ccsd_core.dicom.dicomdir import missing_from_disc
from ccsd_core.dicom.grouping import series_of
from ccsd_core.dicom.header import read_instance
from ccsd_core.dicom.instance import Instance
from ccsd_core.dicom.privacy import alias_of
from ccsd_core.dicom.series import Series
from ccsd_core.dicom.study_choice import SeveralStudiesError, study_choices
from ccsd_core.dicom.study_files import open_study
from ccsd_core.errors import DicomError
from ccsd_core.progress import Progress, Steps

REPORT_EVERY = 50
"""Number of files between two progress reports."""


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """One examination of one patient.

    Args:
        alias: Its name for the user, which does not identify the patient.
        series: All its series, in the scanner's order.
        notes: Notes for the user, one sentence each.
        uid: DICOM's Study Instance UID, for results that are sent to the PACS; never shown.
    """

    alias: str
    series: tuple[Series, ...]
    notes: tuple[str, ...] = ()
    uid: str = field(default="", repr=False)


def read_study(path: Path, *, alias: str | None = None) -> Steps[Study]:
    """Read the headers of all files below a path.

    Args:
        path: A folder (searched with its subfolders), a DICOMDIR, a zip, or one multi-frame file.
        alias: The study to read, if there are several.

    Raises:
        SeveralStudiesError: If there are several studies and none was chosen.
        DicomError: If there is no DICOM file.
        MissingLibraryError: If pydicom is not installed.
    """
    instances: list[Instance] = []
    with open_study(path) as opened:
        total = len(opened.files)
        for done, file in enumerate(opened.files):
            if done % REPORT_EVERY == 0:
                yield Progress(done, total, "reading headers")
            instance = read_instance(file, opened)
            if instance is not None:
                instances.append(instance)
        missing = missing_from_disc(path, opened.files)
    yield Progress(total, total, "sorting series")
    if not instances:
        raise DicomError(_no_dicom(path, [file.name for file in opened.files]))
    chosen = _one_study(instances, alias)
    others = len({i.study_uid for i in instances}) - 1
    return Study(
        alias_of(chosen[0].study_uid),
        series_of(chosen),
        (*_about_disc(missing), *_about_others(others)),
        chosen[0].study_uid,
    )


def _one_study(instances: Sequence[Instance], alias: str | None) -> list[Instance]:
    """The files of the chosen study, or of the only one.

    Raises:
        SeveralStudiesError: If there are several and none was chosen.
        DicomError: If there is no study with that alias.
    """
    studies: dict[str, list[Instance]] = {}
    for instance in instances:
        studies.setdefault(instance.study_uid, []).append(instance)
    by_alias = {alias_of(uid): files for uid, files in studies.items()}
    if alias is not None:
        if alias not in by_alias:
            raise DicomError(f"there is no study {alias!r}: choose one of {', '.join(by_alias)}")
        return _of_one_patient(by_alias[alias])
    if len({i.patient for i in instances if i.patient}) > 1 and len(studies) > 1:
        raise SeveralStudiesError(study_choices(by_alias))
    with_images = {a: files for a, files in by_alias.items() if any(map(_is_mr, files))}
    if len(with_images) > 1:
        raise SeveralStudiesError(study_choices(with_images))
    (files,) = with_images.values() or [max(studies.values(), key=len)]
    return _of_one_patient(files)


def _of_one_patient(files: list[Instance]) -> list[Instance]:
    counts = Counter(i.patient for i in files if i.patient)
    if len(counts) > 1:
        rare = counts.most_common()[-1][0]
        other = next(i for i in files if i.patient == rare)
        raise DicomError(
            f"files of one study carry {len(counts)} patients' identities, for example "
            f"{other.shown_name}: they were mixed up or only partly de-identified; separate them "
            "first"
        )
    return files


def _is_mr(instance: Instance) -> bool:
    return instance.kind == "MR" and instance.has_pixels


def _no_dicom(path: Path, names: list[str]) -> str:
    if not names:
        return f"{path} is empty: give the folder of a study"
    if any(name.lower().endswith((".nii", ".nii.gz")) for name in names):
        return f"{path} contains NIfTI files but no DICOM file: open it as a case"
    zips = [name for name in names if name.lower().endswith(".zip")]
    if zips:
        return f"{path} contains no DICOM file: give the zip itself, such as {zips[0]}"
    files = "1 file was" if len(names) == 1 else f"{len(names)} files were"
    return f"{path} contains no DICOM file ({files} checked): give the folder of a study"


def _about_disc(missing: tuple[str, ...]) -> tuple[str, ...]:
    if not missing:
        return ()
    files = "1 file that is" if len(missing) == 1 else f"{len(missing)} files that are"
    return (f"the DICOMDIR lists {files} missing: copy the whole disc",)


def _about_others(others: int) -> tuple[str, ...]:
    if others <= 0:
        return ()
    studies = "another study" if others == 1 else f"{others} other studies"
    return (f"{studies} in the same folder: not used",)
