"""What lies at a place: the folder listed once, each header read once, by whoever asks first.

path, or dropped files ──▶ Inventory ──┬──▶ choose      which file is which sequence
                                       ├──▶ not_opened  what lacks only because it was left
                                       └──▶ case_offer  every image, for the case table

The three are functions of this value; none of them lists a folder or reads a header again.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.claims import Claims, claims_of, claims_of_study
from ccsd_core.storage.cases.entry import Entry, entry_of
from ccsd_core.storage.formats import images_in
from ccsd_core.storage.studies.study_record import RECORD, StudyRecord, read_record


@dataclass(frozen=True, eq=False)
class Inventory:
    """The images at a place.

    Args:
        path: The folder or file that is asked for; of several files, their folder.
        entries: The images right in the folder, by name; of a file, the folder it lies in.
        opened: The files that are asked for; none if it is the folder as a whole.
        folders: The folders right in a folder, by name.
        alone: Whether the files were dropped: they are taken for a folder that holds nothing else.
        study: What a converted DICOM study says of itself, where the folder is one.
    """

    path: Path
    entries: tuple[Entry, ...]
    opened: tuple[Entry, ...] = ()
    folders: tuple[Path, ...] = ()
    alone: bool = False
    study: StudyRecord | None = None
    _elsewhere: dict[Path, Entry] = field(default_factory=dict[Path, Entry], init=False, repr=False)

    def entry(self, path: Path) -> Entry:
        """The entry of a file, which may lie elsewhere; the same one at every call."""
        for one in (*self.opened, *self.entries):
            if one.path == path:
                return one
        return self._elsewhere.setdefault(path, entry_of(path))

    @cached_property
    def claims(self) -> Claims:
        """What the names claim."""
        if self.study is not None:
            return claims_of_study(self.entries, self.study)
        return claims_of(self.entries, self.opened, alone=self.alone)

    @property
    def is_file(self) -> bool:
        """Whether a file is asked for, its folder standing around it."""
        return bool(self.opened) and not self.alone


def inventory(path: Path) -> Inventory:
    """List the place of a case: a folder, or a file and the folder it lies in.

    Raises:
        CaseError: If the path is not there, or the folder cannot be listed, or it is a converted
            DICOM study whose record is damaged.
    """
    path = Path(path)
    if not path.is_file():
        names, folders = _listed(path)
        study = read_record(path) if RECORD in names else None
        return Inventory(path, _entries(path, names), folders=folders, study=study)
    try:
        names, _ = _listed(path.parent)
    except CaseError:
        names = [path.name]  # the file itself may be read all the same
    return Inventory(path, *_with_opened(path.parent, names, [path]))


def inventory_of(paths: Iterable[Path]) -> Inventory:
    """Some images alone, whatever else lies in their folders; there is at least one.

    Raises:
        CaseError: If the folder of the first cannot be listed.
    """
    opened = sorted(paths)
    folder = opened[0].parent
    names, _ = _listed(folder)
    return Inventory(folder, *_with_opened(folder, names, opened), alone=True)


def _with_opened(
    folder: Path, names: Iterable[str], paths: Iterable[Path]
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """The images of a folder, and those of some files: one entry where they are the same."""
    entries = _entries(folder, names)
    known = {entry.path: entry for entry in entries}
    return entries, tuple(known.get(path) or entry_of(path) for path in paths)


def _entries(folder: Path, names: Iterable[str]) -> tuple[Entry, ...]:
    images = images_in(folder, sorted(names))
    return tuple(Entry(folder / name, stem) for name, stem in sorted(images.items()))


def _listed(folder: Path) -> tuple[list[str], tuple[Path, ...]]:
    """The names of a folder's files, and its folders, sorted.

    Raises:
        CaseError: If it cannot be listed.
    """
    files: list[str] = []
    folders: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                is_folder = _is_folder(entry)
                if is_folder:
                    folders.append(Path(entry.path))
                elif is_folder is not None:
                    files.append(entry.name)
    except FileNotFoundError:
        raise CaseError(f"{folder} does not exist: check the path") from None
    except PermissionError:
        raise CaseError(f"{folder} cannot be read: check its permissions") from None
    except OSError as error:
        raise CaseError(f"{folder} cannot be listed ({error.strerror}): check the path") from error
    return files, tuple(sorted(folders))


def _is_folder(entry: os.DirEntry[str]) -> bool | None:
    """None for what is neither: a symbolic link that leads back to itself."""
    try:
        return entry.is_dir()
    except OSError:
        return None
