"""Prefetching the items of a generator in a background thread.

    generator ──▶ thread ──▶ queue of at most `ahead` ──▶ consumer

The thread prepares the next item while a GPU computes. It is a thread and not a process because
memory can be pinned only in the process that uses the GPU.
"""

import queue
import threading
from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

Item = TypeVar("Item")

POLL_S = 0.1
"""Seconds after which a waiting thread checks whether it should end."""


def in_background(
    items: Generator[Item, None, None], *, ahead: int = 1
) -> Generator[Item, None, None]:
    """The items of a generator in order, while a thread computes the next ones.

    The first item is computed by the caller, so that the generator starts its processes before the
    thread exists. Closing the iterator ends the thread, then the generator.

    Args:
        items: Generator; it must not be used elsewhere.
        ahead: Number of items that are kept ready.

    Raises:
        Exception: Any error of the generator, when its item is requested.
    """
    with closing(items):
        for first in items:
            yield from _rest(first, items, ahead)


def _rest(
    first: Item, items: Generator[Item, None, None], ahead: int
) -> Generator[Item, None, None]:
    ready: queue.Queue[_Answer[Item]] = queue.Queue(ahead)
    ended = threading.Event()
    thread = threading.Thread(target=_fill, args=(items, ready, ended), name="batches", daemon=True)
    thread.start()
    try:
        yield first
        while isinstance(answer := ready.get(), tuple):
            yield answer[0]
        if answer is not None:
            raise answer
    finally:
        ended.set()
        thread.join()


_Answer = tuple[Item] | BaseException | None
"""An item, an error, or the end."""


def _fill(
    items: Generator[Item, None, None],
    ready: "queue.Queue[_Answer[Item]]",
    ended: threading.Event,
) -> None:
    last: _Answer[Item] = None
    try:
        for item in items:
            if not _put((item,), ready, ended):
                return
    except BaseException as error:  # noqa: BLE001 - raised again by the consumer
        last = error
    _put(last, ready, ended)


def _put(
    answer: _Answer[Item], ready: "queue.Queue[_Answer[Item]]", ended: threading.Event
) -> bool:
    """Put an answer in the queue when there is room; False if it is no longer needed."""
    while not ended.is_set():
        try:
            ready.put(answer, timeout=POLL_S)
        except queue.Full:
            continue
        return True
    return False
