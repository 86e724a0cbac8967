"""Ctrl+C during long work that can be saved: the first asks it to stop, the second ends it."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ccsd_app.cli.console import say


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether the user pressed Ctrl+C, or the system asked the program to end.

    Processes that are forked meanwhile ignore it: their parent ends them. Under torchrun every
    process gets the signal twice, from the terminal and from torchrun: there a second signal
    does not end the work at once.
    """
    asked, main_pid = False, os.getpid()
    started_by_torchrun = "TORCHELASTIC_RUN_ID" in os.environ

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if os.getpid() != main_pid:  # a data process, which inherited this
            return
        if asked and number == signal.SIGINT and not started_by_torchrun:
            raise KeyboardInterrupt
        if not asked and os.environ.get("RANK", "0") == "0":
            say("stopping after saving; press Ctrl+C again to stop at once and lose the last steps")
        asked = True

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
