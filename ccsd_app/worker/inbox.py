"""Requests, taken between two pieces of work, and looked for within them.

work ─ block ─ pulse ─ block ─ pulse ─ …       nothing came, or it can wait: on with the work
                         └── Interrupted       it cannot: the work is given up, and the
                                               request is the next that `take` returns
"""

from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection

from ccsd_app.worker.protocol import Command


class Interrupted(Exception):  # noqa: N818 — no error: the work is no longer wanted
    """The work at hand is no longer wanted."""


class Closed(Exception):  # noqa: N818 — the ordinary end
    """The other side is gone."""


class Inbox:
    """The requests of one connection.

    Args:
        connection: Where they come from.
        urgent: Whether the work at hand is to be given up for a request.
    """

    def __init__(self, connection: Connection, urgent: Callable[[Command], bool]) -> None:
        self._connection = connection
        self._urgent = urgent
        self._waiting: deque[Command] = deque()

    @property
    def empty(self) -> bool:
        return not self._waiting and not self._more()

    def take(self) -> Command:
        """The next request, waited for.

        Raises:
            Closed: If the other side is gone.
        """
        return self._waiting.popleft() if self._waiting else self._receive()

    def pulse(self) -> None:
        """Look for requests; call it often.

        Raises:
            Interrupted: If one has come that is urgent.
            Closed: If the other side is gone.
        """
        while self._more():
            self._waiting.append(self._receive())
            if self._urgent(self._waiting[-1]):
                raise Interrupted

    def _more(self) -> bool:
        try:
            return self._connection.poll(0)
        except (EOFError, OSError) as error:
            raise Closed from error

    def _receive(self) -> Command:
        try:
            return self._connection.recv()
        except (EOFError, OSError) as error:
            raise Closed from error
