"""Pictures as PNG, with their provenance in the file's text chunks."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ccsd_app.export.staging import staged
from ccsd_app.export.stamp import Stamp
from ccsd_core.progress import Progress, Steps

Rgb = NDArray[np.uint8]
"""A picture as uint8, shape (rows, columns, 3)."""


def write_png(rgb: Rgb, stamp: Stamp, path: Path) -> Steps[tuple[Path, ...]]:
    """Write one picture.

    Raises:
        ResourceError: If it cannot be written.
    """
    chunks = PngInfo()
    for name, value in stamp.fields.items():
        chunks.add_itxt(name, value)
    with staged(path.parent) as staging:
        yield Progress(0, 1, f"writing {path.name}")
        with staging.path(path.name).open("wb") as file:
            Image.fromarray(rgb).save(file, "PNG", pnginfo=chunks)
        return staging.commit()
