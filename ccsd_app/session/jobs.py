"""Running one long computation at a time in a thread, off the GUI thread.

    GUI thread    start ─┐        ┌─ progress … progress ─┐          ┌─ done | failed
                         ▼        │                       │  cancel  │
    thread               next(steps) ··· next(steps) ·····┴─ close ──┘

Starting a job cancels the one before it. Callbacks of a cancelled job are dropped on the GUI
thread, so a stale result can never reach the session. Reading a case is such a job; inference is
not (it has a separate process, see `ccsd_app.worker`).
"""

from collections.abc import Callable, Generator
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from ccsd_core.progress import Progress

Result = TypeVar("Result")
QueuedCall = Callable[[Callable[[], None]], None]
"""Calls a function later on the GUI thread. Qt supplies one; tests call the function at once."""


@dataclass(frozen=True, slots=True)
class Listener(Generic[Result]):
    """Callbacks of a job, always called on the GUI thread."""

    done: Callable[[Result], None]
    failed: Callable[[Exception], None]
    progress: Callable[[Progress], None] = lambda progress: None


class Job:
    """A running computation that can be cancelled."""

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        """Stop before the next step; none of the job's callbacks is called after this."""
        self.cancelled = True


class JobRunner:
    """Runs one job at a time on `executor` and calls its callbacks through `queued_call`."""

    def __init__(self, executor: Executor, queued_call: QueuedCall) -> None:
        self._executor = executor
        self._queued_call = queued_call
        self._current = Job()

    def start(self, steps: Generator[Progress, None, Result], listener: Listener[Result]) -> Job:
        """Cancel the running job, if any, and start `steps`."""
        self._current.cancel()
        self._current = job = Job()
        self._executor.submit(self._run, job, steps, listener)
        return job

    def cancel(self) -> None:
        """Cancel the running job, if any."""
        self._current.cancel()

    def close(self) -> None:
        """Cancel the running job and wait until its thread has ended."""
        self._current.cancel()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _run(
        self, job: Job, steps: Generator[Progress, None, Result], listener: Listener[Result]
    ) -> None:
        def report(call: Callable[[], None]) -> None:
            self._queued_call(lambda: None if job.cancelled else call())

        try:
            with closing(steps):
                while not job.cancelled:
                    report(partial(listener.progress, next(steps)))
        except StopIteration as stop:
            report(partial(listener.done, stop.value))
        except Exception as error:  # noqa: BLE001 — a job may fail in any way; the GUI must know
            report(partial(listener.failed, error))
