"""From logits on the network's box to nested regions on the case's own grid.

    logits on the box ──▶ the block that some region comes near ──▶ enlarged ──▶ depth

Regions are nested, so one small number a voxel holds all three: its *depth*, how many of them
it lies in. Only a cut-out of it is ever made.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from ccsd_core.data.grid import Box, part_under, sample_block
from ccsd_core.data.preprocess import PreparedCase
from ccsd_core.domain.region import Region

FAR_OUTSIDE = -20.0
"""Logit of voxels outside the box: no region is there."""

Corner = tuple[int, int, int]


class Depth(NamedTuple):
    """How many of the nested regions each voxel of a case lies in, cut out to where any is.

    Args:
        values: 0 to 3, uint8 (x, y, z), the smallest cut-out with every voxel above 0; without
            any it is empty.
        offset: Its first voxel on the case's grid.
    """

    values: NDArray[np.uint8]
    offset: Corner

    @property
    def window(self) -> tuple[slice, slice, slice]:
        """Where it lies on the case's grid."""
        x, y, z = (slice(a, a + n) for a, n in zip(self.offset, self.values.shape, strict=True))
        return x, y, z

    def regions(self, shape: Corner) -> NDArray[np.bool_]:
        """Nested regions on the whole grid of that shape: boolean (3, x, y, z), ET ⊂ TC ⊂ WT."""
        regions = np.zeros((len(Region), *shape), bool)  # zero pages cost nothing until written
        for region in Region:
            np.greater(self.values, region, out=regions[(region, *self.window)])
        return regions


def depth_on_case_grid(
    logits: Float[Tensor, "r x y z"], prepared: PreparedCase, shape: Corner
) -> Depth:
    """Nested regions on the case's grid, from logits on the box.

    Only the part of the case that some region comes near is enlarged: elsewhere every logit is
    negative, and linear interpolation of negative values stays so.

    Args:
        logits: On the prepared box.
        prepared: Where the box lies.
        shape: Of the case's grid.
    """
    positive = (logits > 0).any(dim=0).numpy()
    if not positive.any():
        return _nowhere()
    start, stop = _reach(positive, prepared, shape)
    if any(a >= b for a, b in zip(start, stop, strict=True)):
        return _nowhere()
    return _tight(_depth(enlarged(logits, prepared, shape, start, stop) > 0), start)


def enlarged(
    logits: Float[Tensor, "r x y z"],
    prepared: PreparedCase,
    shape: Corner,
    start: Corner,
    stop: Corner,
) -> Float[Tensor, "r u v w"]:
    """A block of the logits on the case's grid; `FAR_OUTSIDE` beyond the box.

    Args:
        logits: On the prepared box.
        prepared: Where the box lies.
        shape: Of the case's grid.
        start: First voxel of the block on the case's grid.
        stop: One past its last.
    """
    part = part_under(shape, start, stop, coarse=prepared.grid_shape)
    values = prepared.box.seen_from(part.start).paste(logits, part.shape, fill=FAR_OUTSIDE)
    return sample_block(values, shape, start, stop, coarse=part)


def _depth(positive: Tensor) -> NDArray[np.uint8]:
    """A voxel of an inner region is one of the outer regions too."""
    whole, core, enhancing = positive
    core = core | enhancing
    whole = whole | core
    depth = whole.view(torch.uint8) + core.view(torch.uint8) + enhancing.view(torch.uint8)
    return depth.numpy()


def _tight(depth: NDArray[np.uint8], start: Corner) -> Depth:
    present = depth > 0
    if not present.any():
        return _nowhere()
    box = Box.around(present, lattice=(1, 1, 1))
    window = tuple(slice(a, b) for a, b in zip(box.start, box.stop, strict=True))
    x, y, z = (a + b for a, b in zip(start, box.start, strict=True))
    return Depth(np.ascontiguousarray(depth[window]), (x, y, z))


def _nowhere() -> Depth:
    return Depth(np.zeros((0, 0, 0), np.uint8), (0, 0, 0))


def _reach(
    positive: NDArray[np.bool_], prepared: PreparedCase, shape: Corner
) -> tuple[Corner, Corner]:
    """The case voxels that lie within one network voxel of a positive logit."""
    hit = Box.around(positive, lattice=(1, 1, 1))
    starts, stops = [], []
    for axis, n in enumerate(shape):
        factor = n / prepared.grid_shape[axis]
        first = hit.start[axis] + prepared.box.start[axis]
        beyond = hit.stop[axis] + prepared.box.start[axis]
        starts.append(min(max(int((first - 0.5) * factor - 1), 0), n))
        stops.append(max(min(int((beyond + 0.5) * factor + 2), n), 0))
    (a, b, c), (d, e, f) = starts, stops
    return (a, b, c), (d, e, f)
