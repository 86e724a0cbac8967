"""Writes several files so that either all of them appear or none.

    staged(folder) ──▶ hidden folder in it ──▶ any writer, any number of files
                          ├─ commit   every file moves into place
                          └─ else     (an error, a cancelled job) all of them are deleted

An existing file is replaced only once the new one is complete, and is restored if a later file
cannot be moved to its place.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from ccsd_core.errors import ResourceError

PREFIX = ".ccsd-export-"


class Staging:
    """A hidden folder in which files are written before they are moved to their places.

    Args:
        hidden: An empty folder inside `folder`.
        folder: The folder for the finished files.
    """

    def __init__(self, hidden: Path, folder: Path) -> None:
        self._hidden = hidden
        self._folder = folder

    def path(self, name: str) -> Path:
        """The temporary path of the file that will be called `name`."""
        return self._hidden / name

    def commit(self) -> tuple[Path, ...]:
        """Move every file to its place; returns their paths by name.

        Raises:
            OSError: If one of them cannot be moved; then none of them is.
        """
        names = sorted(path.name for path in self._hidden.iterdir())
        for name in names:
            _flush(self.path(name))
        previous = self._hidden / ".previous"
        previous.mkdir()
        placed: list[str] = []
        try:
            for name in names:
                target = self._folder / name
                if target.exists():
                    if target.is_dir():
                        raise IsADirectoryError(f"{name} is a folder")
                    _back_up(target, previous / name)
                placed.append(name)
                # One step: a process killed here leaves the old file or the new one.
                self.path(name).replace(target)
        except OSError:
            self._restore(placed, previous)
            raise
        return tuple(self._folder / name for name in names)

    def _restore(self, placed: list[str], previous: Path) -> None:
        for name in placed:
            with suppress(OSError):
                (self._folder / name).unlink(missing_ok=True)
            if (previous / name).exists():
                (previous / name).replace(self._folder / name)


@contextmanager
def staged(folder: Path) -> Generator[Staging, None, None]:
    """A staging area for `folder`, which is created if it does not exist.

    Raises:
        ResourceError: If the folder cannot be written, or the disk is full.
    """
    hidden: Path | None = None
    created = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        hidden = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
        yield Staging(hidden, folder)
    except OSError as error:
        raise _not_exported(folder, error.strerror or str(error)) from error
    except ResourceError as error:
        cause = error.__cause__
        if not isinstance(cause, OSError):
            raise
        raise _not_exported(folder, cause.strerror or str(cause)) from cause
    finally:
        if hidden is not None:
            shutil.rmtree(hidden, ignore_errors=True)
        if created:
            with suppress(OSError):
                folder.rmdir()  # only while it is empty


def _back_up(file: Path, place: Path) -> None:
    """Back up a file under a second path on the same disk; the file itself stays."""
    try:
        place.hardlink_to(file)
    except (OSError, NotImplementedError):  # file systems without hard links
        shutil.copy2(file, place)


def _not_exported(folder: Path, why: str) -> ResourceError:
    return ResourceError(f"Nothing was exported to {folder} ({why}): choose another folder")


def _flush(path: Path) -> None:
    """Flush a file to the disk, so that no incomplete file ever has its name."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
