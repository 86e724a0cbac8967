"""Child processes of the window that run `ccsd-app`: attached to it, or surviving it.

ChildProgram      inspects, estimates, compares; ends with the dialog
start_detached    trains; linked to the window by the files of its run only
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QProcess

from ccsd_core.errors import ResourceError

END_TIMEOUT_MS = 3000


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child process ended.

    Args:
        code: Its exit code; -1 if it crashed or could not be started.
        output: What it printed as result.
        error: Its error message; "" if it has none.
        notes: Its notes for the user.
    """

    code: int
    output: str
    error: str
    notes: tuple[str, ...] = ()


class ChildProgram(QObject):
    """Runs one command line of `ccsd-app` at a time; a new one ends the one before it.

    Args:
        parent: Qt parent.
        ended: Called when it has ended by itself.
        said: Called with each line that it prints for the user meanwhile.
    """

    def __init__(
        self,
        parent: QObject,
        ended: Callable[[Ended], None],
        said: Callable[[str], None] = lambda line: None,
    ) -> None:
        super().__init__(parent)
        self._ended = ended
        self._said = said
        self._process: QProcess | None = None
        self._messages = ""

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self, arguments: Sequence[str]) -> None:
        """Start `ccsd-app` with these arguments."""
        self.cancel()
        process = self._process = QProcess(self)
        self._messages = ""
        process.setProgram(sys.executable)
        process.setArguments(["-m", "ccsd_app", *arguments])
        process.readyReadStandardError.connect(self._on_message)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        process.start()

    def cancel(self) -> None:
        """End the process; no more callbacks follow."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.waitForFinished(END_TIMEOUT_MS)
        process.deleteLater()

    def _on_message(self) -> None:
        if self._process is None:
            return
        text = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        self._messages += text
        for line in text.splitlines():
            if line.strip():
                self._said(line.strip())

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            message = self._process.errorString()
            self._finish(Ended(-1, "", f"the program could not be started: {message}"))

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        if self._process is None:
            return
        self._on_message()
        output = bytes(self._process.readAllStandardOutput().data()).decode("utf-8", "replace")
        crashed = status != QProcess.ExitStatus.NormalExit
        notes = [
            line.removeprefix("note: ")
            for line in self._messages.splitlines()
            if line.startswith("note: ")
        ]
        error = self._error(crashed=crashed)
        self._finish(Ended(-1 if crashed else code, output, error, tuple(notes)))

    def _error(self, *, crashed: bool) -> str:
        if crashed:
            return "the process was ended by the system, perhaps for lack of memory"
        lines = [line for line in self._messages.splitlines() if line.startswith("error: ")]
        return lines[-1].removeprefix("error: ") if lines else ""

    def _finish(self, ended: Ended) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        self._ended(ended)


def start_detached(arguments: Sequence[str], *, output: Path) -> None:
    """Start `ccsd-app` as a process that goes on when the window is closed.

    Args:
        arguments: Its arguments.
        output: File that its messages are written to; an older one is replaced.

    Raises:
        ResourceError: If the file cannot be written, or the process cannot be started.
    """
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(b"")
    except OSError as error:
        raise ResourceError(f"cannot write {output} ({error.strerror or error})") from error
    process = QProcess()
    process.setProgram(sys.executable)
    process.setArguments(["-m", "ccsd_app", *arguments])
    process.setStandardInputFile(QProcess.nullDevice())
    process.setStandardOutputFile(QProcess.nullDevice())
    process.setStandardErrorFile(str(output))
    started = process.startDetached()
    if not (started[0] if isinstance(started, tuple) else started):
        raise ResourceError(f"the training process could not be started: {process.errorString()}")
