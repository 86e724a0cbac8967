"""What the command line says to people: on stderr, so that stdout holds results only."""

import sys
import time
import warnings
from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

from ccsd_core.progress import Progress, Steps, drain

Result = TypeVar("Result")


SPEED_STEPS = 3
"""Steps before their speed says how long the rest takes: the first one also warms up."""


def say(text: str) -> None:
    """One line for the user."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 — this is the one door to stderr


def show(text: str) -> None:
    """A result, on stdout."""
    print(text, flush=True)  # noqa: T201 — this is the one door to stdout


def disclaim() -> None:
    """Say what results are not for. Each command says it once, when it has a result."""
    from ccsd_core.domain.segmentation import DISCLAIMER

    say(DISCLAIMER)


def hush_libraries() -> None:
    """Keep warnings of libraries out of what the user reads; `--debug` lets them through."""
    warnings.simplefilter("ignore")


def track(steps: Steps[Result], what: str, *, quiet: bool = False) -> Result:
    """Run long work to its end behind a progress bar; without a terminal, a line now and then.

    Args:
        steps: The work.
        what: Title of the bar until the work names its step.
        quiet: Say nothing: another process speaks.
    """
    with closing(steps):
        if quiet:
            return drain(steps)
        if not sys.stderr.isatty():
            return drain(steps, _Lines().report)
        return _with_bar(what, lambda report: drain(steps, report))


class _Lines:
    """Says where the work stands every `EVERY_S` seconds; quick work stays silent."""

    EVERY_S = 20.0

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._first: tuple[float, Progress] | None = None

    def report(self, progress: Progress) -> None:
        now = time.monotonic()
        if self._first is None or self._first[1].total != progress.total:
            self._first = (now, progress)
        if now - self._last >= self.EVERY_S:
            self._last = now
            say(f"{progress.done} of {progress.total}: {progress.what}{self._left(progress, now)}")

    def _left(self, progress: Progress, now: float) -> str:
        """How long the rest takes at the speed so far."""
        assert self._first is not None
        begun, first = self._first
        done = progress.done - first.done
        if done < SPEED_STEPS or progress.done == progress.total:
            return ""
        left = (now - begun) / done * (progress.total - progress.done)
        hours, minutes = divmod(round(left / 60), 60)
        if left < 90:
            return f", {left:.0f} s left"
        return f", {hours} h {minutes:02} min left" if hours else f", {minutes} min left"


def _with_bar(what: str, work: Callable[[Callable[[Progress], None]], Result]) -> Result:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("ETA"),
        # Steps take seconds, and their speed is looked at over minutes.
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Bar(
        *columns, console=Console(stderr=True), transient=True, speed_estimate_period=600
    ) as bar:
        task = bar.add_task(what, total=None)

        def report(progress: Progress) -> None:
            bar.update(
                task, completed=progress.done, total=progress.total, description=progress.what
            )

        return work(report)
