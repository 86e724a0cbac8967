"""NIfTI as one of the formats: a file whose name ends in `.nii` or `.nii.gz` is an image."""

import re
from collections.abc import Sequence
from pathlib import Path

from ccsd_core.storage.image_format import ImageFormat
from ccsd_core.storage.nifti.header import read_header
from ccsd_core.storage.nifti.reader import load_channels, load_volume


def stem_of(name: str) -> str | None:
    """A file's name without `.nii` or `.nii.gz`; None if it is not a NIfTI name.

    >>> stem_of("a_t1.nii.gz"), stem_of("W39_1998.09.19_Segm.nii"), stem_of("notes.txt")
    ('a_t1', 'W39_1998.09.19_Segm', None)
    """
    match = re.fullmatch(r"(?P<stem>[^.].*)\.nii(?:\.gz)?", name, flags=re.IGNORECASE)
    return match["stem"] if match else None


def _images_in(folder: Path, names: Sequence[str]) -> dict[str, str]:
    return {name: stem for name in names if (stem := stem_of(name)) is not None}


NIFTI = ImageFormat(
    name="NIfTI",
    images_in=_images_in,
    read_header=read_header,
    load_volume=load_volume,
    load_channels=load_channels,
)
