"""Saves the session as a file, and opens one, even if its case has been moved."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from ccsd_app.qt.sessions.session_manager import SessionManager
from ccsd_app.session.saved_session import SUFFIX, SavedSession, SessionFileError, read_path
from ccsd_core.errors import CcsdError
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.documents import json_text

FILTER = f"CCSD sessions (*{SUFFIX});;All files (*)"
LARGEST_BYTES = 5_000_000
"""A larger file is not a session."""


class SessionFiles:
    """Asks for session files, saves and opens them.

    Args:
        window: Parent of the dialogs.
        manager: Makes the session of the window, and opens one.
        tell: Shows a message.
        report: Shows an error message.
        start_folder: Returns the folder in which dialogs start.
    """

    def __init__(
        self,
        window: QWidget,
        manager: SessionManager,
        *,
        tell: Callable[[str], None],
        report: Callable[[str], None],
        start_folder: Callable[[], Path],
    ) -> None:
        self._window = window
        self._manager = manager
        self._tell = tell
        self._report = report
        self._start_folder = start_folder
        self._path: Path | None = None

    def save(self) -> None:
        """Ask for a file, and save the session there."""
        if self._manager.current_session() is None:
            self._tell("No case is open: there is no session to save")
            return
        suggested = self._path or self._start_folder() / f"session{SUFFIX}"
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, "Save session", str(suggested), FILTER
        )
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix != ".json":
            path = path.with_name(path.name + SUFFIX)
        self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Save the session as a file, with paths relative to it."""
        session = self._manager.current_session(path.absolute().parent)
        if session is None:
            return
        try:
            write_text(path, json_text(session))
        except CcsdError as error:
            self._report(str(error))
            return
        self._path = path
        self._tell(f"Saved the session as {path.name}")

    def ask(self) -> None:
        """Ask for a session file, and open it."""
        start = self._path or self._start_folder()
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open session", str(start), FILTER)
        if chosen:
            self.open(Path(chosen))

    def open(self, path: Path) -> None:
        """Open a session file; asks for the case's folder if it is not found."""
        try:
            session = read_session(path)
            folder = path.absolute().parent
            case = None
            if not session.case.bundled:
                place = read_path(session.case.path, folder)
                if not place.exists():
                    case = self._ask_for_case(place)
                    if case is None:
                        return
            self._manager.open(session, folder, case=case)
        except CcsdError as error:
            self._report(str(error))
            return
        self._path = path

    def _ask_for_case(self, place: Path) -> Path | None:
        """Ask for the path of the case on this machine; None if the user cancels."""
        answer = QMessageBox.question(
            self._window,
            "Open session",
            f"The case of this session, {place.name}, was not found in {place.parent}.\n"
            "Choose its location on this computer?",
            QMessageBox.StandardButton.Ok | QMessageBox.StandardButton.Cancel,
        )
        if answer != QMessageBox.StandardButton.Ok:
            return None
        title = f"Locate {place.name}"
        if "." in place.name:
            chosen, _ = QFileDialog.getOpenFileName(self._window, title, str(self._start_folder()))
        else:
            chosen = QFileDialog.getExistingDirectory(
                self._window, title, str(self._start_folder())
            )
        return Path(chosen) if chosen else None


def read_session(path: Path) -> SavedSession:
    """Read a session file.

    Raises:
        SessionFileError: If it cannot be read, or is not a session.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise SessionFileError(f"{path.name} is too large for a session: choose another file")
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise SessionFileError(f"{path.name} cannot be read as a session: {error}") from error
    return SavedSession.parse(text, name=path.name)


def is_session(path: Path) -> bool:
    """Whether a path is a session file, by its name."""
    return path.name.lower().endswith(SUFFIX)
