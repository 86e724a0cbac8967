"""View-model of the list of recent cases: what each is called, and whether it is still there."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RecentCase:
    """One entry.

    Args:
        path: Folder or file.
        text: Its name and the folder it lies in, shortened; why it cannot be opened.
        hint: The whole path.
        there: Whether it can be opened.
    """

    path: Path
    text: str
    hint: str
    there: bool


NAME_LENGTH, PLACE_LENGTH = 40, 48
"""Longer names and places are cut in the middle."""


def recent_case(path: Path) -> RecentCase:
    """The entry of a folder or file."""
    there = path.exists()
    gone = "" if there else "  (not there any more)"
    text = f"{shortened(path.name, NAME_LENGTH)} — {shortened(str(path.parent), PLACE_LENGTH)}"
    hint = str(path) if there else f"{path} is not there any more: it was moved or deleted"
    return RecentCase(path, text + gone, hint, there)


def shortened(text: str, length: int) -> str:
    """At most `length` characters, cut in the middle.

    >>> shortened("BraTS2021_00006", 9)
    'BraT…0006'
    """
    if len(text) <= length:
        return text
    head = length // 2
    return f"{text[:head]}…{text[len(text) - (length - head - 1) :]}"
