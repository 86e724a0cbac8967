"""Nested regions as one small map: how many of them each voxel lies in, cut out to where any is."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.box import tight_box
from ccsd_core.domain.region import Region

Corner = tuple[int, int, int]


class Depth(NamedTuple):
    """How many of the nested regions each voxel of a case lies in; beyond the cut-out, none.

    Args:
        values: 0 to 3, uint8 (x, y, z), the smallest cut-out with every voxel above 0; without
            any it is empty.
        offset: Its first voxel on the case's grid.
    """

    values: NDArray[np.uint8]
    offset: Corner

    @classmethod
    def around(cls, depth: NDArray[np.uint8], offset: Corner = (0, 0, 0)) -> "Depth":
        """Cut out of a map that begins at `offset` of the case's grid."""
        box = tight_box(depth > 0)
        if box is None:
            return cls(np.zeros((0, 0, 0), np.uint8), (0, 0, 0))
        x, y, z = (first + side.start for first, side in zip(offset, box, strict=True))
        return cls(depth[box].copy(), (x, y, z))

    @property
    def end(self) -> Corner:
        """One past its last voxel on the case's grid."""
        x, y, z = (a + n for a, n in zip(self.offset, self.values.shape, strict=True))
        return x, y, z

    @property
    def window(self) -> tuple[slice, slice, slice]:
        """Where it lies on the case's grid."""
        x, y, z = (slice(a, b) for a, b in zip(self.offset, self.end, strict=True))
        return x, y, z

    def within(self, start: Corner, end: Corner) -> NDArray[np.uint8]:
        """The map on a part of the case's grid that holds all of it."""
        found = np.zeros([b - a for a, b in zip(start, end, strict=True)], np.uint8)
        if self.values.size:
            x, y, z = (
                slice(side.start - a, side.stop - a)
                for side, a in zip(self.window, start, strict=True)
            )
            found[x, y, z] = self.values
        return found

    def regions(self, shape: Corner) -> NDArray[np.bool_]:
        """Nested regions on the whole grid of that shape: boolean (3, x, y, z), ET ⊂ TC ⊂ WT."""
        regions = np.zeros((len(Region), *shape), bool)  # zero pages cost nothing until written
        for region in Region:
            np.greater(self.values, region, out=regions[(region, *self.window)])
        return regions
