"""A prepared study: images on one grid, the brain mask, and the original grids."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from nibabel.orientations import apply_orientation, io_orientation, ornt_transform
from numpy.typing import NDArray

from ccsd_core.domain.case import Case, StoredGrid
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.record import Record
from ccsd_core.preparation.rigid import Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Original:
    """The original position and grid of a sequence.

    Args:
        stored: Its grid as stored on disk.
        canonical: Affine of its canonical (RAS+) volume.
        shape: Shape of the canonical volume.
        matrix: From the prepared images' world coordinates to the sequence's.
    """

    stored: StoredGrid
    canonical: NDArray[np.float64]
    shape: tuple[int, int, int]
    matrix: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A prepared study.

    Args:
        volumes: Float32, canonical, on one grid; the arrays as read if nothing was done.
        brain: The brain mask on that grid; None if the study was already stripped.
        originals: The original grid of each sequence.
        record: What was done.
        stored: The grid as it is written: as in BraTS, or the original one if nothing was done.
        notes: Notes from reading.
    """

    volumes: Mapping[Modality, Volume]
    brain: Volume | None
    originals: Mapping[Modality, Original]
    record: Record
    stored: StoredGrid
    notes: tuple[str, ...] = ()

    def case(self) -> Case:
        """The study as a case for the model."""
        return Case(
            id=self.record.study,
            volumes=dict(self.volumes),
            stored=self.stored,
            notes=(*self.notes, *self.record.warnings),
        )


@dataclass(frozen=True, slots=True, eq=False)
class PreparedCase:
    """An open case with prepared images.

    Args:
        case: The prepared images with the name and labels of the case.
        prepared: What was done, and the original grids.
        scanned: The images as scanned, the others registered and resampled onto the grid of the
            first: results on the original grid overlay each of them.
    """

    case: Case
    prepared: Prepared
    scanned: Case


def as_brats(grid: Volume) -> StoredGrid:
    """A canonical grid stored as in BraTS: x to the left, y to the back."""
    x, y, _ = grid.shape
    flip = np.diag([-1.0, -1.0, 1.0, 1.0])
    flip[:2, 3] = x - 1, y - 1
    return StoredGrid(grid.shape, grid.world_from_voxel @ flip)


def in_stored_order(volume: Volume, stored: StoredGrid) -> NDArray[Any]:
    """A canonical volume's values in the stored order."""
    turn = ornt_transform(io_orientation(volume.world_from_voxel), io_orientation(stored.affine))
    return np.ascontiguousarray(apply_orientation(volume.array, turn))
