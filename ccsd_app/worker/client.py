"""The client of the inference process: starts it, exchanges messages, restarts it if it dies.

    GUI thread     open · request · cancel ──▶ pipe ──▶ process
    reader thread                              pipe ◀── process
    GUI thread     on_events(events) ◀── queued_call ◀── reader (fetches the arrays)

Methods are called, and events handled, on the GUI thread; only the reader thread waits. A process
that dies is started again and given the open case again, without the subsets that are known. If it
dies again before it has finished a single subset, it is not restarted, and an event reports that.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ccsd_app.session.on_demand import Key, Kind
from ccsd_app.worker import entry, protocol
from ccsd_app.worker.events import DegradedReceived, Event, ResultReceived, WorkerDied
from ccsd_app.worker.process_connection import ProcessConnection, describe_exit
from ccsd_app.worker.shared_array import fetch_array, fetch_arrays
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.storage.cases.overrides import Overrides

QueuedCall = Callable[[Callable[[], None]], None]
"""Calls a function on the GUI thread, later."""

CANCEL_TIMEOUT_S = 10.0
"""A cancel that is not acknowledged by then ends the process, which is started again."""


_Arrived = Event | protocol.Ending | None
"""What the reader thread passes on; None is the end of the process."""


class WorkerClient:
    """Runs one inference process.

    Args:
        on_events: Handles all events, on the GUI thread: one at a time, except results and progress
            that have arrived while the thread was busy, which come together.
        queued_call: Calls a function on the GUI thread, later.
        program: Module that the process runs; it has `serve(connection)`.
        cancel_timeout_s: See `CANCEL_TIMEOUT_S`.
        limits: The user's limits for the process.
    """

    def __init__(
        self,
        *,
        on_events: Callable[[Sequence[Event]], None],
        queued_call: QueuedCall,
        program: str = entry.PROGRAM,
        cancel_timeout_s: float = CANCEL_TIMEOUT_S,
        limits: protocol.Limits | None = None,
    ) -> None:
        self._on_events = on_events
        self._arrived: deque[tuple[int, _Arrived]] = deque()
        self._queued_call = queued_call
        self._program = program
        self._cancel_timeout_s = cancel_timeout_s
        self._limits = limits or protocol.Limits()
        self._load: protocol.LoadModel | None = None
        self._opened: protocol.OpenCase | None = None
        self._generation = 0
        self._process_number = 0
        self._connection: ProcessConnection | None = None
        self._case_sent = False
        self._requests: dict[Kind[Any], protocol.Request] = {}
        self._requested_since_cancel = False
        self._died_without_progress = False
        self._reason_of_death = ""
        self._cancel_timer: threading.Timer | None = None

    @property
    def running(self) -> bool:
        return self._connection is not None

    def start(self, model: str | None, device: str) -> None:
        """Start the process and have it load the model; a running one is ended first."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._stop_cancel_timer()
            connection.kill()
        self._died_without_progress = False
        self._load = protocol.LoadModel(model, device, self._limits)
        self._launch()
        self._send_case()

    def open(
        self,
        path: Path,
        files: Overrides | None = None,
        prepare: Adjustments | None = None,
        *,
        wait_for_known: bool = False,
    ) -> None:
        """Have the process work on another case; later events of the previous one are dropped.

        Args:
            path: Case folder or file.
            files: The user's overrides, or None to recognise all files by name.
            prepare: How a raw case is prepared first; None takes every case as it is.
            wait_for_known: Whether to compute only after `report_known` was called.
        """
        self._generation += 1
        self._opened = protocol.OpenCase(
            self._generation, path, files, prepare=prepare, wait_for_known=wait_for_known
        )
        self._requests.clear()
        self._requested_since_cancel = True
        if not self._restart_if_stopped():
            self._send_case()

    def report_known(
        self,
        done: frozenset[ModalitySubset],
        full: NestedLabels | None,
        *,
        prepared: bool = False,
    ) -> None:
        """Report which results of the open case are stored; the others are computed.

        Args:
            done: Subsets whose results are stored.
            full: The prediction from all sequences, if it is among them.
            prepared: Whether this is about the prepared images of a raw case.
        """
        opened = self._opened
        if opened is None:
            return
        self._opened = replace(opened, wait_for_known=False)
        if done:
            self._opened = replace(self._opened, done=opened.done | done, full=full)
        if self._case_sent:
            self._send(protocol.KnownResults(opened.generation, prepared, done, full))

    def degrade(
        self,
        degradations: Degradations,
        *,
        wanted: ModalitySubset,
        done: frozenset[ModalitySubset],
        full: NestedLabels,
    ) -> None:
        """Go on with other images of the open case; events about the present ones are dropped.

        Args:
            degradations: What to do to the images as they are; none shows these again.
            wanted: The subset to compute first.
            done: Subsets whose results of these images are known.
            full: The prediction from all sequences, undegraded.
        """
        opened = self._opened
        if opened is None:
            return
        self._generation += 1
        self._opened = replace(
            opened,
            generation=self._generation,
            degradations=degradations,
            wanted=wanted,
            done=done,
            full=full,
            wait_for_known=False,
        )
        self._requests.clear()
        self._requested_since_cancel = True
        if self._restart_if_stopped():
            return
        if self._case_sent:
            self._send(protocol.Degrade(self._generation, degradations, wanted, done, full))
        else:
            self._send_case()

    def request_subset(self, subset: ModalitySubset) -> None:
        """Compute `subset` next, then the others. Resumes after `cancel`."""
        opened = self._opened
        if opened is None:
            return
        self._opened = replace(opened, wanted=subset)
        self._requested_since_cancel = True
        if self._restart_if_stopped():
            return
        if self._case_sent:
            self._send(protocol.RequestSubset(opened.generation, subset))
        else:
            self._send_case()

    def request(self, kind: Kind[Any], key: Key = None) -> None:
        """Compute an on-demand result; cancelled subsets stay cancelled."""
        if self._opened is None:
            return
        request = protocol.Request(self._generation, kind, key)
        self._requests[kind] = request
        self._requested_since_cancel = True
        if self._restart_if_stopped():
            return
        if not self._case_sent:
            self._send_case()  # this also sends the on-demand requests
            return
        self._send(request)

    def cancel(self) -> None:
        """Stop computing. Acknowledged by `Stopped`, or the process is replaced."""
        if self._opened is None or self._connection is None:
            return
        self._requests.clear()
        self._requested_since_cancel = False
        self._send(protocol.Cancel(self._generation))
        self._stop_cancel_timer()
        self._cancel_timer = threading.Timer(
            self._cancel_timeout_s,
            self._queued_call,
            args=[partial(self._replace_process, self._process_number)],
        )
        self._cancel_timer.daemon = True
        self._cancel_timer.start()

    def stop(self) -> None:
        """Ask the process to end, then force it. The client cannot be used afterwards."""
        self._stop_cancel_timer()
        self._process_number += 1
        connection, self._connection = self._connection, None
        self._opened = self._load = None
        if connection is not None:
            connection.close()

    def _launch(self) -> None:
        self._process_number += 1
        self._case_sent = False
        self._connection = ProcessConnection(
            self._program, partial(self._on_reply, self._process_number)
        )
        assert self._load is not None
        self._send(self._load)

    def _restart_if_stopped(self) -> bool:
        """Start the process again if it had stopped; returns whether it had."""
        if self._connection is not None or self._load is None:
            return False
        self._died_without_progress = False
        self._launch()
        self._send_case()
        return True

    def _send_case(self) -> None:
        if self._opened is not None and self._connection is not None:
            self._case_sent = True
            self._send(self._opened)
            for request in self._requests.values():
                self._send(request)

    def _send(self, request: protocol.Command) -> None:
        if self._connection is not None:
            self._connection.send(request)

    def _on_reply(self, process_number: int, reply: protocol.Reply | None) -> None:
        """Reader thread: fetch the arrays of a reply, then handle it on the GUI thread."""
        event: _Arrived
        generation: int | None
        try:
            match reply:
                case protocol.SubsetFinished():
                    event = ResultReceived(reply, fetch_array(reply.nested_labels))
                case protocol.Degraded(generation, degradations, volumes):
                    arrays = {m: fetch_array(shared).view("<f4") for m, shared in volumes.items()}
                    event = DegradedReceived(generation, degradations, arrays)
                case protocol.Answer():
                    event = replace(reply, value=fetch_arrays(reply.value))
                case _:
                    event = reply
        except OSError as error:
            generation = getattr(reply, "generation", None)
            event = protocol.Failed(generation, f"a result could not be received: {error}")
        self._arrived.append((process_number, event))
        self._queued_call(self._handle_arrived)

    def _handle_arrived(self) -> None:
        """GUI thread: handle everything that has arrived by now."""
        while self._arrived:
            together = self._take_results()
            if together:
                self._on_events(together)
            elif self._arrived:
                process_number, event = self._arrived.popleft()
                if process_number == self._process_number:
                    self._handle(event)

    def _take_results(self) -> list[Event]:
        """Results and progress that are next; what concerns another case is left out."""
        taken: list[Event] = []
        while self._arrived:
            process_number, event = self._arrived[0]
            if not isinstance(event, ResultReceived | protocol.ProgressUpdate):
                break
            self._arrived.popleft()
            if process_number != self._process_number:
                continue
            self._note(event)
            if self._is_current(event):
                taken.append(event)
        return taken

    def _handle(self, event: _Arrived) -> None:
        """Handle one event."""
        match event:
            case None:
                self._on_process_ended()
                return
            case protocol.Ending(message):
                self._reason_of_death = message
                return
            case _:
                pass
        self._note(event)
        if self._is_current(event):
            self._on_event(event)

    def _on_event(self, event: Event) -> None:
        self._on_events([event])

    def _note(self, event: Event) -> None:
        """Keep what a restarted process has to know."""
        match event:
            case protocol.Stopped():
                self._stop_cancel_timer()
            case ResultReceived(message, labels):
                opened = self._opened
                if opened is not None and message.generation == opened.generation:
                    if message.subset not in opened.done:
                        self._died_without_progress = False
                    # the first result is that of the full set, unless it was known
                    full = opened.full or NestedLabels(labels, message.offset_voxel)
                    done = opened.done | {message.subset}
                    self._opened = replace(opened, done=done, full=full)
            case protocol.Answer(_, kind, key) | protocol.RequestFailed(_, kind, key):
                self._on_answered(kind, key)
            case _:
                pass

    def _on_answered(self, kind: Kind[Any], key: Key) -> None:
        self._died_without_progress = False
        request = self._requests.get(kind)
        if request is not None and request.key == key:
            del self._requests[kind]

    def _is_current(self, event: Event) -> bool:
        """Whether the event concerns the open case, or no case."""
        generation = (
            event.message.generation
            if isinstance(event, ResultReceived)
            else getattr(event, "generation", None)
        )
        return generation is None or generation == self._generation

    def _on_process_ended(self) -> None:
        connection, self._connection = self._connection, None
        exit_code = connection.close() if connection is not None else None
        self._stop_cancel_timer()
        reason = (
            self._reason_of_death or f"the inference process ended ({describe_exit(exit_code)})"
        )
        self._reason_of_death = ""
        # An on-demand result may have crashed the process: it is not tried again.
        dropped = list(self._requests.values())
        self._requests.clear()
        restarted = not self._died_without_progress and self._load is not None
        if restarted:
            self._died_without_progress = True
            self._launch()
            self._send_case()
            self._on_event(WorkerDied(f"{reason}; it was restarted", restarted=True))
        else:
            stopped = f"{reason} twice in a row: computing has stopped; click Resume to retry"
            self._on_event(WorkerDied(stopped, restarted=False))
        for request in dropped:
            self._on_event(
                protocol.RequestFailed(request.generation, request.kind, request.key, reason)
            )

    def _replace_process(self, process_number: int) -> None:
        """GUI thread: a cancel was not acknowledged in time."""
        if process_number != self._process_number or self._cancel_timer is None:
            return
        self._cancel_timer = None
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.kill()
        self._launch()
        if self._requested_since_cancel:
            self._send_case()
        self._on_event(protocol.Stopped(self._generation))

    def _stop_cancel_timer(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer.cancel()
            self._cancel_timer = None
