"""Prepared cases stored as files, one per case, which later runs reuse.

    CACHE/
    ├── BraTS2021_00006-3f9c….pt      named by its preparation key
    └── BraTS2021_00006-3f9c….json    its sequences, and notes on it

MONAI's `PersistentDataset` writes missing files and reads the others.
"""

import contextlib
import json
import pickle
import struct
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from ccsd_core.data.case_set import TrainingCase
from ccsd_core.data.preparation_key import PreparationKey
from ccsd_core.errors import CcsdError, ResourceError, first_line
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.documents import parsed_json

_DAMAGED = (
    *(OSError, RuntimeError, EOFError, pickle.UnpicklingError, ValueError, LookupError),
    *(TypeError, AttributeError, AssertionError, OverflowError, struct.error),
)
"""Errors that torch raises for unreadable files; mostly RuntimeError."""


class CaseStore:
    """A folder of prepared cases, one file for each preparation key.

    Args:
        keys: Preparation key of each case.
        folder: Folder of the files, created if it is missing.

    Raises:
        ResourceError: If the folder cannot be created.
    """

    def __init__(self, keys: Sequence[PreparationKey], *, folder: Path) -> None:
        # Imported here, because MONAI takes seconds to import and only this class needs it.
        from monai.data.dataset import PersistentDataset
        from monai.transforms.utility.array import Lambda

        self.keys = keys
        self.folder = folder
        try:
            self._files = PersistentDataset(
                keys,
                transform=Lambda(PreparationKey.prepare, track_meta=False),
                cache_dir=folder,
                hash_func=_cache_name,
                hash_transform=None,
            )
        except (OSError, ValueError) as error:
            raise ResourceError(
                f"prepared cases cannot be stored in {folder} ({error}): choose another folder, "
                "or engine.cache = 'memory'"
            ) from error

    def missing(self) -> list[int]:
        """Indices of the cases that are not prepared yet."""
        return [i for i, key in enumerate(self.keys) if not self._is_there(key)]

    def _is_there(self, key: PreparationKey) -> bool:
        """Whether a case was prepared; incomplete files of an earlier run are removed."""
        files = (self._file(key), self._about(key))
        if all(file.is_file() and file.stat().st_size > 0 for file in files):
            return True
        for file in files:
            with contextlib.suppress(OSError):
                file.unlink()
        return False

    def fill(self, index: int) -> int:
        """Prepare one case, unless its file exists; returns its index.

        Raises:
            BadInputError: If the case cannot be used.
            ResourceError: If its file cannot be written.
        """
        with _temporary_files_in(self.folder):
            arrays = self._load(index)
            about = {"present": arrays["present"], "notes": arrays["notes"]}
            write_text(self._about(self.keys[index]), json.dumps(about))
        return index

    def about(self, index: int) -> tuple[list[bool], list[str]]:
        """The sequences of a prepared case, and notes on it, without reading its images.

        Raises:
            ResourceError: If that cannot be read.
        """
        path = self._about(self.keys[index])
        try:
            about = parsed_json(path.read_text(encoding="utf-8"))
            return list(about["present"]), list(about["notes"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ResourceError(
                f"the prepared case {path} cannot be read ({_first_line(error)}): delete the file "
                "to have it made again"
            ) from error

    def read(self, index: int) -> TrainingCase:
        """Read one prepared case.

        Raises:
            ResourceError: If its file cannot be read.
        """
        key, arrays = self.keys[index], self._load(index)
        present = torch.tensor(arrays["present"])
        images, regions = (torch.as_tensor(arrays[name]) for name in ("images", "regions"))
        return TrainingCase(key.id, images, present, regions)

    def _load(self, index: int) -> dict[str, Any]:
        try:
            arrays: Any = self._files[index]
        except _DAMAGED as error:
            if isinstance(error.__cause__, CcsdError):  # MONAI wraps exceptions of a transform
                raise error.__cause__ from None
            raise ResourceError(
                f"the prepared case {self._file(self.keys[index])} cannot be written or read "
                f"({_first_line(error)}): free disk space, or delete the file to have it "
                "made again"
            ) from error
        return arrays

    def _file(self, key: PreparationKey) -> Path:
        return self.folder / f"{key.name}.pt"

    def _about(self, key: PreparationKey) -> Path:
        return self.folder / f"{key.name}.json"


def _first_line(error: BaseException) -> str:
    return first_line(error) or type(error).__name__


def _cache_name(key: PreparationKey) -> bytes:
    return key.name.encode()


@contextlib.contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Create temporary files on the disk of `folder`.

    MONAI writes a temporary file and moves it. On the same disk a move is a rename, so that another
    rank or a later run never sees an incomplete case; between disks it would be a copy.
    """
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
