"""The formats that images are read from, and the only access to their headers and voxels.

To add a format: one `ImageFormat` next to its reader, one entry in `FORMATS`.
"""

from collections.abc import Sequence
from pathlib import Path

from ccsd_core.storage.image_format import ImageFormat, ImageHeader
from ccsd_core.storage.itk.itk_format import ITK
from ccsd_core.storage.nifti.nifti_format import NIFTI
from ccsd_core.storage.nifti.reader import whole_numbers
from ccsd_core.storage.stored_volume import StoredVolume

FORMATS: tuple[ImageFormat, ...] = (NIFTI, ITK)
"""Formats in the order in which they are tried on a file."""


def images_in(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """The files in a folder that stand for an image, with the name that it is recognised by.

    Args:
        folder: Folder of the files.
        names: The files' names.

    Returns:
        By file name: the name without its ending.

    >>> images_in(Path(), ["notes.txt", "p_t1.nii.gz"])
    {'p_t1.nii.gz': 'p_t1'}
    """
    found: dict[str, str] = {}
    for one in FORMATS:
        found |= one.images_in(folder, [name for name in names if name not in found])
    return found


def name_of_image(path: Path) -> str | None:
    """The name that an image is recognised by (of a file: its stem); None if it is not an image."""
    return images_in(path.parent, [path.name]).get(path.name)


def read_header(path: Path) -> ImageHeader:
    """The header of an image.

    Raises:
        BadInputError: If it cannot be used.
    """
    return _format_of(path).read_header(path)


def load_volume(path: Path) -> StoredVolume:
    """Read a 3-D image as float32.

    Raises:
        BadInputError: If it is not a usable 3-D image.
    """
    return _format_of(path).load_volume(path)


def load_channels(path: Path) -> tuple[StoredVolume, ...]:
    """Read a 4-D image as one float32 volume per channel.

    Raises:
        BadInputError: If it is not a usable 4-D image.
    """
    return _format_of(path).load_channels(path)


def load_labels(path: Path) -> StoredVolume:
    """Read a label map as uint8, whatever data type it was stored in.

    Raises:
        BadInputError: If it is not a usable 3-D image, or its values are not labels.
    """
    return whole_numbers(load_volume(path), path=path)


def _format_of(path: Path) -> ImageFormat:
    """Format of a file; for an unknown name NIfTI, because its reader reports the actual format."""
    for one in FORMATS:
        if path.name in one.images_in(path.parent, [path.name]):
            return one
    return NIFTI
