"""The files at a path: the folder is listed once, and each header is read at most once.

path, or dropped files ──▶ Inventory ──┬──▶ choose      which file is which sequence
                                       ├──▶ not_opened  which sequences were not opened
                                       └──▶ case_offer  every image, for the case table

The three are functions of this value; none of them lists a folder or reads a header again.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.claims import Claims, claims_of, claims_of_group, claims_of_study
from ccsd_core.storage.cases.entry import Entry, entry_of
from ccsd_core.storage.cases.patient_groups import patient_groups
from ccsd_core.storage.formats import images_in
from ccsd_core.storage.names.naming import role_by_words, words_of
from ccsd_core.storage.studies.study_record import RECORD, StudyRecord, read_record


@dataclass(frozen=True, eq=False)
class Inventory:
    """The images at a path.

    Args:
        path: The folder or file that was opened; of several files, their folder.
        entries: The images directly in the folder, by name; for a file, those in its folder.
        opened: The files that were opened; empty if the whole folder was.
        folders: The subfolders of a folder, by name.
        of_group: Whether these are the images of one patient in a folder with several.
        dropped: Whether files were dropped: they are treated as a folder with nothing else in it.
        study: The record of a converted DICOM study, if the folder is one.
    """

    path: Path
    entries: tuple[Entry, ...]
    opened: tuple[Entry, ...] = ()
    folders: tuple[Path, ...] = ()
    dropped: bool = False
    study: StudyRecord | None = None
    of_group: bool = False
    _elsewhere: dict[Path, Entry] = field(default_factory=dict[Path, Entry], init=False, repr=False)

    def entry(self, path: Path) -> Entry:
        """The entry of a file, possibly in another folder; the same object at every call."""
        for one in (*self.opened, *self.entries):
            if one.path == path:
                return one
        return self._elsewhere.setdefault(path, entry_of(path))

    @cached_property
    def groups(self) -> Mapping[str, tuple[Entry, ...]]:
        """The images of each patient, by name, if the folder contains several; otherwise empty."""
        return {} if self.opened or self.of_group else patient_groups(self.entries)

    @cached_property
    def claims(self) -> Claims:
        """The claims of the names."""
        if self.study is not None:
            return claims_of_study(self.entries, self.study)
        if self.of_group:
            return claims_of_group(self.path, self.entries)
        return claims_of(self.entries, self.opened, place=self.path, dropped=self.dropped)

    @property
    def is_file(self) -> bool:
        """Whether a file was opened, in its folder."""
        return bool(self.opened) and not self.dropped


def inventory(path: Path) -> Inventory:
    """List the images of a case: in a folder, or a file and those next to it.

    A patient whose images are in one folder with those of others has the path FOLDER/NAME. For a
    folder without images, those of its subfolders are used, if these are named by sequence.

    Raises:
        CaseError: If the path does not exist, the folder cannot be listed, or the record of a
            converted DICOM study is damaged.
    """
    path = Path(path)
    if not path.is_file():
        if not os.path.lexists(path) and (group := _group(path)):
            return Inventory(path, group, of_group=True)
        names, folders = _listed(path)
        study = read_record(path) if RECORD in names else None
        entries = _entries(path, names) or _of_folders(folders)
        return Inventory(path, entries, folders=folders, study=study)
    try:
        names, _ = _listed(path.parent)
    except CaseError:
        names = [path.name]  # the file itself may still be readable
    return Inventory(path, *_with_opened(path.parent, names, [path]))


def is_place(path: Path) -> bool:
    """Whether there is something to open at a path.

    That is a file, a folder, or FOLDER/NAME of a patient in a folder with several.
    """
    try:
        return (os.path.lexists(path) and path.exists()) or bool(_group(path))
    except OSError:  # a disk that cannot be reached
        return False


def inventory_of(paths: Iterable[Path]) -> Inventory:
    """Only the given images, without others in their folders; at least one is given.

    Raises:
        CaseError: If the folder of the first cannot be listed.
    """
    opened = sorted(paths)
    folder = opened[0].parent
    names, _ = _listed(folder)
    return Inventory(folder, *_with_opened(folder, names, opened), dropped=True)


def _group(path: Path) -> tuple[Entry, ...]:
    """The images of a patient without a folder of their own; empty if there are none."""
    try:
        names, _ = _listed(path.parent)
    except CaseError:
        return ()
    return patient_groups(_entries(path.parent, names)).get(path.name, ())


def _of_folders(folders: Iterable[Path]) -> tuple[Entry, ...]:
    """The images of a patient with one folder per sequence: T1/…, FLAIR/…; otherwise empty.

    Such an image is recognised by its folder's name and its own.
    """
    roles = {folder: role_by_words(words_of(folder.name)) for folder in folders}
    shown = [role for role in roles.values() if isinstance(role, Modality)]
    if len(set(shown)) < 2:
        return ()
    found: list[Entry] = []
    for folder in (folder for folder, role in roles.items() if role is not None):
        with suppress(CaseError):
            inside = _entries(folder, _listed(folder)[0])
            found += [Entry(one.path, _joined(folder.name, one.stem)) for one in inside]
    return tuple(found)


def _joined(folder: str, stem: str | None) -> str | None:
    """The folder's and the file's name; only the folder's if the file's names another sequence."""
    if stem is None:
        return None
    whole = f"{folder}_{stem}"
    own = role_by_words(words_of(stem))
    return whole if own is None or own == role_by_words(words_of(folder)) else folder


def _with_opened(
    folder: Path, names: Iterable[str], paths: Iterable[Path]
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """The images of a folder, and those of some files: one entry if a file is in both."""
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
    """Whether an entry is a folder; None for neither folder nor file (a circular symbolic link)."""
    try:
        return entry.is_dir()
    except OSError:
        return None
