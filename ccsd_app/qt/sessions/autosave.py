"""Saves the window's session automatically, so that nothing is lost if the process is killed.

    FOLDER/window-ID.json        the session, every few seconds and after important changes
    FOLDER/window-ID.lock        held while the window is open; that of a dead process is stale

A window that is closed deletes its file, so the remaining ones were not closed. Each window has its
own files, so that windows do not overwrite each other's.
"""

import contextlib
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
from ccsd_core.storage.documents import json_text

EVERY_MS = 3000
"""How often a changed session is written, in milliseconds."""
IMPORTANT = ("case", "bookmarks", "preparation", "stage", "used", "degradations")
"""Fields whose change is work of the user: it is written as soon as the window is idle."""
STABLE_AFTER_S = 60.0
"""After this time, in seconds, a restored session counts as not the cause of the crash."""
KEPT_DAYS = 30
"""Unclosed sessions that are older than the newest one by more than this are deleted. Their own
times are compared, because the computer's clock may have jumped since."""
_DAY_S = 86_400


def autosave_folder() -> Path:
    """The folder of the files, next to the preferences."""
    return settings_path().parent / "windows"


@dataclass(frozen=True)
class UnclosedSession:
    """A session whose process ended before the window was closed.

    Args:
        session: The session.
        time_s: When it was last written, in seconds since 1970.
        path: Its file; its lock is held until `discard`.
        lock: The lock.
        tried: Whether it was restored before, and the process ended soon after.
    """

    session: SavedSession
    time_s: float
    path: Path
    lock: QLockFile
    tried: bool

    def discard(self) -> None:
        """Delete the file, because the session is restored or not wanted."""
        _delete(self.path)
        self.lock.unlock()


def find_unclosed(folder: Path | None = None) -> UnclosedSession | None:
    """The newest unclosed session, locked for this window; None if there is none."""
    folder = folder or autosave_folder()
    found = sorted(folder.glob("window-*.json"), key=_time_of, reverse=True)
    latest = _time_of(found[0]) if found else 0.0
    newest: UnclosedSession | None = None
    for path in found:
        lock = QLockFile(str(path.with_suffix(".lock")))
        lock.setStaleLockTime(0)  # the lock of a dead process is taken over
        if not lock.tryLock(0):
            continue
        session = _read(path)
        if session is None or newest is not None:
            if session is None or latest - _time_of(path) > KEPT_DAYS * _DAY_S:
                _delete(path)
            lock.unlock()
        else:
            newest = UnclosedSession(
                session, _time_of(path), path, lock, _tried_mark(path).exists()
            )
    return newest


class Autosave(QObject):
    """Writes the session of one window.

    Args:
        session: The state, whose important changes are written at once.
        current: Returns the current session; None if there is nothing to save.
        folder: The folder of the file; None is `autosave_folder()`.
        parent: Qt parent.
    """

    def __init__(
        self,
        session: Session,
        current: Callable[[], SavedSession | None],
        *,
        folder: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._current = current
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
        """The file that the session is written to."""
        return self._path

    def mark_restored(self) -> None:
        """Record that this window restored a session, until it has been stable for a while."""
        mark = _tried_mark(self._path)
        with contextlib.suppress(OSError):
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        QTimer.singleShot(int(STABLE_AFTER_S * 1000), self, lambda: mark.unlink(missing_ok=True))

    def call_once_written(self, action: Callable[[], None]) -> None:
        """Call a function as soon as the session of this window is on disk."""
        self._once_written = action

    def write(self) -> None:
        """Write the session if it has changed; if that fails, it is tried again later."""
        session = None if self._closed else self._current()
        if session is None or session == self._written or not self._locked():
            return
        with contextlib.suppress(ResourceError):
            write_text(self._path, json_text(session, indent=1))
            self._written = session
            if self._once_written is not None:
                self._once_written()
                self._once_written = None

    def close(self) -> None:
        """Delete the file, because the user closes the window."""
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
        if not self._closed and any(getattr(old, f) is not getattr(new, f) for f in IMPORTANT):
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
