"""Messages of the command line on stderr, so that stdout contains results only.

Printing never stops the program: a character that the console cannot show is replaced, and output
is dropped if the pipe is closed or the disk is full.
"""

import codecs
import io
import os
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import closing, suppress
from typing import TextIO, TypeVar

from ccsd_core.progress import Progress, Steps, drain

Result = TypeVar("Result")


SPEED_STEPS = 3
"""Steps before the remaining time is estimated from their speed; the first includes warm-up."""


REPLACEMENTS = {
    **dict.fromkeys("→⟶", "->"),
    **dict.fromkeys("−–—─━┄╌", "-"),
    **dict.fromkeys("│┃", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼┏┓┗┛┡┩╇╈╞╡╪╒╕╘╛", "+"),
    **dict.fromkeys("●•·▪", "*"),
    **dict.fromkeys("≤", "<="),
    **dict.fromkeys("≥", ">="),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
    "…": "...",
    "×": "x",
    "±": "+-",
    "Δ": "change of ",
    "σ": "sigma",
    "²": "^2",
    "³": "^3",
}
"""Replacement of a character that the console cannot show; others become a question mark."""
_HANDLER = "ccsd_app.replacement"


def replace_unprintable() -> None:
    """Make stdout and stderr accept every character, whatever their encoding.

    Windows redirects output in its old code pages, and a bare POSIX system in ASCII.
    """
    codecs.register_error(_HANDLER, _replacement)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def say(text: str) -> None:
    """Print one line for the user, on stderr."""
    _print(text, sys.stderr)


def show(text: str) -> None:
    """Print a result, on stdout."""
    _print(text, sys.stdout)


def _print(text: str, stream: TextIO) -> None:
    try:
        print(text, file=stream, flush=True)
    except (OSError, ValueError):
        # The pipe is closed, as with `head`, or the disk is full: the program goes on.
        _discard_output(stream)


def _discard_output(stream: TextIO) -> None:
    with suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


def _replacement(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    encoding = error.encoding
    return "".join(_encodable(REPLACEMENTS.get(c, "?"), encoding) for c in text), error.end


def _encodable(text: str, encoding: str) -> str:
    return text.encode(encoding, errors="replace").decode(encoding)


def disclaim() -> None:
    """Print the disclaimer. Each command prints it once, when it has a result."""
    from ccsd_core.domain.segmentation import DISCLAIMER

    say(DISCLAIMER)


def silence_libraries() -> None:
    """Suppress the warnings of libraries; `--debug` shows them."""
    warnings.simplefilter("ignore")


def track(steps: Steps[Result], what: str, *, quiet: bool = False) -> Result:
    """Run long work to its end with a progress bar, or with occasional lines without a terminal.

    Args:
        steps: The work.
        what: Title of the bar until the work names its step.
        quiet: Print nothing, because another process does.
    """
    with closing(steps):
        if quiet:
            return drain(steps)
        if not sys.stderr.isatty():
            return drain(steps, _Lines().report)
        return _with_bar(what, lambda report: drain(steps, report))


class _Lines:
    """Prints the progress every `EVERY_S` seconds; quick work prints nothing."""

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
        """The remaining time at the speed so far, as text."""
        assert self._first is not None
        started, first = self._first
        done = progress.done - first.done
        if done < SPEED_STEPS or progress.done == progress.total:
            return ""
        left = (now - started) / done * (progress.total - progress.done)
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
        # Steps take seconds; their speed is averaged over minutes.
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
