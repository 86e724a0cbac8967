"""Writing a file completely or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path

from ccsd_core.errors import BadInputError, ResourceError


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path`, making its folder; an existing file is replaced only at the end.

    Raises:
        ResourceError: If the folder cannot be made or written, or the disk is full.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())  # mkstemp's 0600 would hide it from colleagues
        Path(temporary).replace(path)
    except OSError as error:
        raise ResourceError(f"cannot write {path} ({error.strerror or error})") from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def check_place(path: Path) -> None:
    """Check that a file can be written at `path`: its folders can be made, and are writable.

    Called before long work, so that its result is not lost at the end.

    Raises:
        BadInputError: If it cannot.
    """
    for folder in (path, *path.absolute().parents):
        if folder.is_dir():
            _check_writable(folder, path)
            return
        if folder == path:
            continue
        if os.path.lexists(folder):
            raise BadInputError(
                f"{path} cannot be created ({folder} is not a folder): choose another place"
            )


def _check_writable(folder: Path, path: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise BadInputError(
            f"{path} cannot be written ({error.strerror or error}): choose another place"
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text like `write_bytes`.

    Raises:
        ResourceError: If it cannot be written.
    """
    write_bytes(path, text.encode())


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
