"""Finding every case under a folder, whatever the nesting (HGG/LGG, years, MSD)."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.layout import image_names, is_msd_image, read_folder
from ccsd_core.storage.cases.naming import UNDERSTOOD

MAX_DEPTH = 6
"""How many folders deep is looked."""
GLANCE_DEPTH = 3
"""How deep for a word about a folder that is no case itself."""


class SeveralCasesError(CaseError):
    """A folder that is no case itself, but holds some."""


def find_cases(data: Path) -> list[Path]:
    """Every case under `data`: folders with sequences, and 4-D files of the MSD layout, sorted.

    `data` may be a case itself. A folder that cannot be read is passed over; symbolic links
    are followed, but no folder is entered twice.

    Raises:
        CaseError: If `data` does not exist, cannot be read, or holds no case.
    """
    data = Path(data)
    if data.is_file():
        return [data]
    image_names(data)  # a folder that is not there is an error, not an empty answer
    found = list(_search(data, MAX_DEPTH, set()))
    if not found:
        raise CaseError(
            f"no case under {data}: a case is a folder with at least one sequence, {UNDERSTOOD}"
        )
    return sorted(found)


def refuse_several(folder: Path) -> None:
    """Say so if a folder is no case but holds some; nothing happens if it is one, or has none.

    Raises:
        SeveralCasesError: Naming a case to open instead.
        CaseError: If the folder is not there.
    """
    if folder.is_file():
        return
    names = image_names(folder)
    if names and read_folder(folder).is_case:
        return
    first, *more = [*islice(_search(folder, GLANCE_DEPTH, set()), 2)] or [None]
    if first is None:
        return
    what = "holds several cases: open one of them, for example" if more else "holds the case"
    raise SeveralCasesError(f"{folder} is no case itself, it {what} {first}")


def _search(folder: Path, depth: int, seen: set[str]) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        names = image_names(folder)
        children = [Path(e.path) for e in os.scandir(folder) if e.is_dir()]
    except (CaseError, OSError):
        return
    if folder.name in ("imagesTr", "imagesTs"):
        yield from (folder / name for name in names if is_msd_image(folder / name))
        return
    if folder.name == "labelsTr":
        return
    if names and read_folder(folder).is_case:
        yield folder
        return
    if depth == 0:
        return
    for child in sorted(children):
        if not child.name.startswith("."):
            yield from _search(child, depth - 1, seen)
