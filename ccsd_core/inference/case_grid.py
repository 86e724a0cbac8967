"""From logits on the network's box to nested regions on the case's own grid."""

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from ccsd_core.data.grid import Box, sample_block
from ccsd_core.data.preprocess import PreparedCase
from ccsd_core.domain.case import Case
from ccsd_core.domain.region import Region

FAR_OUTSIDE = -20.0
"""Logit of voxels outside the box: no region is there."""

Corner = tuple[int, int, int]


def on_case_grid(
    logits: Float[Tensor, "r x y z"], prepared: PreparedCase, case: Case
) -> NDArray[np.bool_]:
    """Nested regions on the case's grid, from logits on the box.

    Only the part of the case that some region comes near is enlarged: elsewhere every logit is
    negative, and linear interpolation of negative values stays so.

    Args:
        logits: On the prepared box.
        prepared: Where the box lies.
        case: The case.

    Returns:
        Boolean (3, x, y, z); ET ⊂ TC ⊂ WT.
    """
    regions = np.zeros((len(Region), *case.grid.shape), bool)
    positive = (logits > 0).any(dim=0).numpy()
    if not positive.any():
        return regions
    start, stop = _reach(positive, prepared, case.grid.shape)
    whole = prepared.box.paste(logits, prepared.grid_shape, fill=FAR_OUTSIDE)
    block = sample_block(whole, case.grid.shape, start, stop) > 0
    nested = torch.stack([block.any(dim=0), block[1:].any(dim=0), block[2]])
    window = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    regions[(slice(None), *window)] = nested.numpy()
    return regions


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
