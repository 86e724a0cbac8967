"""A size limit for the folder of prepared cases: those used longest ago are removed.

Every change of a patient's files or of the grid makes new prepared cases, and the old ones stay in
a folder that several runs share. A removed case is prepared again when a run reads it.
"""

import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

ENDINGS = (".pt", ".json")
"""The files of a prepared case, whose names begin with its key."""


def mark_used(names: Collection[str], *, folder: Path) -> None:
    """Mark prepared cases as used now.

    Args:
        names: Names of their preparation keys.
        folder: Folder of the prepared cases.
    """
    for name in names:
        for ending in ENDINGS:
            with suppress(OSError):  # owned by another user, or missing
                os.utime(folder / f"{name}{ending}")


def limit_cache(folder: Path, *, limit: int, keep: Collection[str]) -> int:
    """Remove prepared cases until the folder takes at most `limit` bytes.

    Those used longest ago go first. Other files stay, and so do files that cannot be removed.

    Args:
        folder: Folder of the prepared cases.
        limit: Maximum size of all of them in bytes.
        keep: Names of preparation keys that are not removed, even above the limit.

    Returns:
        Number of bytes that were removed.
    """
    files = _cases_in(folder)
    size = sum(file.stat().st_size for of_case in files for file in of_case)
    removed = 0
    for of_case in sorted(files, key=_last_use):
        if size - removed <= limit:
            break
        if of_case[0].stem in keep:
            continue
        for file in of_case:
            with suppress(OSError):
                count = file.stat().st_size
                file.unlink()
                removed += count
    return removed


def _cases_in(folder: Path) -> list[Sequence[Path]]:
    """The files of each complete prepared case."""
    found = []
    for images in folder.glob(f"*{ENDINGS[0]}"):
        about = images.with_suffix(ENDINGS[1])
        if about.is_file():
            found.append((images, about))
    return found


def _last_use(files: Sequence[Path]) -> float:
    return max(file.stat().st_mtime for file in files)
