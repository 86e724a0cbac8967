"""Requests for on-demand results that are not answered yet.

Of each kind the newest request is kept until it is answered; work that was given up for
something urgent is done again. The subset that is wanted always comes first.
"""

from typing import Any

from ccsd_app.session.on_demand import Kind
from ccsd_app.worker.on_demand_kinds import KINDS
from ccsd_app.worker.protocol import Request
from ccsd_app.worker.schedule import Schedule


class OnDemandQueue:
    """Requests that are not answered yet, and the one being computed: `current`."""

    def __init__(self) -> None:
        self._requests: dict[Kind[Any], Request] = {}
        self.current: Request | None = None

    def add(self, request: Request) -> None:
        """Answer a request once there is time; an older one of its kind is dropped."""
        self._requests[request.kind] = request

    def next(self) -> Request | None:
        """The request to answer now, if any."""
        return next((self._requests[kind] for kind in KINDS if kind in self._requests), None)

    def start(self, request: Request) -> None:
        """The request is being computed from now on."""
        self.current = request

    def postpone_current(self) -> None:
        """The current request was given up, and is computed again later."""
        self.current = None

    def finish_current(self) -> Request | None:
        """The current request is answered, or has failed; a newer one of its kind stays."""
        finished, self.current = self.current, None
        if finished is not None and self._requests.get(finished.kind) == finished:
            del self._requests[finished.kind]
        return finished

    def clear(self) -> None:
        """Drop all requests."""
        self._requests.clear()
        self.current = None

    def is_urgent(self, request: Request, schedule: Schedule | None) -> bool:
        """Whether the current work, if it is not the subset that is wanted, is given up for it."""
        if not KINDS[request.kind].urgent:
            return False
        if self.current is not None:
            return request != self.current
        return schedule is not None and schedule.wanted in schedule.done
