"""Animations as GIF, with their provenance in the file's comment.

    frames ──▶ one palette for all ──▶ each frame in its nearest colours ──▶ GIF

All frames share one palette, and there is no dithering: otherwise unchanged parts would flicker.
Colours with a meaning are always in the palette, even if few pixels have them.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from ccsd_app.export.errors import ExportError
from ccsd_app.export.png import Rgb
from ccsd_app.export.staging import staged
from ccsd_app.export.stamp import Stamp
from ccsd_app.scene.palette import Rgb as Colour
from ccsd_core.progress import Progress, Steps

COLOURS = 256
SAMPLED_FRAMES = 8
"""The palette is computed from this many frames, as neighbouring frames share their colours."""
FOREVER = 0


def write_gif(
    frames: Sequence[Rgb],
    stamp: Stamp,
    path: Path,
    *,
    frame_ms: int,
    keep: Sequence[Colour] = (),
    about: str = "",
) -> Steps[tuple[Path, ...]]:
    """Write frames of one size as an endless animation.

    Args:
        frames: The pictures.
        stamp: Their provenance.
        path: The file to write.
        frame_ms: Duration of each frame, in ms.
        keep: Colours that must not change.
        about: More text for the comment, for example the subsets of a stepwise removal.

    Raises:
        ExportError: If there is no frame.
        ResourceError: If it cannot be written.
    """
    if not frames:
        raise ExportError("There is no picture to export: choose at least one subset")
    total = len(frames) + 1
    yield Progress(0, total, "colours")
    palette = _palette(frames, list(dict.fromkeys(keep)))
    pictures: list[Image.Image] = []
    for done, frame in enumerate(frames, start=1):
        yield Progress(done, total, f"picture {done} of {len(frames)}")
        flat = Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE)
        pictures.append(flat)
    comment = "\n".join([*stamp.lines, *([about] if about else [])])
    with staged(path.parent) as staging:
        yield Progress(total, total, f"writing {path.name}")
        with staging.path(path.name).open("wb") as file:
            pictures[0].save(
                file,
                "GIF",
                save_all=True,
                append_images=pictures[1:],
                duration=frame_ms,
                loop=FOREVER,
                optimize=False,
                comment=comment.encode(),
            )
        yield Progress(total, total, "saving the file")
        return staging.commit()


def _palette(frames: Sequence[Rgb], keep: Sequence[Colour]) -> Image.Image:
    """The colours to keep, and those of a sample of the frames, reduced to what a GIF can hold."""
    step = max(1, len(frames) // SAMPLED_FRAMES)
    sample = Image.fromarray(np.concatenate([frame[::2, ::2] for frame in frames[::step]]))
    found = sample.quantize(COLOURS - len(keep), Image.Quantize.MEDIANCUT).getpalette() or []
    colours = [*(part for colour in keep for part in colour), *found]
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours[: 3 * COLOURS])
    return palette
