"""A prepared study: images on one grid, the brain, and the way back to every original grid."""

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
    """The position and grid of a sequence before.

    Args:
        stored: Its grid on disk.
        canonical: Affine of its canonical (RAS+) volume.
        shape: Shape of that.
        matrix: From the prepared images' world to its own.
    """

    stored: StoredGrid
    canonical: NDArray[np.float64]
    shape: tuple[int, int, int]
    matrix: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A prepared study.

    Args:
        volumes: Float32, canonical, one grid; the same arrays as read if nothing had to be
            done.
        brain: The brain mask on that grid; None if the study came stripped.
        originals: The original grid of each sequence.
        record: What was done.
        stored: How the grid is written: as BraTS does, or as it came where nothing was done.
        notes: Notes from reading.
    """

    volumes: Mapping[Modality, Volume]
    brain: Volume | None
    originals: Mapping[Modality, Original]
    record: Record
    stored: StoredGrid
    notes: tuple[str, ...] = ()

    def case(self) -> Case:
        """As a case that the model reads."""
        return Case(
            id=self.record.study,
            volumes=dict(self.volumes),
            stored=self.stored,
            notes=(*self.notes, *self.record.warnings),
        )


@dataclass(frozen=True, slots=True, eq=False)
class PreparedCase:
    """An open case whose images were prepared.

    Args:
        case: The prepared images under the name of the case, with its labels.
        prepared: What was done, and the way back.
        scanned: The images as scanned, on the grid of the first sequence, with the others
            registered onto it: results that are brought back lie on each of them.
    """

    case: Case
    prepared: Prepared
    scanned: Case


def as_brats(grid: Volume) -> StoredGrid:
    """A canonical grid stored as BraTS does: x to the left, y to the back."""
    x, y, _ = grid.shape
    flip = np.diag([-1.0, -1.0, 1.0, 1.0])
    flip[:2, 3] = x - 1, y - 1
    return StoredGrid(grid.shape, grid.world_from_voxel @ flip)


def in_stored_order(volume: Volume, stored: StoredGrid) -> NDArray[Any]:
    """A canonical volume's values as they lie on disk."""
    turn = ornt_transform(io_orientation(volume.world_from_voxel), io_orientation(stored.affine))
    return np.ascontiguousarray(apply_orientation(volume.array, turn))
