"""From logits on the network's box to nested regions on the case's own grid.

    logits on the box ──▶ the block that some region comes near ──▶ enlarged ──▶ nested labels

Regions are nested, so one small number a voxel holds all three: how many of them it lies in
(`NestedLabels`). Only a crop of that map is ever made.
"""

import numpy as np
from jaxtyping import Bool, Float
from numpy.typing import NDArray
from torch import Tensor

from ccsd_core.data.grid import Box, coarse_part, sample_block
from ccsd_core.data.preprocess import PreparedCase
from ccsd_core.domain.nested_labels import Corner, NestedLabels
from ccsd_core.inference.postprocess import nest

FAR_OUTSIDE = -20.0
"""Logit of voxels outside the box: no region is there."""

NO_REGIONS = NestedLabels.around(np.zeros((1, 1, 1), np.uint8))


def nested_labels_on_case_grid(
    logits: Float[Tensor, "r x y z"], prepared: PreparedCase, shape: Corner
) -> NestedLabels:
    """Nested regions on the case's grid, from logits on the box.

    Only the part of the case that some region comes near is enlarged: elsewhere every logit is
    negative, and linear interpolation of negative values stays so.

    Args:
        logits: Logits on the prepared box.
        prepared: The prepared case, which holds the box.
        shape: Shape of the case's grid.
    """
    positive = (logits > 0).any(dim=0).numpy()
    if not positive.any():
        return NO_REGIONS
    start, stop = _block_near(positive, prepared, shape)
    if any(a >= b for a, b in zip(start, stop, strict=True)):
        return NO_REGIONS
    return NestedLabels.around(nest(enlarged(logits, prepared, shape, start, stop) > 0), start)


def regions_on_case_grid(
    logits: Float[Tensor, "r x y z"], prepared: PreparedCase, shape: Corner
) -> Bool[NDArray[np.bool_], "r u v w"]:
    """Each region on its own on the case's grid, nested or not.

    Arguments are those of `nested_labels_on_case_grid`.
    """
    regions = np.zeros((len(logits), *shape), bool)
    positive = (logits > 0).any(dim=0).numpy()
    if positive.any():
        start, stop = _block_near(positive, prepared, shape)
        if all(a < b for a, b in zip(start, stop, strict=True)):
            block = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
            regions[(slice(None), *block)] = enlarged(logits, prepared, shape, start, stop) > 0
    return regions


def enlarged(
    logits: Float[Tensor, "r x y z"],
    prepared: PreparedCase,
    shape: Corner,
    start: Corner,
    stop: Corner,
) -> Float[Tensor, "r u v w"]:
    """A block of the logits on the case's grid; `FAR_OUTSIDE` beyond the box.

    Args:
        logits: Logits on the prepared box.
        prepared: The prepared case, which holds the box.
        shape: Shape of the case's grid.
        start: First voxel of the block on the case's grid.
        stop: One past the last voxel of the block.
    """
    part = coarse_part(shape, start, stop, coarse=prepared.grid_shape)
    values = prepared.box.relative_to(part.start).paste(logits, part.shape, fill=FAR_OUTSIDE)
    return sample_block(values, shape, start, stop, coarse=part)


def _block_near(
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
