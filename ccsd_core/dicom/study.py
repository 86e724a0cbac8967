"""Reading studies: from a path to their series, with notes for the user."""

from dataclasses import dataclass, field
from pathlib import Path

from ccsd_core.dicom.dicomdir import missing_from_disc
from ccsd_core.dicom.grouping import series_of
from ccsd_core.dicom.header import read_instance
from ccsd_core.dicom.instance import Instance
from ccsd_core.dicom.privacy import alias_of
from ccsd_core.dicom.series import Series
from ccsd_core.dicom.study_choice import (
    files_by_alias,
    files_of_one_study,
    of_one_patient,
    with_images,
)
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
    read = yield from _read(path)
    chosen = files_of_one_study(read.instances, alias)
    others = len({i.study_uid for i in read.instances}) - 1
    return _study(chosen, (*_about_disc(read.missing), *_about_others(others)))


def read_studies(path: Path) -> Steps[dict[str, Study | DicomError]]:
    """Every study with MR images below a path, by its alias; the headers are read once.

    Args:
        path: As for `read_study`.

    Returns:
        Each study, or why it cannot be read.

    Raises:
        DicomError: If there is no DICOM file.
        MissingLibraryError: If pydicom is not installed.
    """
    read = yield from _read(path)
    by_alias = files_by_alias(read.instances)
    found: dict[str, Study | DicomError] = {}
    for alias, files in (with_images(by_alias) or by_alias).items():
        try:
            found[alias] = _study(of_one_patient(files), _about_disc(read.missing))
        except DicomError as error:
            found[alias] = error
    return found


@dataclass(frozen=True, slots=True)
class _Read:
    """The files below a path, and those that a DICOMDIR lists in vain."""

    instances: tuple[Instance, ...]
    missing: tuple[str, ...]


def _read(path: Path) -> Steps[_Read]:
    """The headers of all DICOM files below a path.

    Raises:
        DicomError: If there is none.
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
    return _Read(tuple(instances), missing)


def _study(files: list[Instance], notes: tuple[str, ...]) -> Study:
    uid = files[0].study_uid
    return Study(alias_of(uid), series_of(files), notes, uid)


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
