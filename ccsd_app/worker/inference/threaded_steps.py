"""Runs long work with progress in a thread, so that commands are handled meanwhile."""

import threading
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar

from ccsd_app.worker.inference.background import POLL_INTERVAL_S
from ccsd_core.progress import Progress, Steps

Result = TypeVar("Result")

_ONE_AT_A_TIME = threading.Lock()
"""Aborted work finishes its current step before the next work starts."""


@dataclass(frozen=True, slots=True)
class _Failed:
    error: BaseException


@dataclass(frozen=True, slots=True)
class _Ended:
    result: object


def steps_in_thread(steps: Steps[Result], name: str) -> Generator[Progress | None, None, Result]:
    """Run `steps` in a thread; yields its progress, and None while there is nothing new.

    If the generator is closed early, the thread ends after the step that it is in.

    Raises:
        Exception: Whatever the work raises.
    """
    events: SimpleQueue[Progress | _Failed | _Ended] = SimpleQueue()
    aborted = threading.Event()

    def run() -> None:
        try:
            with _ONE_AT_A_TIME, closing(steps):
                while not aborted.is_set():
                    events.put(next(steps))
        except StopIteration as end:
            events.put(_Ended(end.value))
        except BaseException as error:  # noqa: BLE001 — raised where it is waited for
            events.put(_Failed(error))

    threading.Thread(target=run, name=name, daemon=True).start()
    try:
        while True:
            try:
                item = events.get(timeout=POLL_INTERVAL_S)
            except Empty:
                yield None
                continue
            match item:
                case _Failed(error):
                    raise error
                case _Ended(result):
                    return result  # pyright: ignore[reportReturnType] — what `steps` returned
                case progress:
                    yield progress
    finally:
        aborted.set()
