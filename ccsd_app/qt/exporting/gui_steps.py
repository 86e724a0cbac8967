"""Long work on the GUI thread in small steps; the window stays responsive between them.

Drawing with Qt or VTK cannot run in another thread. A timer runs the next step whenever the event
loop is idle.
"""

from typing import Any

from PySide6.QtCore import QObject, QTimer

from ccsd_app.session.jobs import Job, Listener, Result
from ccsd_core.progress import Steps


class GuiSteps:
    """Runs the latest steps; the counterpart of `JobRunner` for the GUI thread."""

    def __init__(self, parent: QObject) -> None:
        self._timer = QTimer(parent)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._run_next)
        self._steps: Steps[Any] | None = None
        self._job = Job()
        self._listener: Listener[Any] | None = None

    def start(self, steps: Steps[Result], listener: Listener[Result]) -> Job:
        """Cancel the running steps and start `steps`."""
        self.stop()
        self._steps, self._listener, self._job = steps, listener, Job()
        self._timer.start()
        return self._job

    def stop(self) -> None:
        """Cancel the running steps; no callback is called after this."""
        self._job.cancel()
        self._end()

    def _run_next(self) -> None:
        steps, listener = self._steps, self._listener
        if steps is None or listener is None or self._job.cancelled:
            self._end()
            return
        try:
            progress = next(steps)
        except StopIteration as stop:
            self._end()
            listener.done(stop.value)
        except Exception as error:  # noqa: BLE001 — steps may fail in any way
            self._end()
            listener.failed(error)
        else:
            listener.progress(progress)

    def _end(self) -> None:
        self._timer.stop()
        steps, self._steps, self._listener = self._steps, None, None
        if steps is not None:
            steps.close()
