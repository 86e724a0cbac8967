"""Writes a film in any format, and measures how large its file will be."""

import tempfile
from dataclasses import replace
from pathlib import Path

from ccsd_app.export.film.pictures import FilmPictures, fitted
from ccsd_app.export.film.settings import FilmFormat, FilmSettings
from ccsd_app.export.film.slides import write_slides
from ccsd_app.export.film.video import write_video
from ccsd_app.export.gif import write_gif
from ccsd_core.progress import Steps

HELD_FRAMES = 3
"""Most frames that show one picture in the sample of a video."""
STILL_FRAMES = 4
"""Frames in which nothing changes, whose size is measured."""
WHOLE_FRAMES = 120
"""A film of no more frames, whose pictures are all drawn, is written whole to measure it."""


def write_film(film: FilmPictures, settings: FilmSettings, path: Path) -> Steps[tuple[Path, ...]]:
    """Write a film.

    Args:
        film: Its pictures.
        settings: How to write it.
        path: The file; for slides, a folder.

    Raises:
        ExportError: If there is no picture, or ffmpeg is missing or fails.
        ResourceError: If the file cannot be written.
    """
    match settings.form:
        case FilmFormat.MP4 | FilmFormat.WEBM:
            return write_video(film, settings, path)
        case FilmFormat.SLIDES:
            return write_slides(film, settings, path)
        case FilmFormat.GIF:
            size = settings.frame_size
            return write_gif(
                [fitted(picture, size) for picture in film.pictures],
                film.stamp,
                path,
                frame_ms=settings.frame_ms,
                keep=film.keep,
                about=film.about,
            )


def estimated_bytes(sample: FilmPictures, settings: FilmSettings, pictures: int) -> Steps[int]:
    """The size of a film, from its first pictures: they are written to a temporary folder.

    A short film of no more pictures is written whole. Else are counted by themselves: the first
    picture, the change to each next one, and the frames of a video in which nothing changes.

    Args:
        sample: The first pictures.
        settings: How the film is written.
        pictures: How many pictures it has in all.

    Raises:
        ExportError: If ffmpeg is missing or fails.
        ResourceError: If the temporary folder cannot be written.
    """
    count, held = len(sample.pictures), 1
    if count == pictures and settings.frames(pictures) <= WHOLE_FRAMES:
        return (yield from _written_bytes(sample, settings))
    brief = settings
    if settings.form.is_video:
        held = min(HELD_FRAMES, max(round(settings.seconds * settings.rate), 1))
        brief = replace(settings, seconds=held / settings.rate)
    first = yield from _written_bytes(sample.first(1), brief)
    change = still = 0.0
    if count > 1:
        some = yield from _written_bytes(sample, brief)
        change = max(some - first, 0) / (count - 1)
    left = settings.frames(pictures) - held * pictures
    if left > 0:
        longer = replace(settings, seconds=(held + STILL_FRAMES) / settings.rate)
        long = yield from _written_bytes(sample.first(1), longer)
        still = max(long - first, 0) / STILL_FRAMES
    return round(first + change * (pictures - 1) + still * left)


def _written_bytes(film: FilmPictures, settings: FilmSettings) -> Steps[int]:
    """The bytes of a film, which is written and deleted."""
    with tempfile.TemporaryDirectory(prefix="ccsd-film-") as folder:
        path = Path(folder) / f"film.{settings.form.value}"
        paths = yield from write_film(film, settings, path)
        return sum(path.stat().st_size for path in paths)
