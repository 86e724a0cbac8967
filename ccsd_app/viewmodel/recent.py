"""View-model of the list of recent cases: what each is called, and whether it is still there."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ccsd_app.settings import RecentCase
from ccsd_core.storage.by_hand import FilesByHand


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
BY_HAND_TEXT = "  (files chosen by hand)"


def recent_entry(case: RecentCase) -> RecentEntry:
    """The entry of a case."""
    path = case.path
    there = path.exists()
    gone = "" if there else "  (not there any more)"
    text = f"{shortened(path.name, NAME_LENGTH)} — {shortened(str(path.parent), PLACE_LENGTH)}"
    hint = str(path) if there else f"{path} is not there any more: it was moved or deleted"
    by_hand = BY_HAND_TEXT if case.said else ""
    return RecentEntry(case, text + by_hand + gone, hint, there)


def files_of_last_time(path: Path, recent: Iterable[RecentCase]) -> FilesByHand | None:
    """What was said by hand about the files of a case when it was opened last.

    Args:
        path: The case that is opened anew.
        recent: The recent cases, newest first.

    Returns:
        None where nothing was said. Of a role whose file is gone nothing is said either, and
        the names decide of it.
    """
    last = next((case for case in recent if case.path == path.absolute()), None)
    if last is None:
        return None
    there = tuple(said for said in last.said if said.path is None or said.path.exists())
    return last.model_copy(update={"said": there}).files


def shortened(text: str, length: int) -> str:
    """At most `length` characters, cut in the middle.

    >>> shortened("BraTS2021_00006", 9)
    'BraT…0006'
    """
    if len(text) <= length:
        return text
    head = length // 2
    return f"{text[:head]}…{text[len(text) - (length - head - 1) :]}"
