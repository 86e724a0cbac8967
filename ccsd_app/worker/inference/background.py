"""Runs work that cannot be interrupted in a thread, so that commands are handled meanwhile."""

from collections.abc import Callable, Generator
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")

POLL_INTERVAL_S = 0.02


def run_in_thread(work: Callable[[], Result], name: str) -> Generator[None, None, Result]:
    """Run `work` in a thread; yields until it is done.

    If the generator is closed early, the thread runs to its end and its result is dropped.

    Raises:
        Exception: Whatever `work` raises.
    """
    answer: Future[Result] = Future()

    def run() -> None:
        try:
            answer.set_result(work())
        except BaseException as error:  # noqa: BLE001 — raised again for the caller
            answer.set_exception(error)

    Thread(target=run, name=name, daemon=True).start()
    while True:
        try:
            error = answer.exception(timeout=POLL_INTERVAL_S)
        except TimeoutError:
            yield
            continue
        if error is not None:
            raise error
        return answer.result()
