"""Finding every case under a folder, whatever the nesting (HGG/LGG, years, MSD)."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.inventory import Inventory, inventory
from ccsd_core.storage.cases.msd import IMAGE_FOLDERS, LABEL_FOLDERS
from ccsd_core.storage.names.naming import UNDERSTOOD

MAX_DEPTH = 6
"""Number of folder levels in which cases are searched."""
MESSAGE_DEPTH = 3
"""The same for the message about a folder that is not a case itself."""


class SeveralCasesError(CaseError):
    """A folder that is not a case itself, but contains cases."""


def find_cases(data: Path) -> list[Path]:
    """Every case under `data`: folders with sequences, and 4-D files of the MSD layout, sorted.

    `data` may be a case itself. A folder that cannot be read is skipped; symbolic links are
    followed, but no folder is entered twice.

    Raises:
        CaseError: If `data` does not exist, cannot be read, or contains no case.
    """
    data = Path(data)
    if data.is_file():
        return [data]
    found = list(_search(inventory(data), MAX_DEPTH, set()))
    if not found:
        raise CaseError(
            f"no case found in {data}: a case is a folder with at least one sequence, {UNDERSTOOD}"
        )
    return sorted(found)


def refuse_several(place: Inventory) -> None:
    """Refuse a folder that is not a case but contains cases; accept one that is a case or has none.

    Raises:
        SeveralCasesError: Naming a case to open instead.
    """
    if place.opened or (place.claims.is_case and not place.groups):
        return
    first, *more = [*islice(_search(place, MESSAGE_DEPTH, set()), 2)] or [None]
    if first is None:
        return
    what = "contains several cases: open one of them, for example" if more else "contains the case"
    raise SeveralCasesError(f"{place.path} is not a case itself; it {what} {first}")


def _search(place: Inventory, depth: int, seen: set[str]) -> Iterator[Path]:
    folder = place.path
    seen.add(os.path.realpath(folder))
    if folder.name in IMAGE_FOLDERS and not place.groups:
        yield from (one.path for one in place.entries if one.is_msd)
        return
    if folder.name in LABEL_FOLDERS:
        return
    if place.groups:
        yield from (folder / name for name in place.groups)
        return
    if place.claims.is_case:
        yield folder
        return
    if depth == 0:
        return
    for child in place.folders:
        if child.name.startswith(".") or os.path.realpath(child) in seen:
            continue
        try:
            below = inventory(child)
        except CaseError:
            continue  # an unreadable folder does not stop the search
        yield from _search(below, depth - 1, seen)
