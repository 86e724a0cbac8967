"""What a study needs before the model can read it, inferred from its images alone.

with skull?      the share of voxels that have exactly the value of the border
on one grid?     shapes and affines
registered?      outlines of stripped brains on one grid
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes, distance_transform_edt

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume

LEAST_EMPTY = 0.3
"""Of a skull-stripped image at least so many voxels have exactly the border's value: a brain leaves
more than half of its own box empty. The air of a head as scanned has noise."""
LARGEST_BRAIN_ML = 2300.0
"""More tissue than this is not only a brain."""
SURE_BRAIN_ML = 1800.0
"""Less tissue is hardly a head; between this and the largest brain it is looked for a skull. A real
head whose air is set to 0 had 2370 to 2800 mL; a slab or a child's head has less."""
BENEATH_MM = (6.0, 15.0)
"""The skull lies so far below the skin; there a brain that was stripped is all brain."""
DARK = 0.45
"""Bone is darker than this share of the tissue further in."""
MOST_DARK = 0.05
"""Share of dark voxels at that depth: at most 0.03 in stripped BraTS brains, 0.06 to 0.1 in the
sequences of a real head whose air was set to 0."""
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
    if empty < LEAST_EMPTY or ml > LARGEST_BRAIN_ML:
        return False
    return ml <= SURE_BRAIN_ML or not _has_dark_layer(volume, shown)


def _has_dark_layer(volume: Volume, shown: NDArray[np.bool_]) -> bool:
    """Whether bone lies below the surface of what the upper half of an image shows."""
    steps = tuple(max(1, round(3 / mm)) for mm in volume.spacing_mm)
    every = tuple(slice(None, None, step) for step in steps)
    values, inside = volume.array[every], np.asarray(binary_fill_holes(shown[every]), bool)
    spacing = [mm * step for mm, step in zip(volume.spacing_mm, steps, strict=True)]
    around = np.pad(inside, 1)
    depth = np.asarray(distance_transform_edt(around, sampling=spacing))[1:-1, 1:-1, 1:-1]
    heights = np.flatnonzero(inside.any(axis=(0, 1)))
    depth[:, :, : int(heights.mean())] = 0  # face and neck have layers of their own
    low, high = BENEATH_MM
    layer, core = values[(depth > low) & (depth <= high)], values[depth > high + 10]
    if not (layer.size and core.size):
        return False
    return bool(np.mean(layer < DARK * np.median(core)) > MOST_DARK)


def tissue(volume: Volume) -> NDArray[np.bool_]:
    """Voxels whose value is not exactly that of the image's corners."""
    corners = volume.array[np.ix_(*([0, -1] for _ in range(3)))]
    return volume.array != np.median(corners.astype(np.float64))


def _dice(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    both = np.count_nonzero(one) + np.count_nonzero(other)
    return 2 * np.count_nonzero(one & other) / both if both else 1.0
