"""The surface of a mask as a cloud of points, and the 95 % Hausdorff distance of two clouds.

    mask            surface          A ──▶ nearest of B   a distance for every point of A
    · ■ ■ ■ ·       · ● ● ● ·        B ──▶ nearest of A   a distance for every point of B
    · ■ ■ ■ ·       · ●   ● ·
    · ■ ■ ■ ·       · ● ● ● ·        HD95 = the larger of the two 95th percentiles

The surface consists of all voxels of the mask with a face neighbour outside of it (voxels beyond
the image's border are outside), as in MONAI's `compute_hausdorff_distance`, with equal results.
MONAI's function is not called because it computes both surfaces in every call, while here the
expert's surface is reused for all 15 subsets: 0.17 s against 0.06 s for a large tumour.
"""

# scipy is typed only in part.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import KDTree

from ccsd_core.domain.box import tight_box

Mask = NDArray[np.bool_]
Box = tuple[slice, slice, slice]
Spacing = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Surface:
    """Points of a surface.

    Args:
        points_voxel: Voxel indices in the whole image, shape (points, 3).
        spacing_mm: Edge lengths of a voxel.
    """

    points_voxel: NDArray[np.int64]
    spacing_mm: Spacing

    @classmethod
    def of(cls, mask: Mask, *, spacing_mm: Spacing) -> "Surface":
        """The surface of a mask; no points if it is empty."""
        box = tight_box(mask)
        if box is None:
            return cls(np.zeros((0, 3), np.int64), spacing_mm)
        inside = mask[box]
        rim = inside & np.logical_not(ndimage.binary_erosion(inside))
        return cls(np.argwhere(rim) + [side.start for side in box], spacing_mm)

    @cached_property
    def points_mm(self) -> NDArray[np.float64]:
        return self.points_voxel * np.asarray(self.spacing_mm, np.float64)

    @cached_property
    def tree(self) -> KDTree:
        """Tree for nearest neighbours, with large leaves for about ten thousand queries."""
        return KDTree(self.points_mm, leafsize=32, balanced_tree=False)

    def values_of(self, image: NDArray[np.generic]) -> NDArray[np.generic]:
        """Values of an image of the same grid at the points."""
        return image[tuple(self.points_voxel.T)]

    def selected(self, chosen: Mask) -> "Surface":
        """The surface of only the chosen points; itself if all are chosen."""
        if chosen.all():
            return self
        return Surface(self.points_voxel[chosen], self.spacing_mm)

    def __len__(self) -> int:
        return len(self.points_voxel)


def hausdorff95_mm(one: Surface, other: Surface) -> float:
    """The larger of the two directed 95th percentiles; both surfaces have points."""
    assert len(one), "an empty surface has no distance"
    assert len(other), "an empty surface has no distance"
    there = other.tree.query(one.points_mm)[0]
    back = one.tree.query(other.points_mm)[0]
    return float(max(np.percentile(there, 95), np.percentile(back, 95)))
