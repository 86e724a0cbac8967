"""View-model of the list of recent cases: their names, and whether they still exist."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ccsd_app.engine.opening import Opening
from ccsd_app.settings import RecentCase
from ccsd_core.errors import CcsdError
from ccsd_core.storage.cases.inventory import is_place
from ccsd_core.storage.cases.overrides import Override, Overrides, file_of
from ccsd_core.storage.names.naming import Role
from ccsd_core.storage.studies.study_record import read_record


@dataclass(frozen=True, slots=True)
class RecentEntry:
    """A recent case in the menu.

    Args:
        case: The case.
        text: Its name and folder, shortened, and whether it was not found.
        hint: The full path, or that it was not found.
        exists: Whether it can be opened.
    """

    case: RecentCase
    text: str
    hint: str
    exists: bool


NAME_LENGTH, PLACE_LENGTH = 40, 48
"""Longer names and folders are shortened in the middle."""
FILES_CHOSEN_BY_USER = "  (files chosen by user)"


def recent_entry(case: RecentCase) -> RecentEntry:
    """The entry of a case."""
    path = case.path
    exists = is_place(path)
    not_found = "" if exists else "  (not found)"
    study = _study(path)
    where = "DICOM study" if study is not None else shortened(str(path.parent), PLACE_LENGTH)
    text = f"{shortened(path.name, NAME_LENGTH)} — {where}"
    hint = str(path if study is None else study)
    if not exists:
        hint = f"{path} was not found: it was moved or deleted"
    chosen = FILES_CHOSEN_BY_USER if case.overrides else ""
    return RecentEntry(case, text + chosen + not_found, hint, exists)


def _study(path: Path) -> Path | None:
    """The DICOM study that a case was converted from; None for other cases."""
    try:
        record = read_record(path)
    except CcsdError:
        return None
    return None if record is None else record.source


def previous_opening(path: Path, recent: Iterable[RecentCase]) -> Opening:
    """How to open a case: with the overrides of the last time, if there are any.

    If the file of an override no longer exists, file names decide; the override itself is kept,
    because the disk with the file may be mounted again later.

    Args:
        path: Any path of the case.
        recent: The recent cases, newest first.
    """
    real = os.path.realpath(path)
    last = next((case for case in recent if os.path.realpath(case.path) == real), None)
    return Opening(path) if last is None else opening_of(last, path)


def corrections_of(recent: Iterable[RecentCase]) -> dict[str, Overrides]:
    """The files that the user chose for each case last, by its real path.

    Args:
        recent: The recent cases, newest first.
    """
    found: dict[str, Overrides] = {}
    for case in recent:
        found.setdefault(os.path.realpath(case.path), opening_of(case).files or {})
    return {path: files for path, files in found.items() if files}


def opening_of(recent: RecentCase, path: Path | None = None) -> Opening:
    """How to open a recent case again, by another path if one is given."""
    found: dict[Role, Override | None] = {}
    not_found: dict[Role, Override] = {}
    for role, override in (recent.files or {}).items():
        # `Path.exists` raises for some files that cannot be reached.
        if override is not None and not os.path.exists(file_of(override)):  # noqa: PTH110
            not_found[role] = override
        else:
            found[role] = override
    return Opening(path or recent.path, found or None, not_found)


def shortened(text: str, length: int) -> str:
    """The text shortened in the middle to at most `length` characters.

    >>> shortened("BraTS2021_00006", 9)
    'BraT…0006'
    """
    if len(text) <= length:
        return text
    head = length // 2
    return f"{text[:head]}…{text[len(text) - (length - head - 1) :]}"
