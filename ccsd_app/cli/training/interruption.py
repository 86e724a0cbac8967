"""Ctrl+C during long work that can be saved: the first asks it to stop, the second ends it."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ccsd_app.cli.console import say


@contextmanager
def stop_requested() -> Iterator[Callable[[], bool]]:
    """Whether the user pressed Ctrl+C, or the system asked the program to end.

    Processes that are forked meanwhile ignore it: their parent ends them. Under torchrun every
    process gets the signal twice, from the terminal and from torchrun: there a second signal
    does not end the work at once.
    """
    requested, main_pid = False, os.getpid()
    started_by_torchrun = "TORCHELASTIC_RUN_ID" in os.environ

    def on_signal(number: int, frame: FrameType | None) -> None:
        nonlocal requested
        if os.getpid() != main_pid:  # a data worker, which inherited this handler
            return
        if requested and number == signal.SIGINT and not started_by_torchrun:
            raise KeyboardInterrupt
        if not requested and os.environ.get("RANK", "0") == "0":
            say("stopping after saving; press Ctrl+C again to stop at once and lose the last steps")
        requested = True

    numbers = (signal.SIGINT, signal.SIGTERM)
    previous = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield lambda: requested
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
