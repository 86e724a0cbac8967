"""View-model of the list of recent cases: what each is called, and whether it is still there."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ccsd_app.engine.engine import Opening
from ccsd_app.settings import RecentCase
from ccsd_core.storage.cases.naming import Role
from ccsd_core.storage.cases.overrides import Said, file_of


@dataclass(frozen=True, slots=True)
class RecentEntry:
    """One entry.

    Args:
        case: The case.
        text: Its name and the folder it lies in, shortened; why it cannot be opened.
        hint: The whole path.
        there: Whether it can be opened.
    """

    case: RecentCase
    text: str
    hint: str
    there: bool


NAME_LENGTH, PLACE_LENGTH = 40, 48
"""Longer names and places are cut in the middle."""
BY_HAND_TEXT = "  (files chosen by user)"


def recent_entry(case: RecentCase) -> RecentEntry:
    """The entry of a case."""
    path = case.path
    there = path.exists()
    gone = "" if there else "  (not found)"
    text = f"{shortened(path.name, NAME_LENGTH)} — {shortened(str(path.parent), PLACE_LENGTH)}"
    hint = str(path) if there else f"{path} was not found: it was moved or deleted"
    by_hand = BY_HAND_TEXT if case.said else ""
    return RecentEntry(case, text + by_hand + gone, hint, there)


def last_time(path: Path, recent: Iterable[RecentCase]) -> Opening:
    """How a case is opened anew: with what was said of its files by hand when it was last.

    Of a file that is gone nothing can be said, and the names decide of its role; it is not
    forgotten either, for a disk may be back tomorrow.

    Args:
        path: The case, by whichever of its names.
        recent: The recent cases, newest first.
    """
    real = os.path.realpath(path)
    last = next((case for case in recent if os.path.realpath(case.path) == real), None)
    return Opening(path) if last is None else opening_of(last, path)


def opening_of(recent: RecentCase, path: Path | None = None) -> Opening:
    """How a recent case is opened again, perhaps by another name of it."""
    there: dict[Role, Said | None] = {}
    gone: dict[Role, Said] = {}
    for role, said in (recent.files or {}).items():
        # `Path.exists` raises for some files that cannot be reached.
        if said is not None and not os.path.exists(file_of(said)):  # noqa: PTH110
            gone[role] = said
        else:
            there[role] = said
    return Opening(path or recent.path, there or None, gone)


def shortened(text: str, length: int) -> str:
    """At most `length` characters, cut in the middle.

    >>> shortened("BraTS2021_00006", 9)
    'BraT…0006'
    """
    if len(text) <= length:
        return text
    head = length // 2
    return f"{text[:head]}…{text[len(text) - (length - head - 1) :]}"
