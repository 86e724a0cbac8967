"""The text header of a NRRD or MetaImage file, checked before ITK reads it.

ITK's readers do not check what they read: `NDims = -1` crashes the process and its window. So a
header is passed to ITK only if every known field has a value of the expected form and no field is
empty.

Source: http://teem.sourceforge.net/nrrd/format.html;
https://itk.org/Wiki/ITK/MetaIO/Documentation.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ccsd_core.errors import ItkImageError

MOST_BYTES, MOST_LINES = 1 << 16, 500
"""Real headers are far shorter."""
MOST_AXES = 5
_INTEGER = r"[0-9]{1,9}"
_NUMBER = r"[-+]?(?:[0-9]{1,17}\.?[0-9]{0,20}|\.[0-9]{1,20})(?:[eE][-+]?[0-9]{1,2})?"
_BOOL = r"(?:True|False|true|false|TRUE|FALSE|[01TtFfYyNn])"
_WORD = r"[A-Za-z0-9][-\w.]{0,60}"
_TEXT = r"[\x20-\x7e\xa0-\xff]{1,1000}"
_VECTOR = rf"(?:\({_NUMBER}(?:\s*,\s*{_NUMBER}){{0,4}}\)|none)"
_EACH, _SQUARE = "each", "square"
_META_FIELDS: Mapping[str, tuple[str, str]] = {
    "NDims": (r"[2-5]", ""),
    "DimSize": (_INTEGER, _EACH),
    "ElementSpacing": (_NUMBER, _EACH),
    "ElementSize": (_NUMBER, _EACH),
    "Offset": (_NUMBER, _EACH),
    "Position": (_NUMBER, _EACH),
    "Origin": (_NUMBER, _EACH),
    "CenterOfRotation": (_NUMBER, _EACH),
    "TransformMatrix": (_NUMBER, _SQUARE),
    "Rotation": (_NUMBER, _SQUARE),
    "Orientation": (_NUMBER, _SQUARE),
    "AnatomicalOrientation": (r"[A-Za-z?]{1,5}", ""),
    "ElementType": (r"MET_[A-Z_]{3,30}", ""),
    "ElementNumberOfChannels": (r"[0-9]{1,3}", ""),
    "ElementMin": (_NUMBER, ""),
    "ElementMax": (_NUMBER, ""),
    "HeaderSize": (rf"-1|{_INTEGER}", ""),
    "CompressedData": (_BOOL, ""),
    "CompressedDataSize": (r"[0-9]{1,12}", ""),
    "CompressionLevel": (r"[0-9]", ""),
    "BinaryData": (_BOOL, ""),
    "BinaryDataByteOrderMSB": (_BOOL, ""),
    "ElementByteOrderMSB": (_BOOL, ""),
    "ObjectType": ("Image", ""),
    "ElementDataFile": (r"(?!LIST\b)(?!.*%)[^\x00-\x1f]{1,500}", ""),
}
_NRRD_FIELDS: Mapping[str, tuple[str, str]] = {
    "dimension": (r"[2-5]", ""),
    "space dimension": (r"[1-5]", ""),
    "space": (r"[-A-Za-z ]{2,60}", ""),
    "type": (r"[a-z0-9_ ]{3,30}", ""),
    "sizes": (_INTEGER, _EACH),
    "spacings": (rf"(?:{_NUMBER}|nan|NaN)", _EACH),
    "thicknesses": (rf"(?:{_NUMBER}|nan|NaN)", _EACH),
    "axis mins": (rf"(?:{_NUMBER}|nan|NaN)", _EACH),
    "axis maxs": (rf"(?:{_NUMBER}|nan|NaN)", _EACH),
    "centers": (r"(?:cell|node|none|\?\?\?)", _EACH),
    "centerings": (r"(?:cell|node|none|\?\?\?)", _EACH),
    "kinds": (r"(?:[-A-Za-z0-9]{1,30}|\?\?\?)", _EACH),
    "labels": (r'"[^"\\]{0,60}"', _EACH),
    "units": (r'"[^"\\]{0,60}"', _EACH),
    "space units": (r'"[^"\\]{0,60}"', "some"),
    "space directions": (_VECTOR, _EACH),
    "space origin": (_VECTOR, ""),
    "measurement frame": (_VECTOR, "some"),
    "endian": (r"little|big", ""),
    "encoding": (r"raw|txt|text|ascii|hex|gz|gzip|bz2|bzip2", ""),
    "byte skip": (rf"-1|{_INTEGER}", ""),
    "line skip": (_INTEGER, ""),
    "data file": (r"(?!LIST\b)(?!.*%)[^\x00-\x1f]{1,500}", ""),
    "content": (_TEXT, ""),
    "min": (_NUMBER, ""),
    "max": (_NUMBER, ""),
    "old min": (_NUMBER, ""),
    "old max": (_NUMBER, ""),
    "block size": (_INTEGER, ""),
    "sample units": (_TEXT, ""),
}
_NRRD_NEEDED = ("dimension", "type", "sizes", "encoding")
_META_NEEDED = ("NDims", "DimSize", "ElementType", "ElementDataFile")


def check_header(path: Path, *, nrrd: bool) -> None:
    """Check the header of a file.

    Args:
        path: Path of the file.
        nrrd: Whether it is a NRRD file; else it is a MetaImage.

    Raises:
        ItkImageError: If it cannot be read, or a field has an invalid value.
    """
    try:
        with path.open("rb") as file:
            lines = file.read(MOST_BYTES).decode("latin-1").split("\n")[:MOST_LINES]
    except OSError as error:
        raise ItkImageError(f"{path} cannot be read ({error.strerror}): check the path") from error
    known, needed = (_NRRD_FIELDS, _NRRD_NEEDED) if nrrd else (_META_FIELDS, _META_NEEDED)
    found: dict[str, str] = {}
    for name, value in _nrrd_fields(lines, path) if nrrd else _meta_fields(lines, path):
        if name in found:
            raise _damaged(path, f"states {name} twice")
        found[name] = value
        axes = found.get("dimension" if nrrd else "NDims", "")
        form = known.get(name)
        if form is not None and not _fits(value, *form, axes=int(axes) if axes.isdigit() else 0):
            raise _damaged(path, f"states {name} as {value[:40]!r}")
    if absent := [name for name in needed if name not in found]:
        raise _damaged(path, f"does not state {absent[0]}")


def _fits(value: str, form: str, several: str, *, axes: int) -> bool:
    """Whether a value has the expected form, repeated as often as required."""
    if not several:
        return re.fullmatch(form, value) is not None
    parts = re.findall(rf"{form}(?=\s|$)", value)
    together = re.fullmatch(rf"(?:{form}\s*(?:\s|$))+", value + " ") is not None
    wanted = {_EACH: axes, _SQUARE: axes * axes}.get(several)
    return together and (wanted is None or len(parts) == wanted)


def _meta_fields(lines: list[str], path: Path) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, equals, value = line.strip().partition("=")
        name, value = name.strip(), value.strip()
        if not line.strip():
            continue
        if not equals or re.fullmatch(_WORD, name) is None or re.fullmatch(_TEXT, value) is None:
            raise _damaged(path, f"has the line {line[:40]!r}")
        yield name, value
        if name == "ElementDataFile":
            return


def _nrrd_fields(lines: list[str], path: Path) -> Iterator[tuple[str, str]]:
    if re.fullmatch(r"NRRD000[1-5]\r?", lines[0]) is None:
        raise ItkImageError(f"{path} is not a usable NRRD file: export it again")
    for line in (one.rstrip("\r") for one in lines[1:]):
        if not line:
            return
        if line.startswith("#"):
            continue
        if re.fullmatch(rf"[^:=]{{1,80}}:=(?:{_TEXT})?", line):
            continue  # a user-defined key and value
        name, colon, value = line.partition(": ")
        name, value = _NRRD_NAMES.get(name.lower(), name.lower()), value.strip()
        if not colon or name not in _NRRD_FIELDS:
            raise _damaged(path, f"has the line {line[:40]!r}")
        yield name, value


_NRRD_NAMES = {
    "datafile": "data file",
    "lineskip": "line skip",
    "byteskip": "byte skip",
    "oldmin": "old min",
    "oldmax": "old max",
    "blocksize": "block size",
    "sampleunits": "sample units",
    "axismins": "axis mins",
    "axismaxs": "axis maxs",
}


def _damaged(path: Path, what: str) -> ItkImageError:
    return ItkImageError(f"{path} {what}: its header is damaged; export it again")
