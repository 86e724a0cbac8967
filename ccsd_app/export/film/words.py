"""What is said about a film before it is written: its length, its size, and why it cannot be."""

from ccsd_app.export.film.settings import FilmFormat, FilmSettings
from ccsd_app.export.film.video import no_video

TITLES = {
    FilmFormat.MP4: "MP4 video (H.264)",
    FilmFormat.WEBM: "WebM video (VP9)",
    FilmFormat.GIF: "GIF",
    FilmFormat.SLIDES: "Slides: a folder of PNG pictures",
}
MOST_BYTES = 1_500_000_000
"""Memory that the pictures of a film may take."""


def length_text(settings: FilmSettings, pictures: int) -> str:
    """`45 pictures · 90 frames · 3.6 s · 806 × 902 pixels`, as far as it applies.

    >>> settings = FilmSettings(FilmFormat.MP4, seconds=0.08, rate=25, size=(805, 901))
    >>> length_text(settings, 45)
    '45 pictures · 90 frames · 3.6 s · 806 × 902 pixels (a border makes them even)'
    """
    width, height = settings.frame_size
    parts = [f"{pictures} picture{'s' * (pictures != 1)}"]
    if settings.form.is_video:
        frames = settings.frames(pictures)
        parts.append(f"{frames} frame{'s' * (frames != 1)}")
    if settings.form is not FilmFormat.SLIDES:
        parts.append(f"{settings.length_s(pictures):g} s")
    even = " (a border makes them even)" if settings.frame_size != settings.size else ""
    return " · ".join([*parts, f"{width} × {height} pixels{even}"])


def size_text(size_bytes: int) -> str:
    """`about 1.2 MB`.

    >>> size_text(1_234_567), size_text(186_000), size_text(81_400)
    ('about 1.2 MB', 'about 190 kB', 'about 81 kB')
    """
    megabytes = size_bytes / 1e6
    if megabytes < 0.1:
        return f"about {max(round(size_bytes / 1000), 1)} kB"
    if megabytes < 0.995:
        return f"about {round(100 * megabytes)}0 kB"
    return f"about {megabytes:.1f} MB" if megabytes < 10 else f"about {megabytes:.0f} MB"


def why_not(settings: FilmSettings, pictures: int) -> str:
    """Why a film cannot be written with these settings; "" if it can."""
    if settings.form.is_video and (missing := no_video()):
        return missing
    width, height = settings.frame_size
    needed = 3 * width * height * pictures
    if needed > MOST_BYTES:
        return (
            f"{pictures} pictures of {width} × {height} pixels take {needed / 1e9:.1f} GB of "
            "memory: choose fewer pictures or a smaller size"
        )
    return settings.problem
