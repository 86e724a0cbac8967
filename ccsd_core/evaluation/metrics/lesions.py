"""The lesions of an expert's region: components of the dilated mask, which include nearby specks.

    truth  ■■·■        dilated  ▒▒▒▒▒▒▒▒     one extent, one lesion of 3 voxels
           ·····  ■             ▒▒▒▒▒▒▒▒▒▒
                                      ▒▒▒▒

Source: the lesion-wise metrics of BraTS 2023 for adult glioma (R. Saluja and others,
BraTS-2023-Metrics, github.com/rachitsaluja/BraTS-2023-Metrics), re-implemented from their
rules: three dilations by faces and edges, 26-connected, lesions of at most 50 mm³ not counted
(50 voxels on the 1 mm grid of BraTS).
"""

# scipy is typed only in part.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ccsd_core.domain.box import tight_box
from ccsd_core.evaluation.metrics.surface import Mask, Surface

DILATION_VOXELS = 3
SMALL_LESION_MM3 = 50
_FACES_AND_EDGES = ndimage.generate_binary_structure(3, 2)
_ALL_26 = ndimage.generate_binary_structure(3, 3)


def label_26(mask: Mask) -> tuple[NDArray[np.int32], int]:
    """The 26-connected parts of a mask, numbered from 1, and their number."""
    numbers = np.zeros(mask.shape, np.int32)
    count = ndimage.label(mask, _ALL_26, output=numbers)
    assert isinstance(count, int), "only the count is returned if the output is given"
    return numbers, count


@dataclass(frozen=True, eq=False)
class Lesions:
    """The lesions of one region, numbered from 1.

    Args:
        mask: Mask of the region.
        surface: Surface of the whole region.
        voxel_ml: Volume of a voxel.
    """

    mask: Mask
    surface: Surface
    voxel_ml: float

    @cached_property
    def extents(self) -> NDArray[np.integer]:
        """For each voxel, the number of the lesion with a dilated extent that contains it, or 0."""
        box = tight_box(self.mask, margin=DILATION_VOXELS)
        if box is None:
            return np.zeros(self.mask.shape, np.uint8)
        grown = ndimage.binary_dilation(self.mask[box], _FACES_AND_EDGES, DILATION_VOXELS)
        numbers, count = label_26(np.asarray(grown, np.bool_))
        extents = np.zeros(self.mask.shape, np.min_scalar_type(count))
        extents[box] = numbers
        return extents

    @cached_property
    def voxels(self) -> NDArray[np.int64]:
        """Number of true voxels by lesion number; 0 for number 0."""
        return np.bincount(self.extents[self.mask], minlength=1)

    @cached_property
    def counted(self) -> tuple[int, ...]:
        """Numbers of the lesions that are large enough."""
        # Rounded, since a voxel's volume is computed from an affine of finite precision.
        sizes_mm3 = np.round(self.voxels * 1000 * self.voxel_ml, 6)
        return tuple(np.flatnonzero(sizes_mm3 > SMALL_LESION_MM3).tolist())

    @cached_property
    def surfaces(self) -> dict[int, Surface]:
        """The surface of every lesion that counts."""
        numbers = self.surface.values_of(self.extents)
        return {lesion: self.surface.selected(numbers == lesion) for lesion in self.counted}
