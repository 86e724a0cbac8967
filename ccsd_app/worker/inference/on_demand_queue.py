"""Requests for on-demand results that are not answered yet.

Only the newest request of each kind is kept, until it is answered. A computation that an urgent
request interrupts is repeated later. The subset that the window waits for always comes first.
"""

from typing import Any

from ccsd_app.session.on_demand import Kind
from ccsd_app.worker.inference.on_demand_kinds import KINDS
from ccsd_app.worker.inference.schedule import Schedule
from ccsd_app.worker.protocol import Request


class OnDemandQueue:
    """Requests that are not answered yet, and the one being computed: `current`."""

    def __init__(self) -> None:
        self._requests: dict[Kind[Any], Request] = {}
        self.current: Request | None = None

    def add(self, request: Request) -> None:
        """Add a request; it replaces an older one of its kind."""
        self._requests[request.kind] = request

    def next(self) -> Request | None:
        """The request to compute next; None if there is none."""
        return next((self._requests[kind] for kind in KINDS if kind in self._requests), None)

    def start(self, request: Request) -> None:
        """Note that a request is being computed."""
        self.current = request

    def postpone_current(self) -> None:
        """Note that the current request was interrupted; it stays in the queue."""
        self.current = None

    def finish_current(self) -> Request | None:
        """Remove and return the current request; a newer one of its kind stays in the queue."""
        finished, self.current = self.current, None
        if finished is not None and self._requests.get(finished.kind) == finished:
            del self._requests[finished.kind]
        return finished

    def clear(self) -> None:
        """Drop all requests."""
        self._requests.clear()
        self.current = None

    def is_urgent(self, request: Request, schedule: Schedule | None) -> bool:
        """Whether to interrupt the current computation for a request."""
        if not KINDS[request.kind].urgent:
            return False
        if self.current is not None:
            return request != self.current
        return schedule is not None and schedule.wanted in schedule.done
