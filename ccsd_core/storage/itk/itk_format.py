"""NRRD and MetaImage as one of the formats: `.nrrd`, `.nhdr`, `.mha`, `.mhd`."""

import re
from collections.abc import Sequence
from pathlib import Path

from ccsd_core.storage.image_format import ImageFormat
from ccsd_core.storage.itk.reader import load_channels, load_volume, read_header


def stem_of(name: str) -> str | None:
    """A file's name without its ending; None if it has none of these endings.

    >>> stem_of("p_t1.nrrd"), stem_of("tumour.seg.nrrd"), stem_of("p_t1.raw")
    ('p_t1', 'tumour.seg', None)
    """
    match = re.fullmatch(r"(?P<stem>[^.].*)\.(?:nrrd|nhdr|mha|mhd)", name, flags=re.IGNORECASE)
    return match["stem"] if match else None


def _images_in(folder: Path, names: Sequence[str]) -> dict[str, str]:
    return {name: stem for name in names if (stem := stem_of(name)) is not None}


ITK = ImageFormat(
    name="NRRD and MetaImage",
    images_in=_images_in,
    read_header=read_header,
    load_volume=load_volume,
    load_channels=load_channels,
)
