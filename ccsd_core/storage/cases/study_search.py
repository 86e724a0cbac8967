"""Finding the DICOM studies under a folder: one patient and examination each, not one series each.

PATIENTS/
├── A/series 1, series 2      one study: A
├── B/2024, B/2025            two studies: B/2024 and B/2025
└── C.zip                     one study
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ccsd_core.dicom.header import read_instance
from ccsd_core.dicom.privacy import alias_of
from ccsd_core.dicom.study_files import open_study
from ccsd_core.errors import CcsdError
from ccsd_core.storage.cases.case_place import is_dicom_study
from ccsd_core.storage.studies.is_study import is_study

MAX_DEPTH = 4
"""Number of folder levels in which studies are searched."""
FILES_LOOKED_AT = 5
"""So many files directly in a folder tell whether its images lie in it, not below."""


def find_studies(data: Path) -> dict[Path, str]:
    """Every DICOM study under a folder, with its alias, which does not identify the patient.

    Folders whose images are of one study are one study, as are zips. Folders that cannot be read
    are left out. Of studies that cannot be read the alias is "".
    """
    return {} if data.is_file() else dict(_search(data, MAX_DEPTH))


def _search(folder: Path, depth: int) -> Iterator[tuple[Path, str]]:
    if _has_images(folder):
        yield folder, _alias(folder)
        return
    below = {child: _alias(child) for child in _children(folder) if _is_study(child)}
    if len(below) > 1 and len(set(below.values())) == 1 and all(c.is_dir() for c in below):
        yield folder, next(iter(below.values()))  # its series lie in folders
        return
    for child, alias in below.items():
        inner = list(_search(child, depth - 1)) if depth and child.is_dir() else []
        yield from inner or [(child, alias)]


def _children(folder: Path) -> list[Path]:
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return []
    return [
        path
        for path in found
        if not path.name.startswith(".") and (path.is_dir() or path.suffix.lower() == ".zip")
    ]


def _has_images(folder: Path) -> bool:
    try:
        files = (path for path in sorted(folder.iterdir()) if path.is_file())
        return any(
            path.suffix.lower() != ".zip" and is_study(path)
            for path in islice(files, FILES_LOOKED_AT)
        )
    except OSError:
        return False


def _is_study(path: Path) -> bool:
    try:
        return is_dicom_study(path)
    except CcsdError:
        return False


def _alias(path: Path) -> str:
    """The alias of the first image; "" if it cannot be read."""
    try:
        with open_study(path) as study:
            found = (read_instance(file, study) for file in study.files)
            first = next((instance for instance in found if instance is not None), None)
    except CcsdError:
        return ""
    return "" if first is None else alias_of(first.study_uid)
