"""The log of a window: its events, without anything that names a patient.

    session ── changed ──▶ EventLog ──▶ lines in memory and CACHE/log/window-….log
    traceback, Qt ─────────┘   └── names of the case and its folders are replaced by `…`

Each window has its own file; the newest `FILES_KEPT` are kept.
"""

import contextlib
import os
import re
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_core.user_cache import user_cache

FILES_KEPT = 10
LINES_KEPT = 2000
REPLACED = "…"
SHORTEST_NAME = 3
"""Shorter folder names are not replaced, because they would match parts of other words."""


def log_folder() -> Path:
    """The folder of the log files."""
    return user_cache() / "log"


class EventLog:
    """Records the events of a session.

    Args:
        session: The session whose changes are recorded.
        names: Returns the path of the open case, whose names must not be recorded.
    """

    def __init__(self, session: Session, names: Callable[[], Path | None]) -> None:
        self._names = names
        self._session = session
        self._known: set[str] = set()
        self._lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._path: Path | None = None
        session.changed.connect(self._on_session_changed)

    @property
    def path(self) -> Path | None:
        """The log file; None if the log is only in memory."""
        return self._path

    def keep_in(self, folder: Path) -> None:
        """Also write the log to a file in a folder; the oldest files there are deleted."""
        self._path = folder / f"window-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            for old in sorted(folder.glob("window-*.log"))[: 1 - FILES_KEPT]:
                old.unlink(missing_ok=True)

    @property
    def text(self) -> str:
        """The lines, the newest last."""
        return "\n".join(self._lines)

    def write(self, text: str) -> None:
        """Add an event, without names."""
        self._collect_names(self._session.state)
        stamp = time.strftime("%H:%M:%S")
        lines = [f"{stamp} {line}" for line in redacted(text, self._known).splitlines()]
        self._lines.extend(lines)
        if self._path is None:
            return
        with contextlib.suppress(OSError), self._path.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)

    def without_names(self, text: str) -> str:
        """A text without names of the cases that were open."""
        self._collect_names(self._session.state)
        return redacted(text, self._known)

    def _collect_names(self, state: State) -> None:
        place = self._names()
        if place is not None:
            self._known |= {str(place), place.name, place.parent.name, str(Path.home())}
        if state.case is not None:
            self._known |= {state.case.id, *state.case.also_named}
            for source in state.case.sources.values():
                self._known |= {str(source.path), source.path.name}

    def _on_session_changed(self, old: State, new: State) -> None:
        for line in events_of(old, new):
            self.write(line)


def events_of(old: State, new: State) -> Iterable[str]:
    """The events in a change of the state, one line each; moving the view is not an event."""
    if new.model is not old.model and new.model is not None:
        yield f"model {new.model.name} {new.model.sha256[:8]} on {new.model.device or '…'}"
    if new.case is not old.case and new.case is not None:
        shape = " × ".join(map(str, new.case.grid.shape))
        yield f"images of {new.case.available.label}, {shape} voxels, {new.stage.value}"
    for subset in new.results.keys() - old.results.keys():
        yield f"result of {subset.label}: {new.results[subset].milliseconds:.0f} ms"
    if new.used != old.used:
        yield f"sequences given to the model: {new.used.label}"
    if new.stage is not old.stage:
        yield f"preparation: {new.stage.value}"
    before = set(old.problem.splitlines())
    for line in new.problem.splitlines():
        if line not in before:
            yield f"message: {line}"


def redacted(text: str, names: Iterable[str]) -> str:
    """A text in which names are replaced, the longest first."""
    for name in sorted(names, key=len, reverse=True):
        if len(name) >= SHORTEST_NAME:
            text = re.sub(re.escape(name), REPLACED, text, flags=re.IGNORECASE)
    return text
