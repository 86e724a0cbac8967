"""How long the inference process takes to acknowledge a cancel while it is at work."""

import queue
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from ccsd_app.benchmark.measured import Findings, Measured
from ccsd_app.worker import entry, protocol
from ccsd_app.worker.client import Died, News, WorkerClient
from ccsd_core.domain.modality import ModalitySubset

ROUNDS = 6
PATIENCE_S = 300.0


def cancelling(
    case: Path, *, model: str | None, device: str, program: str = entry.PROGRAM
) -> Findings:
    """Cancel as soon as a block of work has begun, which is the worst moment, and go on."""
    ear = _Ear()
    client = WorkerClient(tell=ear.heard.append, post=ear.calls.put, program=program)
    times: list[float] = []
    try:
        client.start(model, device)
        client.open(case)
        while len(times) < ROUNDS and ear.hears_work():
            begun = time.perf_counter()
            client.cancel()
            while not isinstance(ear.next(), protocol.Stopped):
                pass
            times.append(time.perf_counter() - begun)
            client.want(ModalitySubset.full())
    except (RuntimeError, queue.Empty) as error:
        return {"cancel_s": Measured(None, f"the inference process did not answer: {error}")}
    finally:
        client.stop()
    if not times:
        return {"cancel_s": Measured(None, "everything was computed before it could be cancelled")}
    return {"cancel_s": Measured.middle(times)}


class _Ear:
    """Stands for the GUI thread: what is posted is called where it is waited for."""

    def __init__(self) -> None:
        self.calls: queue.Queue[Callable[[], None]] = queue.Queue()
        self.heard: deque[News] = deque()

    def next(self) -> News:
        """The next news; failures are raised."""
        while not self.heard:
            self.calls.get(timeout=PATIENCE_S)()
        news = self.heard.popleft()
        if isinstance(news, protocol.Failed | Died):
            raise RuntimeError(news.message)
        return news

    def hears_work(self) -> bool:
        """Wait until encoding or a decode has begun; False if nothing is left to do."""
        while True:
            news = self.next()
            if isinstance(news, protocol.Working) and news.total:
                return True
            if isinstance(news, protocol.Idle):
                return False
