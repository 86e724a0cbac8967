"""Progress reports of long computations, and their cancellation.

A long computation is a generator that yields `Progress` and returns its result. The core therefore
knows neither threads nor callbacks: a command line drives the generator with a bar, a test
drains it, a worker process sends it over a pipe. It is cancelled by not requesting the next step.
"""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of long work.

    Args:
        done: Number of steps that are done.
        total: Number of all steps.
        what: What is being done, as text.
        notes: Messages for the user that no earlier progress had.

    >>> Progress(3, 12, "encoding T1c").fraction
    0.25
    """

    done: int
    total: int
    what: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert 0 <= self.done <= self.total, f"progress {self.done} of {self.total}"

    @property
    def fraction(self) -> float:
        return self.done / self.total if self.total else 1.0


Steps = Generator[Progress, None, Result]
"""Long work: yields `Progress`, returns a `Result`."""


def as_part_of(steps: Steps[Result], index: int, count: int, name: str) -> Steps[Result]:
    """`steps` as part number `index` (counted from 0) of longer work in `count` parts.

    >>> def work():
    ...     yield Progress(1, 4, "encoding T1c")
    >>> [p] = as_part_of(work(), 1, 2, "pass")
    >>> p.fraction, p.what
    (0.625, 'encoding T1c, pass 2 of 2')
    """
    which = f", {name} {index + 1} of {count}" if count > 1 else ""
    with closing(steps):
        while True:
            try:
                p = next(steps)
            except StopIteration as end:
                return end.value
            done = index * p.total + p.done
            yield Progress(done, count * p.total, p.what + which, p.notes)


def until(stop: Callable[[], bool], steps: Steps[Result]) -> Steps[Result | None]:
    """`steps`, ended between two of them when `stop` returns true; then the result is None.

    >>> def work():
    ...     yield Progress(1, 1, "all")
    ...     return "done"
    >>> drain(until(lambda: False, work())), drain(until(lambda: True, work()))
    ('done', None)
    """
    while True:
        if stop():
            steps.close()
            return None
        try:
            progress = next(steps)
        except StopIteration as end:
            return end.value
        yield progress


def drain(steps: Steps[Result], report: Callable[[Progress], None] | None = None) -> Result:
    """Run `steps` to the end and return its result.

    >>> def work():
    ...     yield Progress(1, 1, "all")
    ...     return "done"
    >>> drain(work(), lambda p: print(p.what))
    all
    'done'
    """
    while True:
        try:
            progress = next(steps)
        except StopIteration as stop:
            return stop.value
        if report is not None:
            report(progress)
