"""Commands of the window: handled between pieces of work, and checked for during them.

work ─ block ─ check ─ block ─ check ─ …       no command, or it can wait: work continues
                         └── Interrupted       it cannot wait: the work is aborted, and `get`
                                              returns the command next
"""

from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection

from ccsd_app.worker.protocol import Command


class Interrupted(Exception):  # noqa: N818 — not an error
    """The current work is no longer wanted."""


class ConnectionClosed(Exception):  # noqa: N818 — not an error
    """The window's process has closed the connection."""


class CommandQueue:
    """The commands that come through one connection.

    Args:
        connection: The connection to the window's process.
        urgent: Whether to abort the current work for a command.
    """

    def __init__(self, connection: Connection, urgent: Callable[[Command], bool]) -> None:
        self._connection = connection
        self._urgent = urgent
        self._waiting: deque[Command] = deque()

    @property
    def empty(self) -> bool:
        return not self._waiting and not self._more()

    def get(self) -> Command:
        """Wait for the next command.

        Raises:
            ConnectionClosed: If the window's process is gone.
        """
        return self._waiting.popleft() if self._waiting else self._receive()

    def raise_if_interrupted(self) -> None:
        """Check for new commands; call it often.

        Raises:
            Interrupted: If an urgent one has come.
            ConnectionClosed: If the window's process is gone.
        """
        while self._more():
            self._waiting.append(self._receive())
            if self._urgent(self._waiting[-1]):
                raise Interrupted

    def _more(self) -> bool:
        try:
            return self._connection.poll(0)
        except (EOFError, OSError) as error:
            raise ConnectionClosed from error

    def _receive(self) -> Command:
        try:
            return self._connection.recv()
        except (EOFError, OSError) as error:
            raise ConnectionClosed from error
