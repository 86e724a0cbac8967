"""Reads previews of files in a thread, one file after another.

    read(files) ──▶ thread: previews(file) ──▶ on_preview(part, preview), in that thread

No Qt object is held here, because a thread that ends last would destroy it outside the GUI thread.
"""

import math
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from threading import Lock, Thread

from ccsd_app.scene.slices.preview import ImagePreview, preview_of
from ccsd_core.errors import CcsdError
from ccsd_core.storage.cases.overrides import Channel, Part
from ccsd_core.storage.formats import load_channels, load_volume, read_header

MOST_VOXELS = 100_000_000
"""Larger files are not read, because they would fill the memory."""


_Callbacks = tuple[Callable[[Part, ImagePreview], None], Callable[[Path, str], None]]


class PreviewReader:
    """Reads each file once; one that cannot be read does not stop the others.

    Args:
        on_preview: Called with a part and its preview, in the reading thread.
        on_failed: Called with a file that cannot be read, and why, in the reading thread.
        radiological: Patient's right on the left.
    """

    def __init__(
        self,
        on_preview: Callable[[Part, ImagePreview], None],
        on_failed: Callable[[Path, str], None],
        *,
        radiological: bool,
    ) -> None:
        self._callbacks: _Callbacks | None = on_preview, on_failed
        self._radiological = radiological
        self._lock = Lock()

    def read(self, files: Collection[Path]) -> None:
        """Start reading in a thread."""
        Thread(target=self._work, args=(tuple(files),), name="previews", daemon=True).start()

    def stop(self, *_: object) -> None:
        """Stop calling back and reading; the receivers may be deleted after this."""
        with self._lock:
            self._callbacks = None

    def _work(self, files: tuple[Path, ...]) -> None:
        for path in files:
            if self._callbacks is None:
                return
            try:
                for part, preview in previews(path, radiological=self._radiological):
                    self._report(part, preview)
            except (CcsdError, OSError, MemoryError) as error:
                with self._lock:
                    if self._callbacks is not None:
                        _, on_failed = self._callbacks
                        on_failed(path, str(error))

    def _report(self, part: Part, preview: ImagePreview) -> None:
        with self._lock:
            if self._callbacks is not None:
                on_preview, _ = self._callbacks
                on_preview(part, preview)


def previews(path: Path, *, radiological: bool) -> Iterator[tuple[Part, ImagePreview]]:
    """The preview of a file's image, or of each channel of a 4-D file; none of huge files.

    Raises:
        NiftiError: If the file cannot be read.
    """
    shape = read_header(path).shape
    if math.prod(shape) > MOST_VOXELS:
        return
    if len(shape) == 4:
        for index, channel in enumerate(load_channels(path)):
            yield Channel(path, index), preview_of(channel.volume, radiological=radiological)
    else:
        yield path, preview_of(load_volume(path).volume, radiological=radiological)
