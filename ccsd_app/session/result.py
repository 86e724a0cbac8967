"""The result of inference for one subset: its labels, cropped to the tumour, and its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region

TINY_SHARE = 0.05
"""A region smaller than this share of the one around it is too small to centre the view on."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class SubsetResult:
    """The segmentation of one subset, cropped to the tumour.

    Regions are nested, so one small integer per voxel encodes all three: `nested_labels` counts the
    regions a voxel lies in (0 background, 1 WT only, 2 WT and TC, 3 all), and region r is
    `nested_labels > r`.

    Args:
        subset: The sequences given to the network.
        nested_labels: Cropped label map (x, y, z), uint8, on the case's canonical grid. May be
            empty.
        offset_voxel: Position of the crop's first voxel on the case's grid.
        volumes_ml: Volume by region.
        dice: Dice against the expert labels by region; None where there are none.
        agreement: Dice against the prediction from all sequences, by region; None until that is
            known.
        milliseconds: Duration of the decoding.
    """

    subset: ModalitySubset
    nested_labels: NDArray[np.uint8]
    offset_voxel: tuple[int, int, int]
    volumes_ml: Mapping[Region, float]
    dice: Mapping[Region, float] | None
    agreement: Mapping[Region, float] | None
    milliseconds: float

    @property
    def middle_voxel(self) -> tuple[int, int, int] | None:
        """A voxel to show: of the innermost region, near the middle of its largest slice.

        A region below `TINY_SHARE` is skipped for the one around it. None if no region was found.
        """
        sizes = [int(self.region(region).sum()) for region in Region]
        for region in sorted(Region, reverse=True):
            mask, around = self.region(region), sizes[max(region - 1, 0)]
            if sizes[region] and (region is Region.WT or sizes[region] >= TINY_SHARE * around):
                z = int(mask.sum(axis=(0, 1)).argmax())
                inside = np.argwhere(mask[:, :, z])
                nearest = np.square(inside - inside.mean(axis=0)).sum(axis=1).argmin()
                x, y = inside[nearest].tolist()
                i, j, k = self.offset_voxel
                return x + i, y + j, z + k
        return None

    def region(self, region: Region) -> NDArray[np.bool_]:
        """The region's mask, bool, of the shape of the crop."""
        return self.nested_labels > region


Results = Mapping[ModalitySubset, SubsetResult]
"""Results by subset."""
