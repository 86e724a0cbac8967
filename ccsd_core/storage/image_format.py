"""What a file format offers so that its images can be found, looked at and opened.

    names of a folder ──images_in──▶ images ──read_header──▶ ImageHeader
                                       └────load_volume, load_channels──▶ StoredVolume

A format is one value of `ImageFormat` beside its reader, and one entry in `storage.formats`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ccsd_core.domain.case import StoredGrid
from ccsd_core.storage.stored_volume import StoredVolume


class ImageHeader(Protocol):
    """What is known of an image before its voxels are read."""

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
        """Whether the file states where it lies."""
        ...

    @property
    def description(self) -> str:
        """Free text, by which this program knows its own predictions."""
        ...


@dataclass(frozen=True, slots=True)
class ImageFormat:
    """How images of one format are found and read. Paths come from `images_in`.

    Args:
        name: Name of the format that users read.
        images_in: Function from a folder and names of files in it to the files of one image each,
            with the name that tells what it shows. Of an image in many files (a DICOM series) one
            file stands for all.
        read_header: Raises a `CcsdError` where the header cannot be used.
        load_volume: Reads a 3-D image; raises a `CcsdError` where that cannot be done.
        load_channels: Reads a 4-D image, one volume a channel.
    """

    name: str
    images_in: Callable[[Path, Sequence[str]], Mapping[str, str]]
    read_header: Callable[[Path], ImageHeader]
    load_volume: Callable[[Path], StoredVolume]
    load_channels: Callable[[Path], tuple[StoredVolume, ...]]
