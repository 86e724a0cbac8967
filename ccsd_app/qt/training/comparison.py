"""Compares a run's model with the bundled one on the run's validation cases, patient by patient.

evaluate bundled ──▶ RUN/comparison/bundled ─┐
evaluate the run ──▶ RUN/comparison/run ─────┴─▶ compare ──▶ the paired table as text
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from ccsd_app.qt.training.programs import ChildProgram, Ended

MEANING = (
    "A is the bundled model, B the trained one; both were scored on the validation cases of this "
    "run.\nThe weights of B were chosen by these cases, which favours B."
)


class Comparison(QObject):
    """Runs the three commands one after the other.

    Args:
        parent: Qt parent.
        said: Called with what is being done.
        done: Called with the table, or the reason why there is none.
    """

    def __init__(
        self, parent: QObject, said: Callable[[str], None], done: Callable[[str], None]
    ) -> None:
        super().__init__(parent)
        self._said = said
        self._done = done
        self._left: list[tuple[str, tuple[str, ...]]] = []
        self._notes: list[str] = []
        self._child = ChildProgram(self, self._on_ended, said)

    @property
    def running(self) -> bool:
        return self._child.running

    def start(self, run: Path, *, data: Path, device: str) -> None:
        """Start the comparison.

        Args:
            run: Folder of the run.
            data: Folder of its cases.
            device: `auto`, `cpu`, `cuda`, `cuda:N`.
        """
        bundled, own = (run / "comparison" / name for name in ("bundled", "run"))
        common = ("--metrics", "dice", "--validation-of", str(run), "--device", device)
        evaluate = ("evaluate", str(data), *common)
        self._left = [
            ("Scoring the bundled model…", (*evaluate, "-o", str(bundled))),
            ("Scoring the trained model…", (*evaluate, "-o", str(own), "--model", str(run))),
            ("Comparing…", ("compare", str(bundled), str(own))),
        ]
        self._notes = []
        self._next()

    def cancel(self) -> None:
        """Stop without a result. Cases that were scored are kept."""
        self._left = []
        self._child.cancel()

    def _next(self) -> None:
        what, arguments = self._left.pop(0)
        self._said(what)
        self._child.start(arguments)

    def _on_ended(self, ended: Ended) -> None:
        self._notes += [note for note in ended.notes if note not in self._notes]
        if ended.code != 0:
            self._left = []
            self._done(ended.error or "the comparison ended without a message")
        elif self._left:
            self._next()
        else:
            notes = [f"Note: {note}" for note in self._notes]
            self._done("\n".join([MEANING, "", ended.output.strip(), "", *notes]).rstrip())
