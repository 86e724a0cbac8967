"""The client of the process that segments a folder of cases.

    GUI thread     start · stop ──▶ pipe ──▶ process, one for the whole folder
    GUI thread     on_event(event) ◀── queued_call ◀── reader thread ◀── pipe

A process that ends in the middle of a case costs this case only: it is reported as failed, and
another process goes on with those that are left. One that ends before its first case ends the work.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from ccsd_app.worker import batch_protocol as protocol
from ccsd_app.worker.process_connection import ProcessConnection, describe_exit

PROGRAM = "ccsd_app.cli.segmenting.batch_process"
"""Module of the process; it is only named here, because it imports torch."""
STOP_TIMEOUT_S = 5.0
"""A stop that is not acknowledged by then ends the process by force. Files are written whole."""

QueuedCall = Callable[[Callable[[], None]], None]


class BatchClient:
    """Runs one folder at a time.

    Args:
        on_event: Handles all events, on the GUI thread.
        queued_call: Calls a function on the GUI thread, later.
        program: Module that the process runs; it has `serve(connection)`.
        stop_timeout_s: See `STOP_TIMEOUT_S`.
    """

    def __init__(
        self,
        *,
        on_event: Callable[[protocol.BatchEvent], None],
        queued_call: QueuedCall,
        program: str = PROGRAM,
        stop_timeout_s: float = STOP_TIMEOUT_S,
    ) -> None:
        self._on_event = on_event
        self._queued_call = queued_call
        self._program = program
        self._stop_timeout_s = stop_timeout_s
        self._request: protocol.BatchRequest | None = None
        self._connection: ProcessConnection | None = None
        self._process_number = 0
        self._current: Path | None = None
        self._tried_a_case = False
        self._stopping = False
        self._stop_timer: threading.Timer | None = None

    @property
    def running(self) -> bool:
        return self._connection is not None

    def start(self, request: protocol.BatchRequest) -> None:
        """Start a process for the cases of a request."""
        assert not self.running, "one folder at a time"
        self._request = request
        self._stopping = False
        self._launch()

    def stop(self) -> None:
        """Stop the work; `BatchEnded` follows."""
        if self._connection is None or self._stopping:
            return
        self._stopping = True
        self._connection.send(protocol.StopBatch())
        on_timeout = partial(self._queued_call, partial(self._end_by_force, self._process_number))
        self._stop_timer = threading.Timer(self._stop_timeout_s, on_timeout)
        self._stop_timer.daemon = True
        self._stop_timer.start()

    def close(self) -> None:
        """End the process at once; no event follows."""
        self._process_number += 1
        self._end()

    def _launch(self) -> None:
        self._process_number += 1
        self._current, self._tried_a_case = None, False
        self._connection = ProcessConnection(
            self._program, partial(self._on_message, self._process_number), name="ccsd-batch"
        )
        self._connection.send(self._request)

    def _on_message(self, process_number: int, message: protocol.BatchEvent | None) -> None:
        """Reader thread."""
        self._queued_call(partial(self._handle, process_number, message))

    def _handle(self, process_number: int, message: protocol.BatchEvent | None) -> None:
        if process_number != self._process_number:
            return
        match message:
            case None:
                self._on_process_ended()
                return
            case protocol.CaseStarted(path):
                self._current, self._tried_a_case = path, True
            case protocol.CaseDone(path) | protocol.CaseSkipped(path) | protocol.CaseFailed(path):
                self._finish(path)
            case protocol.BatchEnded() | protocol.BatchFailed():
                self._end()
            case protocol.BatchModel() | protocol.CaseProgress():
                pass
        self._on_event(message)

    def _finish(self, path: Path) -> None:
        """The case needs no work any more, not even after the process has died."""
        assert self._request is not None
        left = tuple(case for case in self._request.cases if case.path != path)
        self._request, self._current = replace(self._request, cases=left), None

    def _on_process_ended(self) -> None:
        exit_code = self._end()
        if self._stopping:
            self._on_event(protocol.BatchEnded(stopped=True))
            return
        reason = f"the process ended ({describe_exit(exit_code)}), perhaps for lack of memory"
        current, tried = self._current, self._tried_a_case
        if current is not None:
            self._finish(current)
            self._on_event(protocol.CaseFailed(current, reason))
        assert self._request is not None
        if not tried:
            self._on_event(protocol.BatchFailed(reason))
        elif self._request.cases:
            self._launch()
        else:
            self._on_event(protocol.BatchEnded(stopped=False))

    def _end_by_force(self, process_number: int) -> None:
        """GUI thread: a stop was not acknowledged in time."""
        if process_number == self._process_number and self._connection is not None:
            self._process_number += 1
            self._end()
            self._on_event(protocol.BatchEnded(stopped=True))

    def _end(self) -> int | None:
        if self._stop_timer is not None:
            self._stop_timer.cancel()
            self._stop_timer = None
        connection, self._connection = self._connection, None
        return None if connection is None else connection.close()
