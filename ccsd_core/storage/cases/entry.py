"""One image of a case's files, whose header is read once.

Its header (for the MSD layout also `dataset.json`) is read when it is first needed, and cached:
opening one of five hundred files reads no other header, and none is read twice.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError, CcsdError
from ccsd_core.storage.cases.msd import channel_order, is_msd_name
from ccsd_core.storage.formats import name_of_image, read_header
from ccsd_core.storage.image_format import ImageHeader
from ccsd_core.storage.label_maps.segmentation_file import PREDICTIONS
from ccsd_core.storage.names.naming import words_of


@dataclass(frozen=True, eq=False)
class Entry:
    """An image file, or the file that stands for an image in many files.

    Args:
        path: Path of the file.
        stem: The name that it is recognised by: the file's name without its ending; None if that is
            not an image's name.
    """

    path: Path
    stem: str | None

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of its name."""
        return words_of(self.stem or self.path.name)

    @property
    def header(self) -> ImageHeader | None:
        """Its header; None if it cannot be used."""
        return None if isinstance(self._header_or_error, CcsdError) else self._header_or_error

    @property
    def error(self) -> CcsdError | None:
        """Why its header cannot be used; None if it can."""
        return self._header_or_error if isinstance(self._header_or_error, CcsdError) else None

    @property
    def channels(self) -> int:
        """Number of images in a 4-D file; 0 for all other files."""
        header = self.header
        return header.shape[3] if header is not None and len(header.shape) == 4 else 0

    @property
    def is_prediction(self) -> bool:
        """Whether this program wrote it, according to its header; False without a header."""
        return self.header is not None and self.header.description in PREDICTIONS

    @property
    def is_msd(self) -> bool:
        """Whether it is a 4-D image of the MSD layout, by its folder and name."""
        return self.stem is not None and is_msd_name(self.path)

    @cached_property
    def channel_order(self) -> tuple[Modality, ...] | CaseError:
        """Which sequence each channel of a file of the MSD layout is, or why it is not known."""
        try:
            return channel_order(self.path)
        except CaseError as error:
            return error

    @cached_property
    def _header_or_error(self) -> ImageHeader | CcsdError:
        try:
            return read_header(self.path)
        except CcsdError as error:
            return error


def entry_of(path: Path) -> Entry:
    """The entry of any file."""
    return Entry(path, name_of_image(path))
