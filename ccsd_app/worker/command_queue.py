"""Commands of the window: handled between two pieces of work, and checked for within them.

work ─ block ─ check ─ block ─ check ─ …       no command, or it can wait: work goes on
                         └── Interrupted       it cannot wait: the work is given up, and
                                               the command is the next that `get` returns
"""

from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection

from ccsd_app.worker.protocol import Command


class Interrupted(Exception):  # noqa: N818 — no error: the work is no longer wanted
    """The current work is no longer wanted."""


class ConnectionClosed(Exception):  # noqa: N818 — the ordinary end
    """The other side is gone."""


class CommandQueue:
    """The commands that come through one connection.

    Args:
        connection: Where they come from.
        urgent: Whether the current work is to be given up for a command.
    """

    def __init__(self, connection: Connection, urgent: Callable[[Command], bool]) -> None:
        self._connection = connection
        self._urgent = urgent
        self._waiting: deque[Command] = deque()

    @property
    def empty(self) -> bool:
        return not self._waiting and not self._more()

    def get(self) -> Command:
        """The next command, waited for.

        Raises:
            ConnectionClosed: If the other side is gone.
        """
        return self._waiting.popleft() if self._waiting else self._receive()

    def raise_if_interrupted(self) -> None:
        """Check for new commands; call it often.

        Raises:
            Interrupted: If an urgent one has come.
            ConnectionClosed: If the other side is gone.
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
