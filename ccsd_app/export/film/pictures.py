"""The pictures of a film with their labels and provenance, and fitting them into a size."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ccsd_app.export.film.settings import Size
from ccsd_app.export.png import Rgb
from ccsd_app.export.stamp import Stamp
from ccsd_app.scene.palette import Rgb as Colour

BORDER: Colour = (0x12, 0x14, 0x18)
"""The colour around a picture of another shape: that of the captions."""


@dataclass(frozen=True, slots=True)
class FilmPictures:
    """Pictures in their order.

    Args:
        title: What the film shows.
        pictures: The pictures, all of one size.
        labels: One line about each.
        stamps: The provenance of each.
        stamp: The provenance of the film.
        about: More text for the film's comment.
        keep: Colours with a meaning, which a GIF must not change.
    """

    title: str
    pictures: Sequence[Rgb]
    labels: Sequence[str]
    stamps: Sequence[Stamp]
    stamp: Stamp
    about: str = ""
    keep: Sequence[Colour] = ()

    @property
    def comment(self) -> str:
        """The text for the comment of a file."""
        return "\n".join([*self.stamp.lines, *([self.about] if self.about else [])])

    def first(self, count: int) -> "FilmPictures":
        """The film of the first pictures only."""
        return FilmPictures(
            self.title,
            self.pictures[:count],
            self.labels[:count],
            self.stamps[:count],
            self.stamp,
            self.about,
            self.keep,
        )


def fitted(picture: Rgb, size: Size) -> Rgb:
    """A picture of exactly this size: made smaller if it is larger, with a border if it is smaller.

    Nothing is cut off or distorted, and nothing is enlarged.
    """
    width, height = size
    rows, columns = picture.shape[:2]
    if (columns, rows) == size:
        return picture
    factor = min(width / columns, height / rows)
    if factor < 1:
        inner = max(round(columns * factor), 1), max(round(rows * factor), 1)
        smaller = Image.fromarray(picture).resize(inner, Image.Resampling.LANCZOS)
        picture = np.asarray(smaller, np.uint8)
        rows, columns = picture.shape[:2]
    whole = np.full((height, width, 3), BORDER, np.uint8)
    top, left = (height - rows) // 2, (width - columns) // 2
    whole[top : top + rows, left : left + columns] = picture
    return whole


def of_one_size(pictures: Sequence[Rgb]) -> list[Rgb]:
    """The pictures with a border up to the size of the largest: captions may wrap differently."""
    height = max((picture.shape[0] for picture in pictures), default=0)
    width = max((picture.shape[1] for picture in pictures), default=0)
    return [_with_border(picture, width, height) for picture in pictures]


def _with_border(picture: Rgb, width: int, height: int) -> Rgb:
    """The picture at the top of a larger one, so that views do not jump between frames."""
    rows, columns = picture.shape[:2]
    if (columns, rows) == (width, height):
        return picture
    whole = np.full((height, width, 3), BORDER, np.uint8)
    left = (width - columns) // 2
    whole[:rows, left : left + columns] = picture
    return whole
