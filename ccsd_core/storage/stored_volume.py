"""An image in memory, and its grid on disk."""

from dataclasses import dataclass

from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.volume import Volume


@dataclass(frozen=True, slots=True, eq=False)
class StoredVolume:
    """An image in memory, and its grid on disk.

    Args:
        volume: The canonical (RAS+) volume.
        stored: The grid of the file.
        notes: Corrections made on reading, one sentence each.
        placed: Whether the file states its position in the patient.
    """

    volume: Volume
    stored: StoredGrid
    notes: tuple[str, ...] = ()
    placed: bool = True
