"""Files that a DICOMDIR, the table of contents of a disc, lists but that are not on the disc."""

from pathlib import Path, PurePosixPath
from typing import Any

from ccsd_core.dicom.dataset_values import items, text
from ccsd_core.dicom.libraries import pydicom
from ccsd_core.dicom.study_files import DICOMDIR, StudyFile


def missing_from_disc(path: Path, files: tuple[StudyFile, ...]) -> tuple[str, ...]:
    """Files that the DICOMDIR of a folder lists but that are missing; none without DICOMDIR.

    Args:
        path: The folder, or the DICOMDIR itself.
        files: The files on the disc.
    """
    table = _table_of_contents(path)
    if table is None:
        return ()
    # When a disc is copied, the system may change names to upper or lower case.
    there = {file.name.lower() for file in files}
    return tuple(name for name in _listed(table) if name.lower() not in there)


def _table_of_contents(path: Path) -> Path | None:
    if path.is_file():
        return path if path.name.upper() == DICOMDIR else None
    try:
        return next((p for p in sorted(path.iterdir()) if p.name.upper() == DICOMDIR), None)
    except OSError:
        return None


def _listed(table: Path) -> list[str]:
    library = pydicom()
    try:
        dataset: Any = library.dcmread(table)
    except (OSError, EOFError, ValueError, library.errors.InvalidDicomError):
        return []
    found: list[str] = []
    for record in items(dataset, "DirectoryRecordSequence"):
        parts = text(record, "ReferencedFileID").split("\\")
        if parts != [""]:
            found.append(PurePosixPath(*parts).as_posix())
    return found
