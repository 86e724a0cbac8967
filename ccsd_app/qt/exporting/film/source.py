"""What a film shows: a number of pictures, each drawn by the views when it is needed.

    FilmSource ── draw(index, scale) ──▶ a picture with its caption
               └─ drawn_pictures(source, scale) ──▶ all of them, of one size

The state at the time the film was asked for is drawn, so that the user can continue working.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QImage

from ccsd_app.export.film.pictures import FilmPictures, of_one_size
from ccsd_app.export.film.settings import Size
from ccsd_app.export.png import Rgb
from ccsd_app.export.stamp import Stamp
from ccsd_app.qt.widgets.pixels import rgb_of
from ccsd_app.scene.palette import Rgb as Colour
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.progress import Progress, Steps

ROUNDING_PX = 2
"""A picture may be larger than planned by this much, as its parts are rounded to whole pixels."""


@dataclass(frozen=True, slots=True)
class FilmSource:
    """A film that can be drawn.

    Args:
        what: What it shows, for the file's name.
        title: The same for the user.
        subset: The subset in the file's name; None for several.
        draw: Draws a picture, given its index and the pixels of the picture per window pixel.
        labels: One line about each picture.
        stamps: The provenance of each picture.
        stamp: The provenance of the film.
        seconds: How long a picture is shown, unless the user chooses otherwise.
        rate: Frames per second of a video, unless the user chooses otherwise.
        about: More text for the file's comment.
        keep: Colours with a meaning.
        with_count: The same film with another number of pictures; None if that is fixed.
    """

    what: str
    title: str
    subset: ModalitySubset | None
    draw: Callable[[int, float], QImage]
    labels: Sequence[str]
    stamps: Sequence[Stamp]
    stamp: Stamp
    seconds: float
    rate: int
    about: str = ""
    keep: Sequence[Colour] = ()
    with_count: "Callable[[int], FilmSource] | None" = None

    @property
    def count(self) -> int:
        """How many pictures it has."""
        return len(self.labels)


def drawn_pictures(
    source: FilmSource, scale: float, *, size: Size | None = None, first: int | None = None
) -> Steps[FilmPictures]:
    """Draw a film, or its first pictures.

    Args:
        source: The film.
        scale: Pixels of a picture per window pixel.
        size: The size that this scale was chosen for; what rounding adds to it is cut off.
        first: How many pictures; None for all.

    Raises:
        ExportError: If a picture cannot be drawn.
    """
    count = source.count if first is None else min(first, source.count)
    pictures: list[Rgb] = []
    for index in range(count):
        yield Progress(index, count, f"picture {index + 1} of {count}")
        pictures.append(_cut(rgb_of(source.draw(index, scale)), size))
    return FilmPictures(
        source.title,
        of_one_size(pictures),
        source.labels[:count],
        source.stamps[:count],
        source.stamp,
        source.about,
        source.keep,
    )


def _cut(picture: Rgb, size: Size | None) -> Rgb:
    """The picture without the pixels that rounding added below and at the right."""
    if size is None:
        return picture
    rows, columns = picture.shape[:2]
    width = size[0] if 0 < columns - size[0] <= ROUNDING_PX else columns
    height = size[1] if 0 < rows - size[1] <= ROUNDING_PX else rows
    return picture[:height, :width]
