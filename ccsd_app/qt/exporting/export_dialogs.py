"""Asking where an export goes, and whether what is there may be replaced."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

LISTED = 6
"""How many file names the question lists; of the others it gives the number."""


def ask_file(parent: QWidget, title: str, suggested: Path, ending: str, kind: str) -> Path | None:
    """A file name with that ending; the dialog itself asks before one is replaced.

    Args:
        parent: Parent of the dialog.
        title: Of the dialog.
        suggested: Folder and name to begin with.
        ending: Without the dot; put at the end where the user left it out.
        kind: What such files are called.

    Returns:
        The file, or None when the user changed their mind.
    """
    filters = f"{kind} (*.{ending})"
    chosen, _filter = QFileDialog.getSaveFileName(parent, title, str(suggested), filters)
    if not chosen:
        return None
    path = Path(chosen)
    if path.name.lower().endswith(f".{ending}"):
        return path
    path = path.with_name(f"{path.name}.{ending}")
    return path if may_replace(parent, [path]) else None


def ask_folder(parent: QWidget, title: str, start: Path) -> Path | None:
    """A folder, or None when the user changed their mind."""
    chosen = QFileDialog.getExistingDirectory(parent, title, str(start))
    return Path(chosen) if chosen else None


def may_replace(parent: QWidget, paths: Iterable[Path]) -> bool:
    """Ask whether the files that already exist may be replaced; True if none exists."""
    there = [path.name for path in paths if path.exists()]
    if not there:
        return True
    more = f"\n… and {len(there) - LISTED} more" if len(there) > LISTED else ""
    answer = QMessageBox.question(
        parent,
        "Replace files?",
        "These files already exist:\n" + "\n".join(there[:LISTED]) + more,
        QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
        QMessageBox.StandardButton.Cancel,
    )
    return answer == QMessageBox.StandardButton.Yes
