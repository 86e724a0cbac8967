"""The real format of a file that claims to be a NIfTI image, from its first bytes.

Downloads go wrong in a few well-known ways: a web page or a Git-LFS pointer is saved under
the image's name, a transfer stops half-way, a DICOM file gets the wrong suffix. Each has its own
message, because the solution differs.
"""

import io
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ccsd_core.errors import NiftiError
from ccsd_core.storage.nifti.gunzip import Gunzip

NIFTI1_HEADER_BYTES = 348
NIFTI2_HEADER_BYTES = 540
UNPACKED_BYTES = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b"


@contextmanager
def open_bytes(path: Path) -> Generator[BinaryIO, None, None]:
    """Open an image file for reading, unpacked if it is gzip, whatever its suffix.

    Raises:
        NiftiError: If the file does not exist, cannot be opened, or has another format.
    """
    with _open_raw(path) as raw:
        start = raw.read(512)
        raw.seek(0)
        if start[:2] == _GZIP_MAGIC:
            with io.BufferedReader(Gunzip(raw), UNPACKED_BYTES) as unpacked:
                yield unpacked
            return
        problem = _what_else(start)
        if problem:
            raise NiftiError(f"{path} {problem}")
        yield raw


def read_exactly(stream: BinaryIO, count: int, *, path: Path) -> bytes:
    """Read `count` bytes.

    Raises:
        NiftiError: If the file ends before, or its compression is damaged.
    """
    data = read_up_to(stream, count, path=path)
    if len(data) < count:
        raise NiftiError(f"{path} is truncated ({len(data)} of {count} bytes): download it again")
    return data


def read_up_to(stream: BinaryIO, count: int, *, path: Path) -> bytes:
    """Read `count` bytes, or fewer at the end of the file.

    Raises:
        NiftiError: If the compression is damaged or cut off.
    """
    try:
        return stream.read(count)
    except EOFError:
        raise NiftiError(f"{path} is a truncated gzip file: download it again") from None
    except zlib.error:
        raise NiftiError(f"{path} is a damaged gzip file: download it again") from None
    except OSError as error:
        raise NiftiError(f"{path} cannot be read ({error}): check the disk") from error


def _open_raw(path: Path) -> BinaryIO:
    try:
        if path.is_dir():
            raise NiftiError(f"{path} is a folder, not a NIfTI file: give the file inside it")
        return path.open("rb")
    except FileNotFoundError:
        if path.is_symlink():
            raise NiftiError(f"{path} {_dead_link(path)}") from None
        raise NiftiError(f"{path} does not exist: check the path") from None
    except PermissionError:
        raise NiftiError(f"{path} cannot be read: check its permissions") from None
    except OSError as error:
        raise NiftiError(f"{path} cannot be opened ({error.strerror}): check the path") from error


def _dead_link(path: Path) -> str:
    if ".git/annex" in path.readlink().as_posix():
        return "is a git-annex link without its content: run `git annex get` (or `datalad get`)"
    return f"is a link to {path.readlink()}, which does not exist: correct the link"


def _what_else(start: bytes) -> str:
    """The problem with a file that starts like this, or "" if it may be NIfTI."""
    text = start.lstrip().lower()
    if not start:
        return "is empty: download it again"
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        return "is a web page saved under the name of an image: download the file itself"
    if text.startswith(b"version https://git-lfs"):
        return "is a Git-LFS pointer, not the image: run `git lfs pull`"
    if text.startswith(b"/annex/objects/"):
        return "is a git-annex pointer, not the image: run `git annex get` (or `datalad get`)"
    if start[128:132] == b"DICM":
        return "is a DICOM file: rename it to .dcm and open the folder of its series"
    if start[:4] == b"PK\x03\x04":
        return "is a ZIP archive: unpack it and give the .nii or .nii.gz file inside"
    if start[:4] == b"NRRD":
        return "is an NRRD file: rename it to .nrrd"
    return ""
