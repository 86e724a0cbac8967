"""A DICOM study as a case folder in the user's cache; a converted study is reused.

path ──▶ headers (dicom.study) ──▶ choice (dicom.selection) ──▶ each volume (dicom.convert)
                                                                        │
                                    cache/studies/KEY/ALIAS ◀── study.json, one .nii per series

Every series that is one volume of the head is converted, so that each choice can be corrected in
the table of files. The folder is created under a temporary name and renamed when it is complete.
"""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccsd_core.dicom.convert import convert
from ccsd_core.dicom.recognition.kinds import Kind
from ccsd_core.dicom.selection import Row, Selection, checked, select
from ccsd_core.dicom.series import Series
from ccsd_core.dicom.study import Study, read_study
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import DicomError, ResourceError
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.nifti.writer import write_array
from ccsd_core.storage.studies.study_record import (
    FORMAT,
    SeriesRecord,
    StudyRecord,
    read_record,
    write_record,
)
from ccsd_core.user_cache import user_cache

MOST_CONVERTED = 24
"""Largest number of series that are converted; those recognised as one of the four sequences
first."""
LEAST_SLICES = 5
UNUSABLE = "no series that is FLAIR, T1, T1c or T2 could be converted: choose others manually"
_NO_VOLUME = frozenset(
    (
        Kind.LOCALISER,
        Kind.CALIBRATION,
        Kind.SPECTROSCOPY,
        Kind.PROJECTION,
        Kind.OTHER_BODY_PART,
        Kind.OTHER_MACHINE,
        Kind.DOCUMENT,
        Kind.SEGMENTATION,
        Kind.NO_PIXELS,
        Kind.SERIES_OVER_TIME,
    )
)
"""Kinds that cannot be a volume of one contrast."""
_LARGEST = np.iinfo(np.int16).max


def studies_folder() -> Path:
    """Folder of converted studies: in the user's cache, or `$CCSD_CACHE`."""
    return user_cache() / "studies"


def convert_study(path: Path, *, alias: str | None = None) -> Steps[Path]:
    """Convert a study to a case folder.

    Args:
        path: A folder (searched at any depth), a DICOMDIR, a zip, or one multi-frame file.
        alias: Alias of the study, if there are several.

    Returns:
        The folder, which `load_case` reads.

    Raises:
        SeveralStudiesError: If there are several studies and none was chosen.
        DicomError: If it is not a study of one patient, or none of its series is a volume. If there
            are volumes but no recognised sequence, the folder is created anyway, so that the user
            can choose.
        MissingLibraryError: If pydicom or dcm2niix is not installed.
        ResourceError: If the cache cannot be written.
    """
    study = yield from read_study(path, alias=alias)
    return (yield from converted(path, study))


def converted(path: Path, study: Study) -> Steps[Path]:
    """The case folder of a study whose headers were read; raises as `convert_study` does."""
    key_folder = studies_folder() / _key(study)
    folder = key_folder / study.alias
    if _is_complete(folder):
        return folder
    selection, problem = _selection(study.series)
    try:
        studies_folder().mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".making-", dir=studies_folder()))
    except OSError as error:
        raise ResourceError(f"cannot write {studies_folder()} ({error.strerror})") from error
    try:
        (temporary / study.alias).mkdir()
        record = yield from _written(path, study, selection, temporary / study.alias)
        unused = all(one.sequence is None for one in record.series)
        record = replace(record, problem=problem or UNUSABLE if unused else "")
        write_record(temporary / study.alias, record)
        _move(temporary, key_folder, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def _selection(series: Sequence[Series]) -> tuple[Selection, str]:
    """The selection, and the problem if no series is used.

    Raises:
        DicomError: If no series is used and no volume can be chosen instead.
    """
    problem = ""
    try:
        selection = select(series)
    except DicomError as error:  # the series do not overlap in space, so the user has to choose
        selection, problem = select(series, dict.fromkeys(Modality)), str(error)
    try:
        return checked(selection), problem
    except DicomError as error:
        if not _worth_converting(selection.rows):
            raise
        return selection, problem or str(error)


def _is_complete(folder: Path) -> bool:
    try:
        record = read_record(folder)
    except Exception:  # noqa: BLE001 - whatever the problem, the folder is created again
        return False
    return record is not None and all(
        (folder / one.file).is_file() for one in record.series if one.file
    )


def _move(made: Path, key_folder: Path, folder: Path) -> None:
    """Move the complete folder to its final path, unless another process has already done so.

    Raises:
        ResourceError: If it cannot be moved.
    """
    try:
        if key_folder.exists() and not _is_complete(folder):
            shutil.rmtree(key_folder)  # left behind by a crash or a full disk
        if not key_folder.exists():
            made.rename(key_folder)
    except OSError as error:
        if not _is_complete(folder):
            raise ResourceError(f"cannot write {key_folder} ({error.strerror})") from error


def _key(study: Study) -> str:
    """A key that is equal for the same images, converted in the same way."""
    images = sorted(
        f"{instance.instance_uid} {instance.file.size}"
        for series in study.series
        for instance in series.instances
    )
    try:
        converter = version("dcm2niix")
    except PackageNotFoundError:
        converter = ""
    text = "\n".join((str(FORMAT), converter, study.uid, *images))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Converted:
    """A converted series: its file, or why there is none, and the converter's messages."""

    file: str = ""
    problem: str = ""
    warnings: tuple[str, ...] = ()


def _written(path: Path, study: Study, selection: Selection, folder: Path) -> Steps[StudyRecord]:
    """Convert the series into a folder.

    Raises:
        DicomError: If none of them can be converted.
    """
    rows = selection.rows
    wanted = _worth_converting(rows)
    converted: dict[int, _Converted] = {}
    for done, index in enumerate(wanted):
        series = rows[index].series
        yield Progress(done, len(wanted), f"converting series {series.label}")
        converted[index] = _convert(series, folder)
    records = [_record(row, converted.get(i, _Converted())) for i, row in enumerate(rows)]
    if not any(one.file for one in records):
        problems = [one.problem for one in converted.values() if one.problem]
        raise DicomError("; ".join(problems) or f"{path}: no series could be converted")
    doubtful = [
        f"{row.used_as.label} is {row.series.name}, which is doubtful: {row.guess.reason}"
        for row in rows
        if row.used_as is not None and row.guess.doubtful
    ]
    warnings = [
        f"{rows[i].series.name}: message of dcm2niix: {warning}"
        for i, one in converted.items()
        if rows[i].used_as is not None
        for warning in one.warnings
    ]
    return StudyRecord(path, tuple(records), (*study.notes, *doubtful, *warnings))


def _worth_converting(rows: tuple[Row, ...]) -> list[int]:
    """The series to convert, those in use first, then those that are sequences, by number."""

    def order(index: int) -> tuple[bool, bool, int]:
        row = rows[index]
        return row.used_as is None, row.guess.modality is None, index

    return sorted((i for i, row in enumerate(rows) if _is_volume(row)), key=order)[:MOST_CONVERTED]


def _is_volume(row: Row) -> bool:
    series = row.series
    return row.used_as is not None or (
        row.guess.kind not in _NO_VOLUME
        and not series.damaged
        and series.stack.corners_mm is not None
        and series.stack.position_count >= LEAST_SLICES
        and series.stack.repeats == 1
    )


def _convert(series: Series, folder: Path) -> _Converted:
    try:
        made = convert(series)
    except DicomError as error:
        return _Converted(problem=str(error))
    name = f"{_file_name(series)}.nii"
    array = as_stored(made.volume.array)
    write_array(folder / name, array, made.volume.world_from_voxel)
    return _Converted(name, warnings=made.warnings)


def _file_name(series: Series) -> str:
    """A readable file name from the series' number and description, valid on all file systems.

    The description does not name the patient (`dicom.privacy` ensures that); labels are unique.
    """
    words = re.sub(r"[^\w+.-]+", "_", series.description).strip("_.-")[:60]
    return f"{series.label}_{words}" if words else series.label


def as_stored(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """The array as 16-bit integers if all values are whole numbers, as they usually are."""
    whole = array.astype(np.int16) if np.abs(array).max() <= _LARGEST else array
    return whole if np.array_equal(whole, array) else array


def _record(row: Row, converted: _Converted) -> SeriesRecord:
    series = row.series
    unused = row.guess.modality is None and row.used_as is None
    reason = f"{row.why}: {row.guess.reason}" if unused else f"{row.guess.reason}; {row.why}"
    record = SeriesRecord(
        series.label, series.description, converted.file, row.used_as, reason, row.guess.doubtful
    )
    if converted.problem:
        return replace(record, sequence=None, reason=f"not used: {converted.problem}")
    return record
