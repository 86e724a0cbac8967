"""A client of the inference process whose events are handled on the test's own thread."""

import queue
import time

import pytest

from ccsd_app.worker import protocol
from ccsd_app.worker.client import WorkerClient
from ccsd_app.worker.events import ResultReceived

TIMEOUT_S = 60.0


class Conversation:
    """A client whose events are handled on the test's own thread, which plays the GUI thread."""

    def __init__(
        self,
        model: str | None = None,
        *,
        cancel_timeout_s: float = 30.0,
        limits: protocol.Limits | None = None,
    ) -> None:
        self._calls: queue.Queue = queue.Queue()
        self.events: list = []
        self.together: list[int] = []
        """How many events came in each call."""
        self.client = WorkerClient(
            on_events=self._take,
            queued_call=self._calls.put,
            program="fake_worker",
            cancel_timeout_s=cancel_timeout_s,
            limits=limits,
        )
        self.client.start(model, "cpu")

    def _take(self, events) -> None:
        self.together.append(len(events))
        self.events.extend(events)

    def until(self, kind: type, where=lambda event: True):
        """The first event of a kind that has not been waited for yet."""
        deadline = time.monotonic() + TIMEOUT_S
        seen = 0
        while True:
            for event in self.events[seen:]:
                seen += 1
                if isinstance(event, kind) and where(event):
                    del self.events[:seen]
                    return event
            self._calls.get(timeout=max(0.0, deadline - time.monotonic()))()

    def leave_unheard(self, count: int) -> None:
        """Wait until so many events are queued for the GUI thread, which is busy elsewhere."""
        while self._calls.qsize() < count:
            time.sleep(0.01)

    def nothing_waits(self) -> bool:
        """Whether no event is queued."""
        return self._calls.empty()

    def events_until_idle(self) -> list:
        deadline = time.monotonic() + TIMEOUT_S
        while not any(isinstance(event, protocol.Idle) for event in self.events):
            self._calls.get(timeout=max(0.0, deadline - time.monotonic()))()
        events = list(self.events)
        self.events.clear()
        return events

    def results_until_idle(self) -> list[ResultReceived]:
        return [event for event in self.events_until_idle() if isinstance(event, ResultReceived)]


@pytest.fixture(scope="session")
def conversation_type() -> type[Conversation]:
    """For conversations that outlive one test."""
    return Conversation


@pytest.fixture
def talk(fake_worker):
    open_ones: list[Conversation] = []

    def start(model: str | None = None, **options) -> Conversation:
        open_ones.append(Conversation(model, **options))
        return open_ones[-1]

    yield start
    for conversation in open_ones:
        conversation.client.stop()
