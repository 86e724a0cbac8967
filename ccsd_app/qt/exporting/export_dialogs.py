"""Dialogs that ask where to write an export, and whether existing files may be replaced."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

LISTED = 6
"""Most file names that the question lists; the others are counted."""


def ask_file(parent: QWidget, title: str, suggested: Path, ending: str, kind: str) -> Path | None:
    """Ask for a file with an ending; the dialog asks before a file is replaced.

    Args:
        parent: Parent of the dialog.
        title: Title of the dialog.
        suggested: The suggested folder and name.
        ending: Ending without the dot; it is added if the user omits it.
        kind: Name of the file type.

    Returns:
        The file; None if the user cancels.
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
    """Ask for a folder; None if the user cancels."""
    chosen = QFileDialog.getExistingDirectory(parent, title, str(start))
    return Path(chosen) if chosen else None


def may_replace(parent: QWidget, paths: Iterable[Path]) -> bool:
    """Ask whether the files that already exist may be replaced; True if none exists."""
    existing = [path.name for path in paths if path.exists()]
    if not existing:
        return True
    more = f"\n… and {len(existing) - LISTED} more" if len(existing) > LISTED else ""
    answer = QMessageBox.question(
        parent,
        "Replace files?",
        "These files already exist:\n" + "\n".join(existing[:LISTED]) + more,
        QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
        QMessageBox.StandardButton.Cancel,
    )
    return answer == QMessageBox.StandardButton.Yes
