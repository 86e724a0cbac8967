"""Looks into files in a thread, one after another, and tells the window of each that is seen.

read(files) ──▶ thread: glimpses(file) ──▶ seen(part, glimpse), in the GUI thread
"""

import math
from collections.abc import Collection, Iterator
from pathlib import Path
from threading import Event, Lock, Thread

from PySide6.QtCore import QObject, Signal

from ccsd_app.scene.glimpse import Glimpse, glimpse_of
from ccsd_core.errors import CcsdError
from ccsd_core.storage.by_hand import Channel, Part
from ccsd_core.storage.nifti import load_channels, load_volume
from ccsd_core.storage.nifti_header import read_header

MOST_VOXELS = 100_000_000
"""Of a file that is looked into: larger ones would fill the memory."""


class GlimpseReader(QObject):
    """Reads once. What cannot be read is passed over: opening the case will say why.

    Args:
        radiological: Patient's right on the left.
    """

    seen = Signal(object, object)
    """A part and its `Glimpse`."""

    def __init__(self, *, radiological: bool) -> None:
        super().__init__()
        self._radiological = radiological
        self._stopped = Event()
        self._telling = Lock()

    def read(self, files: Collection[Path]) -> None:
        """Begin with the first file."""
        Thread(target=self._work, args=(tuple(files),), name="glimpses", daemon=True).start()

    def stop(self) -> None:
        """Emit nothing more, and read no further file. The reader may be deleted after this."""
        with self._telling:
            self._stopped.set()

    def _work(self, files: tuple[Path, ...]) -> None:
        for path in files:
            if self._stopped.is_set():
                return
            try:
                for part, glimpse in glimpses(path, radiological=self._radiological):
                    self._tell(part, glimpse)
            except (CcsdError, OSError, MemoryError):
                continue

    def _tell(self, part: Part, glimpse: Glimpse) -> None:
        with self._telling:
            if not self._stopped.is_set():
                self.seen.emit(part, glimpse)


def glimpses(path: Path, *, radiological: bool) -> Iterator[tuple[Part, Glimpse]]:
    """What is seen of a file's image, or of each channel of a 4-D file; nothing of huge ones.

    Raises:
        NiftiError: If the file cannot be read.
    """
    shape = read_header(path).shape
    if math.prod(shape) > MOST_VOXELS:
        return
    if len(shape) == 4:
        for index, channel in enumerate(load_channels(path)):
            yield Channel(path, index), glimpse_of(channel.volume, radiological=radiological)
    else:
        yield path, glimpse_of(load_volume(path).volume, radiological=radiological)
