"""The rows of a batch: one for each case, with its state and its numbers."""

import enum
import os
from dataclasses import dataclass, replace
from typing import Self

from ccsd_app.viewmodel.common.sentence import message
from ccsd_app.worker.batch_protocol import CaseResult
from ccsd_core.storage.cases.case_list import ListedCase


class CaseState(enum.Enum):
    """How far the work on a case is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


FINISHED = frozenset((CaseState.DONE, CaseState.SKIPPED, CaseState.FAILED))


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One case of the batch.

    Args:
        case: The case.
        state: How far the work on it is.
        fraction: The part of it that is done while it runs, 0 to 1.
        result: Its numbers, once it is done.
        error: Why it failed; "" if it did not.
    """

    case: ListedCase
    state: CaseState = CaseState.WAITING
    fraction: float = 0.0
    result: CaseResult | None = None
    error: str = ""

    @property
    def finished(self) -> bool:
        return self.state in FINISHED

    @property
    def warnings(self) -> tuple[str, ...]:
        """The error, or the notes on the case; before it runs, what is wrong with its files."""
        if self.state is CaseState.FAILED:
            return (self.error,)
        if self.state is CaseState.SKIPPED:
            return ("its label map exists",)
        if self.result is not None:
            return self.result.notes
        return (self.case.problem,) if self.case.problem else ()

    @property
    def messages(self) -> tuple[str, ...]:
        """The warnings as the window shows them; files are named without the case's folder."""
        folder = f"{self.case.path}{os.sep}"
        return tuple(message(text.replace(folder, "")) for text in self.warnings)

    def started(self) -> Self:
        return replace(self, state=CaseState.RUNNING, fraction=0.0, result=None, error="")

    def with_fraction(self, fraction: float) -> Self:
        return replace(self, fraction=fraction)

    def done(self, result: CaseResult) -> Self:
        return replace(self, state=CaseState.DONE, result=result)

    def skipped(self) -> Self:
        return replace(self, state=CaseState.SKIPPED)

    def failed(self, error: str) -> Self:
        return replace(self, state=CaseState.FAILED, error=error)

    def waiting(self) -> Self:
        """The row before any work."""
        return type(self)(self.case)
