"""Nested regions as one label map, cropped to where any of them is.

The label of a voxel is the number of regions that it lies in: 0 none, 1 WT alone, 2 WT and TC,
3 all three. So the voxels of region r are those with a label above r.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.box import tight_box
from ccsd_core.domain.region import Region

Corner = tuple[int, int, int]


class NestedLabels(NamedTuple):
    """A cropped map of how many nested regions each voxel of a case lies in; beyond it none.

    Args:
        values: Labels 0 to 3, uint8 (x, y, z): the smallest crop with every label above 0; of
            shape (0, 0, 0) where there is none.
        offset: The crop's first voxel on the case's grid.
    """

    values: NDArray[np.uint8]
    offset: Corner

    @classmethod
    def around(cls, nested_labels: NDArray[np.uint8], offset: Corner = (0, 0, 0)) -> "NestedLabels":
        """Crop a map that begins at `offset` of the case's grid."""
        box = tight_box(nested_labels > 0)
        if box is None:
            return cls(np.zeros((0, 0, 0), np.uint8), (0, 0, 0))
        x, y, z = (first + side.start for first, side in zip(offset, box, strict=True))
        return cls(nested_labels[box].copy(), (x, y, z))

    @property
    def end(self) -> Corner:
        """Index one past the crop's last voxel on the case's grid."""
        x, y, z = (a + n for a, n in zip(self.offset, self.values.shape, strict=True))
        return x, y, z

    @property
    def slices(self) -> tuple[slice, slice, slice]:
        """Slices of the crop on the case's grid."""
        x, y, z = (slice(a, b) for a, b in zip(self.offset, self.end, strict=True))
        return x, y, z

    def within(self, start: Corner, end: Corner) -> NDArray[np.uint8]:
        """The labels on a part of the case's grid that holds the whole crop, uint8 (x, y, z)."""
        found = np.zeros([b - a for a, b in zip(start, end, strict=True)], np.uint8)
        if self.values.size:
            x, y, z = (
                slice(side.start - a, side.stop - a)
                for side, a in zip(self.slices, start, strict=True)
            )
            found[x, y, z] = self.values
        return found

    def regions(self, shape: Corner) -> NDArray[np.bool_]:
        """Nested regions on the whole grid of that shape: boolean (3, x, y, z), ET ⊂ TC ⊂ WT."""
        regions = np.zeros((len(Region), *shape), bool)  # zero pages cost nothing until written
        for region in Region:
            np.greater(self.values, region, out=regions[(region, *self.slices)])
        return regions
