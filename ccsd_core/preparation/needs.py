"""What a study needs before the model can read it, inferred from its images alone.

with skull?      the share of voxels that have exactly the value of the border
on one grid?     shapes and affines
registered?      outlines of stripped brains on one grid
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume

LEAST_EMPTY = 0.3
"""Of a skull-stripped image at least so many voxels have exactly the border's value: a brain leaves
more than half of its own box empty. The air of a head as scanned has noise."""
LARGEST_BRAIN_ML = 2300.0
"""More tissue than this is not only a brain."""
LEAST_OVERLAP = 0.97
"""Dice of the outlines of stripped brains of one grid. Sequences stripped by one mask have 1."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a study lacks.

    Args:
        with_skull: Sequences that still have their skull.
        apart: Whether sequences lie on different grids.
        shifted: Whether stripped brains on one grid have different outlines.
    """

    with_skull: tuple[Modality, ...]
    apart: bool
    shifted: bool

    @property
    def nothing(self) -> bool:
        return not (self.with_skull or self.apart or self.shifted)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons for a preparation, one clause each."""
        parts: list[str] = []
        if self.with_skull:
            parts.append(f"{', '.join(m.label for m in self.with_skull)} with skull")
        if self.apart:
            parts.append("sequences on different voxel grids")
        if self.shifted:
            parts.append("brains of different outlines")
        return tuple(parts)


def needs_of(volumes: Mapping[Modality, Volume]) -> Needs:
    """What the sequences of a study need; quick, nothing is registered."""
    first = volumes[min(volumes)]
    apart = not all(volume.same_grid(first) for volume in volumes.values())
    with_skull = tuple(m for m in sorted(volumes) if not is_stripped(volumes[m]))
    shifted = False
    if not apart and not with_skull:
        tissues = [tissue(volume) for volume in volumes.values()]
        shifted = min(_dice(one, tissues[0]) for one in tissues) < LEAST_OVERLAP
    return Needs(with_skull, apart, shifted)


def is_stripped(volume: Volume) -> bool:
    """Whether the image shows only a brain."""
    shown = tissue(volume)
    empty = 1 - np.count_nonzero(shown) / shown.size
    ml = np.count_nonzero(shown) * volume.voxel_ml
    return bool(empty >= LEAST_EMPTY and ml <= LARGEST_BRAIN_ML)


def tissue(volume: Volume) -> NDArray[np.bool_]:
    """Voxels whose value is not exactly that of the image's corners."""
    corners = volume.array[np.ix_(*([0, -1] for _ in range(3)))]
    return volume.array != np.median(corners.astype(np.float64))


def _dice(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    both = np.count_nonzero(one) + np.count_nonzero(other)
    return 2 * np.count_nonzero(one & other) / both if both else 1.0
