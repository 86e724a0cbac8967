"""Writes the window's session by itself, so that nothing is lost when the window is killed.

    FOLDER/window-ID.json        what is open, every few seconds and at what costs work
    FOLDER/window-ID.lock        held while the window lives: one of a dead process can be taken

A window that is closed deletes its file; what is left was not closed. Each window has files of
its own, so two never write over each other.
"""

import contextlib
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer

from ccsd_app.session.saved_session import SavedSession, SessionFileError
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.settings import settings_path
from ccsd_core.errors import ResourceError
from ccsd_core.storage.atomic import write_text

EVERY_MS = 3000
"""How often the session is written, if it is another; milliseconds."""
AT_ONCE = ("case", "bookmarks", "preparation", "stage", "used", "degradations")
"""Fields whose change costs the user work: written as soon as the window is idle."""
SURVIVED_S = 60.0
"""A restored window that lived so long was not ended by what it had opened, in seconds."""
KEPT_DAYS = 30
_DAY_S = 86_400


def autosave_folder() -> Path:
    """Where the files lie: beside the preferences."""
    return settings_path().parent / "windows"


@dataclass(frozen=True)
class Left:
    """A session whose window ended without being closed.

    Args:
        session: What was open.
        time_s: When it was written last, in seconds since 1970.
        path: Its file; the lock beside it is held until `forget`.
        lock: The lock.
        tried: Whether a window had restored it and ended soon after.
    """

    session: SavedSession
    time_s: float
    path: Path
    lock: QLockFile
    tried: bool

    def forget(self) -> None:
        """Delete the file: it is open again, or not wanted."""
        _delete(self.path)
        self.lock.unlock()


def left_behind(folder: Path | None = None) -> Left | None:
    """The newest session that was not closed, locked for this window; None where there is none."""
    folder = folder or autosave_folder()
    found = sorted(folder.glob("window-*.json"), key=_time_of, reverse=True)
    newest: Left | None = None
    for path in found:
        lock = QLockFile(str(path.with_suffix(".lock")))
        lock.setStaleLockTime(0)  # a lock of a dead process is taken all the same
        if not lock.tryLock(0):
            continue
        session = _read(path)
        if session is None or newest is not None:
            if session is None or time.time() - _time_of(path) > KEPT_DAYS * _DAY_S:
                _delete(path)
            lock.unlock()
        else:
            newest = Left(session, _time_of(path), path, lock, _tried_mark(path).exists())
    return newest


class Autosave(QObject):
    """Writes the session of one window.

    Args:
        session: The state; a change that costs work is written at once.
        note: Returns the session as it is now; None where there is nothing to keep.
        folder: Where the file lies; None is `autosave_folder()`.
        parent: Qt parent.
    """

    def __init__(
        self,
        session: Session,
        note: Callable[[], SavedSession | None],
        *,
        folder: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._note = note
        self._path = (folder or autosave_folder()) / f"window-{uuid.uuid4().hex[:12]}.json"
        self._lock: QLockFile | None = None
        self._written: SavedSession | None = None
        self._closed = False
        self._once_written: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.write)
        self._timer.start()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.write)
        session.changed.connect(self._on_session_changed)

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def mark_restored(self) -> None:
        """Note that this window restored what another one had open, until it has lived a while."""
        mark = _tried_mark(self._path)
        with contextlib.suppress(OSError):
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        QTimer.singleShot(int(SURVIVED_S * 1000), self, lambda: mark.unlink(missing_ok=True))

    def once_written(self, act: Callable[[], None]) -> None:
        """Have something done as soon as the session of this window is on disk."""
        self._once_written = act

    def write(self) -> None:
        """Write the session if it is another; a disk that refuses is tried again later."""
        session = None if self._closed else self._note()
        if session is None or session == self._written or not self._locked():
            return
        with contextlib.suppress(ResourceError):
            write_text(self._path, session.model_dump_json(indent=1) + "\n")
            self._written = session
            if self._once_written is not None:
                self._once_written()
                self._once_written = None

    def close(self) -> None:
        """The window is closed by the user: there is nothing to restore."""
        if self._closed:
            return
        self._closed = True
        self._timer.stop()
        self._soon.stop()
        _delete(self._path)
        if self._lock is not None:
            self._lock.unlock()

    def _locked(self) -> bool:
        if self._lock is None:
            with contextlib.suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
            lock = QLockFile(str(self._path.with_suffix(".lock")))
            lock.setStaleLockTime(0)
            if not lock.tryLock(0):
                return False
            self._lock = lock
        return True

    def _on_session_changed(self, old: State, new: State) -> None:
        if not self._closed and any(getattr(old, f) is not getattr(new, f) for f in AT_ONCE):
            self._soon.start()


def _read(path: Path) -> SavedSession | None:
    try:
        return SavedSession.parse(path.read_text(encoding="utf-8"), name=path.name)
    except (OSError, ValueError, SessionFileError):
        return None


def _tried_mark(path: Path) -> Path:
    return path.with_suffix(".restored")


def _time_of(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _delete(path: Path) -> None:
    for one in (path, _tried_mark(path)):
        with contextlib.suppress(OSError):
            one.unlink(missing_ok=True)
