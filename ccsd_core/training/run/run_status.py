"""What a run's process is doing, in files of the run's folder that other programs may read.

    process   ── status.json ──▶  what it does; at the end: finished, stopped or failed, and why
              ── run.lock    ──▶  held by the system while the process runs, whatever ends it
    others    ── stop        ──▶  a file that asks it to save a checkpoint and end

A process that is killed cannot say so; its lock is then free although its status says `running`.
"""

import errno
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from ccsd_core.errors import BadInputError, CcsdError, ResourceError, first_line
from ccsd_core.progress import Progress
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.documents import parsed_json

STATUS, LOCK, STOP = "status.json", "run.lock", "stop"
WRITE_EVERY_S = 1.0
"""Shortest time between two updates of the file during the work, in seconds."""
LOCK_TRIES, LOCK_PAUSE_S = 20, 0.05
"""Another program that looks at the lock holds it for an instant: the lock is tried again."""
ENDED_UNEXPECTEDLY = (
    "the process ended without a message: it was killed, ran out of memory, or the computer was "
    "switched off"
)


class RunState(StrEnum):
    """What a run is doing."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    """Ended before its last step, with a checkpoint if it had taken a step."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Its last status was `running`, and its folder cannot be locked."""


@dataclass(frozen=True, slots=True)
class RunStatus:
    """The status of a run.

    Args:
        state: What it is doing.
        done: Steps that are done: of training, or cases opened before it.
        total: All such steps; 0 if unknown.
        what: What is being done, as text.
        step_s: Mean seconds of a step since the process began this part of the work, with
            validations; None before three steps.
        message: Why it failed; empty otherwise.
        updated: Time of this status, in seconds since 1970.
        pid, host: Process and computer.
        locked: Whether the process holds the lock of the folder.
    """

    state: RunState
    done: int = 0
    total: int = 0
    what: str = ""
    step_s: float | None = None
    message: str = ""
    updated: float = 0.0
    pid: int = 0
    host: str = ""
    locked: bool = True


def read_status(run: Path) -> RunStatus | None:
    """The status of a run's folder; None if no process has written one."""
    status = _read(run)
    if status is None or status.state is not RunState.RUNNING:
        return status
    if not status.locked:
        return replace(status, state=RunState.UNKNOWN)
    if _is_locked(run / LOCK):
        return status
    status = _read(run)  # it may have ended in between
    if status is None or status.state is not RunState.RUNNING:
        return status
    return replace(status, state=RunState.FAILED, message=ENDED_UNEXPECTEDLY)


def request_stop(run: Path) -> None:
    """Ask the process of a run to save a checkpoint and end.

    Raises:
        ResourceError: If the folder cannot be written.
    """
    write_text(run / STOP, "")


def is_stop_requested(run: Path) -> bool:
    """Whether the process was asked to end."""
    return (run / STOP).exists()


class StatusFile:
    """Writes the status of one run during its work; see `recorded`."""

    def __init__(self, run: Path, *, locked: bool) -> None:
        self._run = run
        self._status = RunStatus(
            RunState.RUNNING, what="starting", pid=os.getpid(), host=platform.node(), locked=locked
        )
        self._first: tuple[float, Progress] | None = None
        self._written = 0.0
        self.begun = False
        self._write()

    def report(self, progress: Progress) -> None:
        """Note the progress; it is written at most every second."""
        now = time.monotonic()
        if self._first is None or self._first[1].total != progress.total:
            self._first = now, progress
        started, first = self._first
        done = progress.done - first.done
        self._status = replace(
            self._status,
            done=progress.done,
            total=progress.total,
            what=progress.what,
            step_s=(now - started) / done if done >= 3 else None,
        )
        if not self.begun or now - self._written >= WRITE_EVERY_S:
            self._write()
        self.begun = True

    def end(self, state: RunState, message: str = "") -> None:
        """Note how the work ended."""
        self._status = replace(self._status, state=state, what="", message=message)
        self._write()

    def _write(self) -> None:
        """Write the status; a run does not fail because its status cannot be written.

        On Windows, a file cannot be replaced in the instant in which another program reads it.
        """
        self._written = time.monotonic()
        for attempt in range(LOCK_TRIES):
            with suppress(ResourceError):
                _store(self._run, self._status)
                return
            if self._status.state is RunState.RUNNING:
                return  # the next one follows soon
            if attempt + 1 < LOCK_TRIES:
                time.sleep(LOCK_PAUSE_S)


@contextmanager
def recorded(run: Path) -> Iterator[StatusFile | None]:
    """Hold the lock of a run's folder and record its status; None if there is no place for it.

    If the work is refused before it has begun, the earlier status stays, with the reason as its
    message; a folder that was made for the status alone is removed.

    Raises:
        BadInputError: If another process trains in this folder.
    """
    existed = run.exists()
    try:
        run.mkdir(parents=True, exist_ok=True)
        lock = (run / LOCK).open("ab")
    except OSError:  # the work itself reports why it cannot write there
        yield None
        return
    with lock:
        locked = _lock(lock, run)
        before = _read(run)
        with suppress(OSError):
            (run / STOP).unlink()
        status = StatusFile(run, locked=locked)
        try:
            yield status
        except BaseException as error:
            reason = str(error) if isinstance(error, CcsdError) else first_line(error)
            reason = reason or type(error).__name__
            with suppress(ResourceError):
                _failed(run, status, reason, before=before, existed=existed)
            raise


def _failed(
    run: Path, status: StatusFile, reason: str, *, before: RunStatus | None, existed: bool
) -> None:
    if status.begun or (existed and before is None):
        status.end(RunState.FAILED, reason)
    elif before is not None:
        state = RunState.FAILED if before.state is RunState.RUNNING else before.state
        _store(run, replace(before, state=state, message=reason))
    elif {path.name for path in run.iterdir()} <= {STATUS, LOCK, STOP}:
        shutil.rmtree(run, ignore_errors=True)


def _store(run: Path, status: RunStatus) -> None:
    text = json.dumps({**asdict(replace(status, updated=time.time()))}, indent=2)
    write_text(run / STATUS, text + "\n")


def _read(run: Path) -> RunStatus | None:
    try:
        found = parsed_json((run / STATUS).read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            return None
        known = {name: found[name] for name in RunStatus.__dataclass_fields__ if name in found}
        return RunStatus(**{**known, "state": RunState(str(found["state"]))})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _lock(file: BinaryIO, run: Path) -> bool:
    """Lock the file until it is closed; False if its file system has no locks.

    Raises:
        BadInputError: If another process holds the lock.
    """
    for attempt in range(LOCK_TRIES):
        try:
            _take(file, exclusive=True)
        except OSError as error:
            if error.errno not in _HELD:
                return False
            if attempt + 1 < LOCK_TRIES:
                time.sleep(LOCK_PAUSE_S)
        else:
            return True
    other = _read(run)
    whose = "" if other is None else f" (process {other.pid} on {other.host})"
    raise BadInputError(
        f"another process is training in {run}{whose}: wait until it has ended, or choose another "
        "folder"
    )


def _is_locked(path: Path) -> bool:
    """Whether another process holds the lock."""
    try:
        with path.open("rb") as file:
            _take(file, exclusive=False)
            _release(file)
    except OSError as error:
        return error.errno in _HELD
    return False


_HELD = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
"""Error numbers of a lock that another process holds; the last one is that of Windows."""

# Locks belong to a process, so those of its children, such as data workers, do not keep them.
if sys.platform == "win32":
    import msvcrt

    def _take(file: BinaryIO, *, exclusive: bool) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _release(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: BinaryIO, *, exclusive: bool) -> None:
        kind = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
        fcntl.lockf(file, kind | fcntl.LOCK_NB)

    def _release(file: BinaryIO) -> None:
        fcntl.lockf(file, fcntl.LOCK_UN)
