"""View-model of segmenting a folder of cases: the rows, and how far the work is.

list ──▶ rows, waiting        start ──▶ process ──▶ events ──▶ rows
stop ──▶ the running case waits again; those that are done keep their numbers and label maps
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from psygnal import Signal

from ccsd_app.viewmodel.common.sentence import message
from ccsd_app.viewmodel.open_case.batch.rows import BatchRow, CaseState
from ccsd_app.worker import batch_protocol as protocol
from ccsd_core.storage.cases.case_list import ListedCase

LEAST_FRACTION = 0.02
"""Part of the work that has to be done before the remaining time is estimated from it."""


class Client(Protocol):
    """The methods of `BatchClient` that are used here."""

    @property
    def running(self) -> bool: ...
    def start(self, request: protocol.BatchRequest) -> None: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...


Connect = Callable[[Callable[[protocol.BatchEvent], None]], Client]
"""Makes the client of the process from a handler of events."""


class FolderBatch:
    """The cases of a folder, and the work on them.

    Args:
        connect: Makes the client of the process from a handler of events.
        clock: The time in seconds.
    """

    changed = Signal()
    """Everything may have changed, also which rows there are."""
    row_changed = Signal(int)
    """One row has changed, and the progress."""

    def __init__(
        self,
        connect: Connect,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = connect(self._on_event)
        self._clock = clock
        self._rows: list[BatchRow] = []
        self._index: dict[Path, int] = {}
        self._request: protocol.BatchRequest | None = None
        self._what = ""
        self._stopping = False
        self._begun_s: float | None = None
        self._run: frozenset[Path] = frozenset()
        """The cases of this run; those that were done before are not among them."""
        self.model: protocol.BatchModel | None = None
        self.problem = ""

    @property
    def rows(self) -> Sequence[BatchRow]:
        return self._rows

    @property
    def running(self) -> bool:
        return self._client.running

    @property
    def request(self) -> protocol.BatchRequest | None:
        """What was asked for last, with all cases of the folder; None before the first start."""
        return self._request

    def show(self, cases: Sequence[ListedCase]) -> None:
        """Show the cases of another folder."""
        assert not self.running, "stop the work first"
        self._rows = [BatchRow(case) for case in cases]
        self._index = {case.path: row for row, case in enumerate(cases)}
        self._request = None
        self.problem = ""
        self.changed.emit()

    def start(self, request: protocol.BatchRequest) -> None:
        """Segment the cases that are not done; all of them, if anything else was asked for before.

        Args:
            request: What to do; its cases are those of the rows, whatever it names.
        """
        request = self._of_all(request)
        if request != self._request:
            self._rows = [row.waiting() for row in self._rows]
        left = [row for row in self._rows if row.state is not CaseState.DONE]
        self._rows = [r if r.state is CaseState.DONE else r.waiting() for r in self._rows]
        self._request, self.problem, self._stopping = request, "", False
        self._run = frozenset(row.case.path for row in left)
        self._begun_s, self._what = None, "loading the model"
        to_do = tuple(case for case in request.cases if case.path in self._run)
        self._client.start(replace(request, cases=to_do))
        self.changed.emit()

    def has_work(self, request: protocol.BatchRequest) -> bool:
        """Whether `start` would segment anything."""
        return bool(self._rows) and (self.left > 0 or self._of_all(request) != self._request)

    def _of_all(self, request: protocol.BatchRequest) -> protocol.BatchRequest:
        """The request for all cases of the folder."""
        cases = tuple(protocol.BatchCase(row.case.path, row.case.id) for row in self._rows)
        return replace(request, cases=cases)

    def stop(self) -> None:
        """Stop; the running case is abandoned."""
        if self.running:
            self._stopping = True
            self._client.stop()
            self.changed.emit()

    def close(self) -> None:
        """End the process at once."""
        self._client.close()

    @property
    def left(self) -> int:
        """Number of cases that are not done."""
        return sum(row.state is not CaseState.DONE for row in self._rows)

    @property
    def unfinished(self) -> int:
        """Number of cases that were not tried yet."""
        return sum(not row.finished for row in self._rows)

    @property
    def fraction(self) -> float:
        """The part of this run that is done, 0 to 1."""
        run = self._rows_of_run
        return sum(_done(row) for row in run) / len(run) if run else 0.0

    @property
    def headline(self) -> str:
        """How far the work is, in words; "" before the first start."""
        if self.running:
            return self._running_text
        return self._summary if self._request is not None else ""

    @property
    def _running_text(self) -> str:
        run = self._rows_of_run
        finished = sum(row.finished for row in run)
        texts = [f"{finished} of {len(run)} cases", "stopping" if self._stopping else self._what]
        left_s = None if self._stopping else self._left_s
        return ", ".join(texts) + ("" if left_s is None else f", {time_left(left_s)}")

    @property
    def _summary(self) -> str:
        counts = {state: sum(row.state is state for row in self._rows) for state in CaseState}
        names = {
            CaseState.DONE: "segmented",
            CaseState.SKIPPED: "skipped",
            CaseState.FAILED: "failed",
            CaseState.WAITING: "not segmented",
        }
        parts = [f"{counts[state]} {name}" for state, name in names.items() if counts[state]]
        many = "case" if len(self._rows) == 1 else "cases"
        return f"{len(self._rows)} {many}: {', '.join(parts)}"

    @property
    def _left_s(self) -> float | None:
        """Seconds to the end of this run, from its speed; None while that is unknown.

        Cases that are skipped or fail take no time worth counting.
        """
        if self._begun_s is None:
            return None
        run = [r for r in self._rows_of_run if r.state not in (CaseState.SKIPPED, CaseState.FAILED)]
        done = sum(_done(row) for row in run)
        if not run or done / len(run) < LEAST_FRACTION:
            return None
        return (self._clock() - self._begun_s) / done * (len(run) - done)

    @property
    def _rows_of_run(self) -> list[BatchRow]:
        return [row for row in self._rows if row.case.path in self._run]

    def _on_event(self, event: protocol.BatchEvent) -> None:
        match event:
            case protocol.BatchModel():
                self.model = event
                self._begun_s = self._clock() if self._begun_s is None else self._begun_s
                self.changed.emit()
            case protocol.CaseStarted(path):
                self._what = "reading the case"
                self._change(path, BatchRow.started)
            case protocol.CaseProgress(path, fraction, what):
                self._what = what
                self._change(path, lambda row: row.with_fraction(fraction))
            case protocol.CaseDone(path, result):
                self._change(path, lambda row: row.done(result))
            case protocol.CaseSkipped(path):
                self._change(path, BatchRow.skipped)
            case protocol.CaseFailed(path, text):
                self._change(path, lambda row: row.failed(text))
            case protocol.BatchFailed(text):
                self._end(text)
            case protocol.BatchEnded():
                self._end("")

    def _change(self, path: Path, change: Callable[[BatchRow], BatchRow]) -> None:
        row = self._index[path]
        self._rows[row] = change(self._rows[row])
        self.row_changed.emit(row)

    def _end(self, problem: str) -> None:
        self.problem = message(problem)
        self._rows = [r if r.finished else r.waiting() for r in self._rows]
        self._stopping = False
        self.changed.emit()


def _done(row: BatchRow) -> float:
    """The part of a case that is done, 0 to 1."""
    return 1.0 if row.finished else row.fraction


def time_left(seconds: float) -> str:
    """A remaining time as text.

    >>> time_left(12), time_left(500), time_left(7000)
    ('about 10 s left', 'about 8 min left', 'about 1 h 57 min left')
    """
    if seconds < 90:
        return f"about {max(10, round(seconds / 10) * 10)} s left"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"about {hours} h {minutes} min left" if hours else f"about {minutes} min left"
