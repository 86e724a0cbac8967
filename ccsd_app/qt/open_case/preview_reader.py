"""Looks into files in a thread, one after another, and tells of each image that is seen.

    read(files) ──▶ thread: glimpses(file) ──▶ told(part, glimpse), in that thread

No Qt object is held here: a thread that ended last would take it apart outside the GUI's thread.
"""

import math
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from threading import Lock, Thread

from ccsd_app.scene.slices.preview import Glimpse, glimpse_of
from ccsd_core.errors import CcsdError
from ccsd_core.storage.cases.overrides import Channel, Part
from ccsd_core.storage.formats import load_channels, load_volume, read_header

MOST_VOXELS = 100_000_000
"""Of a file that is looked into: larger ones would fill the memory."""


_Hearers = tuple[Callable[[Part, Glimpse], None], Callable[[Path, str], None]]


class GlimpseReader:
    """Reads once; a file that cannot be read does not keep it from the next.

    Args:
        told: Hears of a part and its glimpse, in the reading thread.
        failed: Hears of a file that cannot be read, and why, in the reading thread.
        radiological: Patient's right on the left.
    """

    def __init__(
        self,
        told: Callable[[Part, Glimpse], None],
        failed: Callable[[Path, str], None],
        *,
        radiological: bool,
    ) -> None:
        self._hearers: _Hearers | None = told, failed
        self._radiological = radiological
        self._telling = Lock()

    def read(self, files: Collection[Path]) -> None:
        """Begin with the first file."""
        Thread(target=self._work, args=(tuple(files),), name="glimpses", daemon=True).start()

    def stop(self, *_: object) -> None:
        """Tell nothing more, and read no further file; whoever was told may go after this."""
        with self._telling:
            self._hearers = None

    def _work(self, files: tuple[Path, ...]) -> None:
        for path in files:
            if self._hearers is None:
                return
            try:
                for part, glimpse in glimpses(path, radiological=self._radiological):
                    self._tell(part, glimpse)
            except (CcsdError, OSError, MemoryError) as error:
                with self._telling:
                    if self._hearers is not None:
                        _, failed = self._hearers
                        failed(path, str(error))

    def _tell(self, part: Part, glimpse: Glimpse) -> None:
        with self._telling:
            if self._hearers is not None:
                told, _ = self._hearers
                told(part, glimpse)


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
