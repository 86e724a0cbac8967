"""How a film is written: its format, pace and size, and what follows from them.

pictures × seconds ──▶ length ──▶ frames (a video repeats each picture until it is due to change)
"""

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

Size = tuple[int, int]
"""Width and height, in pixels."""

SHORTEST_S = 0.02
"""Shortest time a picture is shown, in seconds: programs show faster GIFs slowly."""


class FilmFormat(Enum):
    """A format of films; the value is the ending of its files."""

    MP4 = "mp4"
    WEBM = "webm"
    GIF = "gif"
    SLIDES = "png"

    @property
    def is_video(self) -> bool:
        """Whether ffmpeg writes it."""
        return self in (FilmFormat.MP4, FilmFormat.WEBM)


@dataclass(frozen=True, slots=True)
class FilmSettings:
    """What the user chooses for a film.

    >>> slow = FilmSettings(FilmFormat.MP4, seconds=1.4, rate=10, size=(805, 901))
    >>> slow.frames(15), slow.length_s(15), slow.frame_size
    (210, 21.0, (806, 902))

    Args:
        form: The format.
        seconds: Time that each picture is shown, in seconds.
        rate: Frames per second of a video; other formats have one frame per picture.
        size: The size into which pictures are fitted.
    """

    form: FilmFormat
    seconds: float
    rate: int
    size: Size

    @property
    def frame_size(self) -> Size:
        """The size of the frames: even in a video, as its colours have half the resolution."""
        width, height = self.size
        return (width + width % 2, height + height % 2) if self.form.is_video else self.size

    def repeats(self, pictures: int) -> list[int]:
        """How many frames show each of the pictures."""
        if not self.form.is_video:
            return [1] * pictures
        ends = [round(done * self.seconds * self.rate) for done in range(pictures + 1)]
        return [end - start for start, end in pairwise(ends)]

    def frames(self, pictures: int) -> int:
        """Number of frames of a film with this number of pictures."""
        return sum(self.repeats(pictures))

    def length_s(self, pictures: int) -> float:
        """How long the film lasts, in seconds."""
        if self.form.is_video:
            return self.frames(pictures) / self.rate
        return round(pictures * self.frame_ms / 1000, 3)

    @property
    def frame_ms(self) -> int:
        """Time that each picture of a GIF is shown, in ms: GIF counts hundredths of a second."""
        return 10 * round(100 * self.seconds)

    @property
    def problem(self) -> str:
        """Why no film can be written; "" if one can."""
        if self.form.is_video and self.seconds * self.rate < 1:
            return (
                f"At {self.rate} frames per second, a picture is shown for at least "
                f"{1 / self.rate:.2f} s: choose more frames or a longer time"
            )
        return ""
