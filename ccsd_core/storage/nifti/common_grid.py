"""Bringing the images of a case onto one grid: that of its first sequence.

An image whose header does not state its position is placed like others of its shape; one on another
grid is resampled. Both are reported.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError
from ccsd_core.storage.nifti.reader import background_of, placed_as
from ccsd_core.storage.nifti.resample import onto_grid, overlap
from ccsd_core.storage.stored_volume import StoredVolume


def placed(
    read: Mapping[Modality, StoredVolume], paths: Mapping[Modality, Path]
) -> tuple[dict[Modality, StoredVolume], tuple[str, ...]]:
    """Place images that do not state their position like others of their shape.

    Args:
        read: The images as read.
        paths: Their files, for the notes.
    """
    result = dict(read)
    notes: list[str] = []
    for modality, one in read.items():
        for other in read.values():
            if not one.placed and _places(other, one):
                result[modality] = placed_as(one, other)
                notes.append(_placing_note(paths[modality]))
                break
    return result, tuple(notes)


def placed_like(
    one: StoredVolume, first: StoredVolume, *, path: Path
) -> tuple[StoredVolume, tuple[str, ...]]:
    """Place one image, for example the labels, like `first`, if it does not state its position."""
    if one.placed or not _places(first, one):
        return one, ()
    return placed_as(one, first), (_placing_note(path),)


def on_grid(
    volume: Volume, grid: Volume, *, name: str, order: Literal["linear", "nearest"]
) -> tuple[Volume, tuple[str, ...]]:
    """`volume` on the grid of the first sequence, with a note if it had to be resampled.

    Raises:
        CaseError: If the two do not overlap.
    """
    if volume.same_grid(grid):
        return grid.with_array(volume.array), ()
    if not overlap(volume, grid):
        raise CaseError(
            f"{name} does not overlap the first sequence of the case: leave it out, or register "
            "the images first"
        )
    outside = background_of(volume.array) if order == "linear" else 0.0
    moved = onto_grid(volume, grid, order=order, outside=outside)
    return moved, (resampled_note(name, order=order),)


def resampled_note(name: str, *, order: Literal["linear", "nearest"] = "linear") -> str:
    """The note about an image on another grid than the first sequence."""
    return f"{name} was resampled to the first sequence ({order})"


def _places(other: StoredVolume, one: StoredVolume) -> bool:
    return other.placed and other.stored.shape == one.stored.shape


def _placing_note(path: Path) -> str:
    return (
        f"{path.name}: the file does not state its orientation (both NIfTI codes are "
        "0); it was placed like the other images of the same shape"
    )
