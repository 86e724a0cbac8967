"""Films as MP4 (H.264) and WebM (VP9), written by ffmpeg, with provenance in title and comment.

pictures ──▶ repeated until they change ──▶ ffmpeg (a process) ──▶ file ──▶ its frames counted

ffmpeg comes with the package imageio-ffmpeg, which is optional. It is a program of its own: it is
run, not linked, as its licence (GPL) asks for.
"""

import importlib
import importlib.util
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

from ccsd_app.export.errors import ExportError
from ccsd_app.export.film.pictures import FilmPictures, fitted
from ccsd_app.export.film.settings import FilmFormat, FilmSettings
from ccsd_app.export.staging import staged
from ccsd_core.errors import first_line
from ccsd_core.progress import Progress, Steps

PACKAGE = "imageio_ffmpeg"
MISSING = (
    "MP4 and WebM need a package that is not installed: pip install 'ccsd[film]'. "
    "GIF and PNG slides need nothing more."
)
CODECS = {FilmFormat.MP4: "libx264", FilmFormat.WEBM: "libvpx-vp9"}
QUALITY = {
    FilmFormat.MP4: ["-crf", "20", "-preset", "fast", "-movflags", "+faststart"],
    FilmFormat.WEBM: ["-crf", "30", "-b:v", "0", "-cpu-used", "5", "-row-mt", "1"],
}
"""Constant quality, at which small captions stay legible."""
COLOURS = [
    *("-vf", "scale=out_color_matrix=bt709:out_range=tv"),
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
]
"""Colours are converted as players expect, so that regions keep theirs."""


def no_video() -> str:
    """What to install before videos can be written; "" if nothing."""
    return "" if importlib.util.find_spec(PACKAGE) else MISSING


def write_video(film: FilmPictures, settings: FilmSettings, path: Path) -> Steps[tuple[Path, ...]]:
    """Write pictures as a video.

    Raises:
        ExportError: If there is no picture, ffmpeg is missing, or it fails.
        ResourceError: If the file cannot be written.
    """
    if not film.pictures:
        raise ExportError("There is no picture to export: choose at least one")
    if missing := no_video():
        raise ExportError(missing)
    library: Any = importlib.import_module(PACKAGE)

    count = len(film.pictures)
    with staged(path.parent) as staging:
        file = staging.path(path.name)
        yield Progress(0, count + 1, f"writing {path.name}")
        try:
            with closing(_ffmpeg(library, film, settings, file)) as ffmpeg:
                ffmpeg.send(None)
                repeats = settings.repeats(count)
                for done, (picture, times) in enumerate(
                    zip(film.pictures, repeats, strict=True), start=1
                ):
                    frame = fitted(picture, settings.frame_size).tobytes()
                    for _ in range(times):
                        ffmpeg.send(frame)
                    yield Progress(done, count + 1, f"picture {done} of {count}")
            yield Progress(count, count + 1, "checking the file")
            written, _seconds = library.count_frames_and_secs(file)
        except (OSError, RuntimeError) as error:
            raise ExportError(f"ffmpeg could not write {path.name}: {first_line(error)}") from error
        if written != settings.frames(count):
            raise ExportError(
                f"ffmpeg wrote {written} of {settings.frames(count)} frames of {path.name}: "
                "choose another folder or format"
            )
        return staging.commit()


def _ffmpeg(
    library: Any, film: FilmPictures, settings: FilmSettings, file: Path
) -> Generator[None, bytes | None, None]:
    """The running program: send it None, then frames; close it."""
    told = {"title": film.title, "comment": film.comment}
    texts = [part for name, text in told.items() for part in ("-metadata", f"{name}={text}")]
    return library.write_frames(
        str(file),
        settings.frame_size,
        fps=settings.rate,
        codec=CODECS[settings.form],
        quality=None,
        macro_block_size=1,  # frames are even: nothing has to be rescaled
        ffmpeg_log_level="error",
        output_params=[*QUALITY[settings.form], *COLOURS, *texts],
    )
