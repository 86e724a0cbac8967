"""Whether a path is a DICOM study, by the first bytes of a few files; no header is read."""

import os
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from ccsd_core.dicom.study_files import DAMAGED, DICOMDIR

FILES_LOOKED_AT = 60
"""Number of files that are checked; if none of them is DICOM, the folder is not a study."""
PREAMBLE = 128
MARK = b"DICM"
_GROUPS = (b"\x08\x00", b"\x02\x00")
"""How a file without preamble begins: group 0008 or 0002, little-endian."""


def is_study(path: Path) -> bool:
    """Whether there are DICOM files at a path: in a folder at any depth, in a zip, or itself.

    >>> is_study(Path("nowhere"))
    False
    """
    try:
        if path.is_dir():
            return any(_is_dicom(file) for file in islice(_files(path), FILES_LOOKED_AT))
        if path.name.upper() == DICOMDIR:
            return True
        if path.suffix.lower() == ".zip":
            return _holds_dicom(path)
        return path.is_file() and _is_dicom(path)
    except OSError:
        return False


def _files(folder: Path) -> Iterator[Path]:
    for home, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(home, name) for name in sorted(names) if not name.startswith("."))


def _is_dicom(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _begins_as_dicom(file)
    except OSError:
        return False


def _holds_dicom(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            members = (info for info in archive.infolist() if not info.is_dir())
            for info in islice(members, FILES_LOOKED_AT):
                if info.flag_bits & 1:
                    return True  # encrypted: reading the study reports it
                with archive.open(info) as file:
                    if _begins_as_dicom(file):
                        return True
    except DAMAGED:
        return False
    return False


def _begins_as_dicom(file: IO[bytes]) -> bool:
    first = file.read(PREAMBLE + len(MARK))
    if first[PREAMBLE:] == MARK:
        return True
    # Old exports lack the preamble: then an element of these groups comes first, with its VR.
    return first[:2] in _GROUPS and first[4:6] in (b"UL", b"UI", b"CS", b"DA", b"TM")
