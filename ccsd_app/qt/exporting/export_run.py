"""One export at a time: drawn in steps, written in a thread, with a progress dialog to cancel it.

draw (GUI thread, in steps)        ──▶ write (thread) ──▶ saved | failed
└──────────── cancel: no file is left ────────────┘
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from psygnal import Signal
from PySide6.QtWidgets import QProgressDialog, QWidget

from ccsd_app.qt.exporting.gui_steps import GuiSteps
from ccsd_app.qt.widgets.queued_call import QueuedCall
from ccsd_app.session.jobs import Job, JobRunner, Listener
from ccsd_core.errors import CcsdError, bug_line
from ccsd_core.progress import Progress, Steps

Drawn = TypeVar("Drawn")
Paths = tuple[Path, ...]
BAR_DELAY_MS = 500
"""Exports that are done within this time show no progress dialog, in milliseconds."""


class ExportRun:
    """Runs one export at a time.

    Args:
        window: Parent of the progress dialog.
        saved: Called with the paths of the files that were written.
        failed: Called with the message of an error.
    """

    busy_changed = Signal()

    def __init__(
        self, window: QWidget, *, saved: Callable[[Paths], None], failed: Callable[[str], None]
    ) -> None:
        self._window = window
        self._saved = saved
        self._failed = failed
        self._queued_call = QueuedCall(window)
        self._thread = JobRunner(
            ThreadPoolExecutor(1, thread_name_prefix="ccsd-export"), self._queued_call
        )
        self._steps = GuiSteps(window)
        self._job: Job | None = None
        self._bar: QProgressDialog | None = None
        self._closed = False

    @property
    def busy(self) -> bool:
        return self._bar is not None

    def write(self, steps: Steps[Paths], title: str) -> None:
        """Run steps in a thread; they must not use Qt or VTK."""
        self._begin(title)
        self._job = self._thread.start(steps, self._listener(self._done))

    def draw(self, steps: Steps[Paths], title: str) -> None:
        """Run steps on the GUI thread."""
        self._begin(title)
        self._job = self._steps.start(steps, self._listener(self._done))

    def draw_and_write(
        self, draw: Steps[Drawn], write: Callable[[Drawn], Steps[Paths]], title: str
    ) -> None:
        """Run drawing steps on the GUI thread, then writing steps with their result in a thread."""

        def drawn(result: Drawn) -> None:
            self._job = self._thread.start(write(result), self._listener(self._done))

        self._begin(title)
        self._job = self._steps.start(draw, self._listener(drawn))

    def cancel(self) -> None:
        """Cancel the export; files that were being written are removed."""
        if self._job is not None:
            self._job.cancel()
            self._steps.stop()
            self._end()

    def close(self) -> None:
        """Cancel the export and wait until its thread has cleaned up."""
        if not self._closed:
            self._closed = True
            self.cancel()
            self._queued_call.close()
            self._thread.close()

    def _listener(self, done: Callable[[Any], None]) -> Listener[Any]:
        return Listener(done=done, failed=self._on_failed, progress=self._on_progress)

    def _begin(self, title: str) -> None:
        assert not self.busy, "the menu offers one export at a time"
        bar = self._bar = QProgressDialog(title, "Cancel", 0, 0, self._window)
        bar.setObjectName("export_progress")
        bar.setWindowTitle("Export")
        bar.setMinimumDuration(BAR_DELAY_MS)
        bar.setAutoClose(False)
        bar.setAutoReset(False)
        bar.canceled.connect(self.cancel)
        self.busy_changed.emit()

    def _on_progress(self, progress: Progress) -> None:
        if self._bar is not None:
            self._bar.setLabelText(progress.what)
            self._bar.setRange(0, progress.total)
            self._bar.setValue(progress.done)

    def _done(self, paths: Paths) -> None:
        self._end()
        self._saved(paths)

    def _on_failed(self, error: Exception) -> None:
        self._end()
        self._failed(str(error) if isinstance(error, CcsdError) else bug_line(error))

    def _end(self) -> None:
        bar, self._bar, self._job = self._bar, None, None
        if bar is not None:
            bar.canceled.disconnect(self.cancel)
            bar.close()
            bar.deleteLater()
            self.busy_changed.emit()
