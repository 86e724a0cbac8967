"""How long the inference process takes to acknowledge a cancel while it computes."""

import queue
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from ccsd_app.benchmark.measured import Measurement, Measurements
from ccsd_app.worker import entry, protocol
from ccsd_app.worker.client import WorkerClient
from ccsd_app.worker.events import Event, WorkerDied
from ccsd_core.domain.modality import ModalitySubset

ROUNDS = 6
TIMEOUT_S = 300.0


def cancelling(
    case: Path, *, model: str | None, device: str, program: str = entry.PROGRAM
) -> Measurements:
    """Cancel repeatedly, each time just after a block of work has begun: the worst moment."""
    listener = _EventListener()
    client = WorkerClient(
        on_events=listener.events.extend, queued_call=listener.calls.put, program=program
    )
    times: list[float] = []
    try:
        client.start(model, device)
        client.open(case)
        while len(times) < ROUNDS and listener.wait_for_work():
            start = time.perf_counter()
            client.cancel()
            while not isinstance(listener.next(), protocol.Stopped):
                pass
            times.append(time.perf_counter() - start)
            client.request_subset(ModalitySubset.full())
    except (RuntimeError, queue.Empty) as error:
        return {"cancel_s": Measurement(None, f"the inference process did not answer: {error}")}
    finally:
        client.stop()
    if not times:
        return {"cancel_s": Measurement(None, "all subsets were computed before the cancel")}
    return {"cancel_s": Measurement.of_median(times)}


class _EventListener:
    """Stands in for the GUI thread: makes queued calls while it waits for the next event."""

    def __init__(self) -> None:
        self.calls: queue.Queue[Callable[[], None]] = queue.Queue()
        self.events: deque[Event] = deque()

    def next(self) -> Event:
        """The next event; failures are raised."""
        while not self.events:
            self.calls.get(timeout=TIMEOUT_S)()
        event = self.events.popleft()
        if isinstance(event, protocol.Failed | WorkerDied):
            raise RuntimeError(event.message)
        return event

    def wait_for_work(self) -> bool:
        """Wait until encoding or a decode has begun; False if nothing is left to do."""
        while True:
            event = self.next()
            if isinstance(event, protocol.ProgressUpdate) and event.total:
                return True
            if isinstance(event, protocol.Idle):
                return False
