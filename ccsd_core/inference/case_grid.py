"""Resampling logits on the network's box to nested regions on the case's own grid.

    logits on the box ──▶ the block around all regions ──▶ upsampled ──▶ nested labels

This is computed on the device of the logits; from a GPU, only one small uint8 map is copied at the
end. Because regions are nested, one number per voxel represents all three: the number of regions
that contain it (`NestedLabels`). Only a crop of that map is created.
"""

import numpy as np
import torch
from jaxtyping import Bool, Float
from numpy.typing import NDArray
from torch import Tensor

from ccsd_core.data.grid import coarse_part, sample_block
from ccsd_core.data.preprocess import PreparedCase
from ccsd_core.domain.nested_labels import Corner, NestedLabels
from ccsd_core.inference.postprocess import nest

FAR_OUTSIDE = -20.0
"""Logit of voxels outside the box, where there is no region."""

NO_REGIONS = NestedLabels.around(np.zeros((1, 1, 1), np.uint8))


def nested_labels_on_case_grid(
    logits: Float[Tensor, "r x y z"], prepared: PreparedCase, shape: Corner
) -> NestedLabels:
    """Nested regions on the case's grid, from logits on the box.

    Only the part of the case around the regions is upsampled: elsewhere every logit is negative,
    and remains negative under linear interpolation.

    Args:
        logits: Logits on the prepared box.
        prepared: The prepared case with the box.
        shape: Shape of the case's grid.
    """
    block = _block_near(logits, prepared, shape)
    if block is None:
        return NO_REGIONS
    start, stop = block
    return NestedLabels.around(
        nest(upsampled_block(logits, prepared, shape, start, stop) > 0), start
    )


def regions_on_case_grid(
    logits: Float[Tensor, "r x y z"], prepared: PreparedCase, shape: Corner
) -> Bool[NDArray[np.bool_], "r u v w"]:
    """Each region by itself on the case's grid, whether nested or not.

    Arguments are those of `nested_labels_on_case_grid`.
    """
    regions = np.zeros((len(logits), *shape), bool)
    block = _block_near(logits, prepared, shape)
    if block is not None:
        start, stop = block
        slices = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
        found = upsampled_block(logits, prepared, shape, start, stop) > 0
        regions[(slice(None), *slices)] = found.cpu().numpy()
    return regions


def upsampled_block(
    logits: Float[Tensor, "r x y z"],
    prepared: PreparedCase,
    shape: Corner,
    start: Corner,
    stop: Corner,
) -> Float[Tensor, "r u v w"]:
    """A block of the logits on the case's grid; `FAR_OUTSIDE` beyond the box.

    Args:
        logits: Logits on the prepared box.
        prepared: The prepared case with the box.
        shape: Shape of the case's grid.
        start: First voxel of the block on the case's grid.
        stop: One past the last voxel of the block.
    """
    part = coarse_part(shape, start, stop, coarse=prepared.grid_shape)
    values = prepared.box.relative_to(part.start).paste(logits, part.shape, fill=FAR_OUTSIDE)
    return sample_block(values, shape, start, stop, coarse=part)


def _block_near(
    logits: Float[Tensor, "r x y z"], prepared: PreparedCase, shape: Corner
) -> tuple[Corner, Corner] | None:
    """Block of case voxels within one network voxel of a positive logit; None if there are none."""
    hit = _extent((logits > 0).any(dim=0))
    if hit is None:
        return None
    starts, stops = [], []
    for axis, n in enumerate(shape):
        factor = n / prepared.grid_shape[axis]
        first = hit[axis][0] + prepared.box.start[axis]
        beyond = hit[axis][1] + prepared.box.start[axis]
        starts.append(min(max(int((first - 0.5) * factor - 1), 0), n))
        stops.append(max(min(int((beyond + 0.5) * factor + 2), n), 0))
    if any(a >= b for a, b in zip(starts, stops, strict=True)):
        return None
    (a, b, c), (d, e, f) = starts, stops
    return (a, b, c), (d, e, f)


def _extent(positive: Bool[Tensor, "x y z"]) -> list[tuple[int, int]] | None:
    """First voxel and one past the last, by axis; from a GPU only three projections are copied."""
    if positive.is_cpu:  # numpy is several times faster on the CPU
        whole = positive.numpy()
        lines = [whole.any(axis=axes) for axes in ((1, 2), (0, 2), (0, 1))]
    else:
        planes = positive.any(dim=2)
        projections = [planes.any(dim=1), planes.any(dim=0), positive.any(dim=0).any(dim=0)]
        joined = torch.cat(projections).cpu().numpy()
        lines = np.split(joined, np.cumsum(positive.shape)[:-1])
    found = [np.flatnonzero(line) for line in lines]
    if not found[0].size:
        return None
    return [(int(hits[0]), int(hits[-1]) + 1) for hits in found]
