"""Output files named by options: a file that this program did not write is never overwritten.

`--json FILE`, `--snapshot FILE`, `report -o FILE`: an existing file has to state that this
program wrote it. That is checked before the work begins, which may take hours.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from ccsd_app.export.sidecar import write_json as write_any_json
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.errors import BadInputError
from ccsd_core.storage.atomic import check_place
from ccsd_core.storage.documents import parsed_json
from ccsd_core.version import PROGRAM, software_version

SOFTWARE = "software"
"""The key under which JSON and PNG files name the program that wrote them."""


def check_json(path: Path | None) -> None:
    """Check that JSON can be written to this path; None needs no check.

    Raises:
        BadInputError: If it does not end in `.json`, or the file was not written by this program.
    """
    if path is not None:
        _check(path, ".json", _writer_of_json)


def check_png(path: Path) -> None:
    """Check that a picture can be written to this path.

    Raises:
        BadInputError: If it does not end in `.png`, or the file was not written by this program.
    """
    _check(path, ".png", _writer_of_png)


def check_pdf(path: Path) -> None:
    """Check that a report can be written to this path.

    Raises:
        BadInputError: If it does not end in `.pdf`, or the file was not written by this program.
    """
    _check(path, ".pdf", _writer_of_pdf)


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write JSON with the name of this program, completely or not at all.

    Raises:
        ResourceError: If it cannot be written.
    """
    about = {SOFTWARE: software_version(), "disclaimer": DISCLAIMER}
    write_any_json(path, {**content, **about})


def _check(path: Path, ending: str, writer_of: Callable[[Path], object]) -> None:
    if path.suffix.lower() != ending:
        raise BadInputError(f"{path} must end in {ending}")
    if path.is_dir():
        raise BadInputError(f"{path} is a folder: give a file name")
    check_place(path)
    if not path.exists() or path.stat().st_size == 0:
        return
    if not str(writer_of(path)).startswith(f"{PROGRAM} "):
        raise BadInputError(
            f"{path} exists and was not written by this program: choose another output, or move "
            "it away"
        )


def _writer_of_json(path: Path) -> object:
    try:
        content = parsed_json(path.read_bytes())
    except (OSError, ValueError):
        return None
    return content.get(SOFTWARE) if isinstance(content, dict) else None


def _writer_of_pdf(path: Path) -> object:
    """The program that the file's XMP metadata names as its creator."""
    try:
        found = re.search(rb'CreatorTool="([^"]*)"', path.read_bytes())
    except OSError:
        return None
    return found[1].decode(errors="replace") if found else None


def _writer_of_png(path: Path) -> object:
    from PIL import Image, PngImagePlugin

    try:
        with Image.open(path) as picture:
            if isinstance(picture, PngImagePlugin.PngImageFile):
                return picture.text.get(SOFTWARE)
    except (OSError, ValueError, SyntaxError):  # PIL raises SyntaxError for a broken PNG
        pass
    return None
