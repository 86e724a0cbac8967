"""Looks into files in a thread, one after another, and tells the window of each that is seen.

read(files) ──▶ thread: glimpses(file) ──▶ seen(part, glimpse), in the GUI thread
"""

from collections.abc import Collection
from pathlib import Path
from threading import Event, Thread

from PySide6.QtCore import QObject, Signal

from ccsd_app.scene.glimpse import glimpses
from ccsd_core.errors import CcsdError


class GlimpseReader(QObject):
    """Reads once. What cannot be read is passed over: opening the case will say why."""

    seen = Signal(object, object)
    """A part and its `Glimpse`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stopped = Event()

    def read(self, files: Collection[Path]) -> None:
        """Begin with the first file."""
        Thread(target=self._work, args=(tuple(files),), name="glimpses", daemon=True).start()

    def stop(self) -> None:
        """Nothing is told from now on; the file that is being read is read to its end."""
        self._stopped.set()

    def _work(self, files: tuple[Path, ...]) -> None:
        for path in files:
            try:
                for part, glimpse in glimpses(path):
                    if self._stopped.is_set():
                        return
                    self.seen.emit(part, glimpse)
            except (CcsdError, OSError, MemoryError):
                continue
