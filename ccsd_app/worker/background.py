"""Work that cannot be looked into, done in a thread of its own while the pipe stays served."""

from collections.abc import Callable, Generator
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")

LOOK_EVERY_S = 0.02


def in_background(work: Callable[[], Result], name: str) -> Generator[None, None, Result]:
    """Do `work` in a thread; yields until it is done.

    A generator that is closed before leaves the thread to its end; nobody hears of its result.

    Raises:
        Exception: Whatever `work` raises.
    """
    answer: Future[Result] = Future()

    def run() -> None:
        try:
            answer.set_result(work())
        except BaseException as error:  # noqa: BLE001 — raised where it is waited for
            answer.set_exception(error)

    Thread(target=run, name=name, daemon=True).start()
    while True:
        try:
            error = answer.exception(timeout=LOOK_EVERY_S)
        except TimeoutError:
            yield
            continue
        if error is not None:
            raise error
        return answer.result()
