"""A spawned process, its pipe, and the thread that reads from the pipe."""

import multiprocessing
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from ccsd_app.worker import entry, protocol

QUIT_TIMEOUT_S = 1.0
"""Time for the process to end by itself when the window closes."""


class ProcessConnection:
    """Starts a process and exchanges messages with it.

    Args:
        program: Module that the process runs; it has `serve(connection)`.
        on_reply: Called in the reader thread with each message; with None when the pipe is closed.
        name: Name of the process.
    """

    def __init__(
        self, program: str, on_reply: Callable[[Any], None], *, name: str = "ccsd-inference"
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(
            target=entry.main, args=(theirs, program), name=name, daemon=True
        )
        self._process.start()
        theirs.close()
        self._reader = threading.Thread(
            target=_read_replies,
            args=(self._ours, on_reply),
            name=f"{name}-reader",
            daemon=True,
        )
        self._reader.start()

    def send(self, message: object) -> None:
        """Send a message; one to a process that has ended is dropped."""
        try:
            self._ours.send(message)
        except OSError:
            return  # the reader thread notices the end of the process

    def close(self) -> int | None:
        """End the process, by force if necessary; returns its exit code."""
        self.send(protocol.Quit())
        self._process.join(QUIT_TIMEOUT_S)
        return self.kill()

    def kill(self) -> int | None:
        """End the process at once; returns its exit code."""
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(QUIT_TIMEOUT_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._reader.join(QUIT_TIMEOUT_S)
        self._ours.close()
        exit_code = self._process.exitcode
        self._process.close()
        return exit_code


def describe_exit(exit_code: int | None) -> str:
    """`signal 9` or `exit code 1`."""
    if exit_code is not None and exit_code < 0:
        return f"signal {-exit_code}"
    return f"exit code {exit_code}"


def _read_replies(connection: Connection, on_reply: Callable[[Any], None]) -> None:
    while True:
        try:
            reply = connection.recv()
        except (EOFError, OSError):
            on_reply(None)
            return
        on_reply(reply)
