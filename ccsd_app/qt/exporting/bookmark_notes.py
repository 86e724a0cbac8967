"""Exports the bookmarks of the open case as a text: their notes, and what each one shows."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from ccsd_app.export.stamp import Stamp
from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.bookmarks import bookmarks_text
from ccsd_core.errors import ResourceError
from ccsd_core.storage.atomic import write_text


def export_bookmarks(
    parent: QWidget,
    state: State,
    start_folder: Path,
    *,
    tell: Callable[[str], None],
    report: Callable[[str], None],
) -> None:
    """Ask for a file, and write the bookmarks there as Markdown.

    Args:
        parent: Parent of the dialog.
        state: Its bookmarks are written.
        start_folder: The folder that is suggested.
        tell: Shows what was written.
        report: Shows why nothing was.
    """
    suggested = str(start_folder / "bookmarks.md")
    chosen, _ = QFileDialog.getSaveFileName(
        parent, "Export bookmarks", suggested, "Markdown (*.md)"
    )
    if not chosen or state.case is None:
        return
    try:
        text = bookmarks_text(state, lambda mark: "\n".join(Stamp.of_bookmark(state, mark).caption))
        write_text(Path(chosen), text)
    except ResourceError as error:
        report(str(error))
        return
    tell(f"Exported {len(state.bookmarks)} bookmarks to {Path(chosen).name}")
