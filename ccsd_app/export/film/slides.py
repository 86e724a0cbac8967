"""Films as a folder of numbered pictures, for presentations, with an index.

slides/0001.png  slides/0002.png  …  slides/index.txt
"""

from itertools import count
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ccsd_app.export.errors import ExportError
from ccsd_app.export.film.pictures import FilmPictures, fitted
from ccsd_app.export.film.settings import FilmSettings
from ccsd_app.export.staging import staged
from ccsd_core.progress import Progress, Steps

INDEX = "index.txt"


def new_folder(folder: Path) -> Path:
    """The folder, or the first of `folder-2`, `folder-3`, … that does not exist.

    Slides of another film are never replaced, nor mixed with those of this one.
    """
    if not folder.exists():
        return folder
    names = (folder.with_name(f"{folder.name}-{number}") for number in count(2))
    return next(one for one in names if not one.exists())


def write_slides(
    film: FilmPictures, settings: FilmSettings, folder: Path
) -> Steps[tuple[Path, ...]]:
    """Write each picture as PNG with its provenance, and an index of all.

    Raises:
        ExportError: If there is no picture.
        ResourceError: If the folder cannot be written.
    """
    if not film.pictures:
        raise ExportError("There is no picture to export: choose at least one")
    total = len(film.pictures)
    lines = [film.title, f"{total} pictures, {settings.seconds:g} s each", ""]
    with staged(folder) as staging:
        numbered = zip(film.pictures, film.labels, film.stamps, strict=True)
        for number, (picture, label, stamp) in enumerate(numbered, start=1):
            name = f"{number:04}.png"
            yield Progress(number - 1, total, f"writing {name}")
            chunks = PngInfo()
            for field, value in stamp.fields.items():
                chunks.add_itxt(field, value)
            chunks.add_itxt("label", label)
            with staging.path(name).open("wb") as file:
                image = Image.fromarray(fitted(picture, settings.frame_size))
                image.save(file, "PNG", pnginfo=chunks)
            lines.append(f"{name}  {label}")
        text = "\n".join([*lines, "", film.comment, ""])
        staging.path(INDEX).write_text(text, encoding="utf-8")
        return staging.commit()
