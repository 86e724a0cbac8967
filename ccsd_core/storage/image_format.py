"""The interface of a file format: finding images, reading headers and voxels.

    names of a folder ──images_in──▶ images ──read_header──▶ ImageHeader
                                       └────load_volume, load_channels──▶ StoredVolume

A format is one value of `ImageFormat` next to its reader, and one entry in `storage.formats`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ccsd_core.domain.case import StoredGrid
from ccsd_core.storage.stored_volume import StoredVolume


class ImageHeader(Protocol):
    """The header of an image, known before its voxels are read."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of at least three axes; a fourth counts the channels."""
        ...

    @property
    def stored(self) -> StoredGrid:
        """Grid of the image as stored."""
        ...

    @property
    def placed(self) -> bool:
        """Whether the file states its position in space."""
        ...

    @property
    def description(self) -> str:
        """Free text, by which this program recognises its own predictions."""
        ...


@dataclass(frozen=True, slots=True)
class ImageFormat:
    """Functions that find and read images of one format. Paths come from `images_in`.

    Args:
        name: Name of the format that users read.
        images_in: Function from a folder and names of files in it to the files that stand for an
            image, each with the name that the image is recognised by. One file stands for an image
            in many files (a DICOM series).
        read_header: Raises a `CcsdError` where the header cannot be used.
        load_volume: Reads a 3-D image; raises a `CcsdError` where that cannot be done.
        load_channels: Reads a 4-D image, one volume per channel.
    """

    name: str
    images_in: Callable[[Path, Sequence[str]], Mapping[str, str]]
    read_header: Callable[[Path], ImageHeader]
    load_volume: Callable[[Path], StoredVolume]
    load_channels: Callable[[Path], tuple[StoredVolume, ...]]
