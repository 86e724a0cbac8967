"""The newest sample picture as a file, RUN/sample.png, with its description as text in it."""

import io
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ccsd_core.storage.atomic import write_bytes
from ccsd_core.training.logs.sample_picture import SamplePicture

SAMPLE = "sample.png"


def write_sample(run: Path, sample: SamplePicture, *, step: int) -> None:
    """Write the picture; an earlier one is replaced.

    Raises:
        ResourceError: If it cannot be written.
    """
    info = PngInfo()
    for key, text in (("case", sample.case), ("inputs", sample.inputs), ("step", str(step))):
        info.add_itxt(key, text)
    buffer = io.BytesIO()
    Image.fromarray(sample.image).save(buffer, "png", pnginfo=info)
    write_bytes(run / SAMPLE, buffer.getvalue())
