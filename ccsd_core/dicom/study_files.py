"""The files of a study, from a folder with its subfolders, a DICOMDIR, or a zip.

Files inside a zip are read without unpacking it; only files to be converted are unpacked. Names are
relative to the study, because the folders above it often identify the patient.
"""

import io
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ccsd_core.errors import DicomError

MAX_FILES = 200_000
MAX_FILE_BYTES = 4 * 1024**3
"""A larger file is not an image of a head; a small zip can claim to contain one."""
DICOMDIR = "DICOMDIR"
DAMAGED = (
    *(OSError, zipfile.BadZipFile, zlib.error, EOFError, struct.error, LookupError),
    *(RuntimeError, ValueError),
)
"""The errors that reading a damaged or encrypted zip raises."""
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class StudyFile:
    """One file of a study.

    Args:
        name: Its path inside the study, separated by `/`.
        size: Size in bytes, unpacked.
        home: Path of the file itself, or of the zip that contains it.
        member: Its name inside the zip; empty if it is not in a zip.
    """

    name: str
    size: int
    home: Path
    member: str = ""


class StudyFiles:
    """All files below a path, open for reading."""

    def __init__(self, files: tuple[StudyFile, ...], archive: zipfile.ZipFile | None) -> None:
        self.files = files
        self._archive = archive

    @contextmanager
    def open(self, file: StudyFile) -> Iterator[BinaryIO]:
        """Open one file.

        Raises:
            OSError: If it cannot be opened.
            Exception: One of `DAMAGED`, if the zip is damaged there.
        """
        if self._archive is None:
            with file.home.open("rb") as stream:
                yield stream
        else:
            with self._archive.open(file.member) as stream:
                # pydicom seeks backwards, for which a zip's stream would start again from the
                # beginning.
                yield io.BytesIO(stream.read(MAX_FILE_BYTES))


@contextmanager
def open_study(path: Path) -> Iterator[StudyFiles]:
    """List a folder, a DICOMDIR's folder, or a zip, without the DICOMDIR itself.

    Raises:
        DicomError: If the path does not exist or cannot be listed.
    """
    if not path.exists():
        raise DicomError(f"{path} does not exist: check the path")
    if path.is_dir():
        yield StudyFiles(tuple(_below(path)), None)
    elif path.name.upper() == DICOMDIR:
        yield StudyFiles(tuple(_below(path.parent)), None)
    elif zipfile.is_zipfile(path):
        with _archive(path) as archive:
            yield StudyFiles(tuple(_members(path, archive)), archive)
    else:
        yield StudyFiles((StudyFile(path.name, path.stat().st_size, path),), None)


def copy_out(files: tuple[StudyFile, ...], names: tuple[str, ...], folder: Path) -> None:
    """Copy files under other names into a folder.

    Raises:
        DicomError: If one no longer exists, or is damaged.
    """
    home = files[0].home
    try:
        if files[0].member:
            with zipfile.ZipFile(home) as archive:
                for file, name in zip(files, names, strict=True):
                    with archive.open(file.member) as source, (folder / name).open("wb") as target:
                        shutil.copyfileobj(source, target)
            return
        for file, name in zip(files, names, strict=True):
            shutil.copyfile(file.home, folder / name)
    except DAMAGED as error:
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise DicomError(
            f"a file of the series can no longer be read ({reason}): open the study again"
        ) from error


def _below(folder: Path) -> Iterator[StudyFile]:
    count = 0
    # Links to folders are not followed, to avoid infinite loops.
    for home, folders, names in os.walk(folder, onerror=_refuse_unreadable):
        folders.sort()
        for name in sorted(names):
            if name.upper() == DICOMDIR or name.startswith("."):
                continue
            path = Path(home, name)
            try:
                status = path.stat()
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode):
                count += 1
                if count > MAX_FILES:
                    raise DicomError(
                        f"{folder} contains more than {MAX_FILES} files: give the folder of one "
                        "study"
                    )
                yield StudyFile(path.relative_to(folder).as_posix(), status.st_size, path)


def _refuse_unreadable(error: OSError) -> None:
    raise DicomError(f"{error.filename} cannot be listed ({error.strerror}): check its permissions")


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGED as error:
        raise DicomError(f"{path.name} is a damaged zip: copy or download it again") from error
    with archive:
        yield archive


def _members(path: Path, archive: zipfile.ZipFile) -> Iterator[StudyFile]:
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) > MAX_FILES:
        raise DicomError(f"{path.name} contains more than {MAX_FILES} files: give one study")
    for info in sorted(members, key=lambda info: info.filename):
        if info.flag_bits & _ENCRYPTED:
            raise DicomError(
                f"{path.name} is encrypted: unpack it with its password, and give that"
            )
        last = info.filename.rpartition("/")[2]
        if last.upper() == DICOMDIR or last.startswith(".") or info.file_size > MAX_FILE_BYTES:
            continue
        yield StudyFile(info.filename, info.file_size, path, info.filename)
