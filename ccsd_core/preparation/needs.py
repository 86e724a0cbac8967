"""Which preparation a study needs, inferred from its images alone.

with skull?      the fraction of voxels with exactly the value of the border
on one grid?     shapes and affines
registered?      outlines of stripped brains on one grid
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes, distance_transform_edt

from ccsd_core.domain.dice import dice
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume

LEAST_EMPTY = 0.3
"""In a skull-stripped image, at least this fraction of voxels has exactly the border's value: a
brain leaves more than half of its bounding box empty. In an image with skull, air has noise."""
LARGEST_BRAIN_ML = 2300.0
"""A larger tissue volume is not only a brain."""
SURE_BRAIN_ML = 1800.0
"""Less tissue is assumed to be a brain; between this and `LARGEST_BRAIN_ML`, a skull is looked for.
A real head with air set to 0 had 2370 to 2800 mL; a slab or a child's head has less."""
BENEATH_MM = (6.0, 15.0)
"""Depth of the skull below the skin; at this depth a stripped image shows only brain."""
DARK = 0.45
"""Bone is darker than this fraction of the deeper tissue's median."""
MOST_DARK = 0.05
"""Largest fraction of dark voxels at that depth in a stripped image: it is at most 0.03 in BraTS
brains, and 0.06 to 0.1 in the sequences of a real head with air set to 0."""
LEAST_OVERLAP = 0.97
"""Dice between masks of stripped brains on one grid; it is 1 for sequences stripped with one
mask."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The preparation that a study needs.

    Args:
        with_skull: Sequences that still have their skull.
        different_grids: Whether sequences lie on different grids.
        different_outlines: Whether stripped brains on one grid have different outlines.
    """

    with_skull: tuple[Modality, ...]
    different_grids: bool
    different_outlines: bool

    @property
    def nothing(self) -> bool:
        return not (self.with_skull or self.different_grids or self.different_outlines)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons for a preparation, one clause each."""
        parts: list[str] = []
        if self.with_skull:
            parts.append(f"{', '.join(m.label for m in self.with_skull)} with skull")
        if self.different_grids:
            parts.append("sequences on different voxel grids")
        if self.different_outlines:
            parts.append("brains of different outlines")
        return tuple(parts)


def needs_of(volumes: Mapping[Modality, Volume]) -> Needs:
    """The preparation that the sequences of a study need; fast, without registration."""
    first = volumes[min(volumes)]
    different_grids = not all(volume.same_grid(first) for volume in volumes.values())
    with_skull = tuple(m for m in sorted(volumes) if not is_stripped(volumes[m]))
    different_outlines = False
    if not different_grids and not with_skull:
        tissues = [tissue(volume) for volume in volumes.values()]
        different_outlines = min(dice(one, tissues[0]) for one in tissues) < LEAST_OVERLAP
    return Needs(with_skull, different_grids, different_outlines)


def is_stripped(volume: Volume) -> bool:
    """Whether the image shows only a brain."""
    shown = tissue(volume)
    count = int(np.count_nonzero(shown))
    empty = 1 - count / shown.size
    ml = count * volume.voxel_ml
    if empty < LEAST_EMPTY or ml > LARGEST_BRAIN_ML:
        return False
    return bool(ml <= SURE_BRAIN_ML or not _has_dark_layer(volume, shown))


def _has_dark_layer(volume: Volume, shown: NDArray[np.bool_]) -> bool:
    """Whether there is bone below the surface in the upper half of an image."""
    steps = tuple(max(1, round(3 / mm)) for mm in volume.spacing_mm)
    every = tuple(slice(None, None, step) for step in steps)
    values = volume.array[every].astype(np.float32)
    inside = np.asarray(binary_fill_holes(shown[every]), bool)
    spacing = [mm * step for mm, step in zip(volume.spacing_mm, steps, strict=True)]
    around = np.pad(inside, 1)
    depth = np.asarray(distance_transform_edt(around, sampling=spacing))[1:-1, 1:-1, 1:-1]
    heights = np.flatnonzero(inside.any(axis=(0, 1)))
    depth[:, :, : int(heights.mean())] = 0  # the face and neck have other dark layers
    low, high = BENEATH_MM
    layer, core = values[(depth > low) & (depth <= high)], values[depth > high + 10]
    if not (layer.size and core.size):
        return False
    return bool(np.mean(layer < DARK * np.median(core.astype(np.float32))) > MOST_DARK)


def tissue(volume: Volume) -> NDArray[np.bool_]:
    """Voxels whose value is not exactly that of the image's corners."""
    corners = volume.array[np.ix_(*([0, -1] for _ in range(3)))]
    return volume.array != np.median(corners.astype(np.float64))
