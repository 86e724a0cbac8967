"""A client of the batch's process that starts none."""

from ccsd_app.worker import batch_protocol as protocol


class BatchClient:
    """Notes what it is asked for; the test plays the process."""

    def __init__(self, on_event) -> None:
        self.on_event, self.running, self.requests, self.stopped = on_event, False, [], 0

    def start(self, request) -> None:
        self.running = True
        self.requests.append(request)

    def stop(self) -> None:
        self.stopped += 1

    def close(self) -> None:
        self.running = False

    def play(self, *events) -> None:
        for event in events:
            if isinstance(event, protocol.BatchEnded | protocol.BatchFailed):
                self.running = False
            self.on_event(event)
