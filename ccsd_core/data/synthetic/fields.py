"""Distances, smoothing and blocks in millimetres on voxel grids."""

import numpy as np
import torch
from scipy import ndimage

from ccsd_core.data.grid import network_shape, resize
from ccsd_core.data.synthetic.noise import Field, Mask, Shape
from ccsd_core.domain.box import tight_box

Block = tuple[slice, slice, slice]
"""A block of a grid."""
Point = tuple[float, float, float]
"""Millimetres from the middle of the grid along x, y, z."""


def depth_mm(mask: Mask, *, spacing_mm: float) -> Field:
    """Distance of each voxel of the mask from its outside; 0 outside."""
    return np.asarray(ndimage.distance_transform_edt(mask), np.float32) * np.float32(spacing_mm)


def signed_depth_mm(mask: Mask, *, spacing_mm: float) -> Field:
    """Distance below a mask's surface, negative outside; computed on a grid of at least 2 mm.

    The result is smooth, has an error of about a millimetre, and is eight times as fast for 1 mm
    voxels.
    """
    x, y, z = mask.shape
    coarse_mm = max(spacing_mm, 2.0)
    shape = network_shape((x, y, z), (spacing_mm, spacing_mm, spacing_mm), target_mm=coarse_mm)
    half = resize(torch.from_numpy(mask.astype(np.float32))[None], shape)[0].numpy() > 0.5
    depth = depth_mm(half, spacing_mm=coarse_mm) - depth_mm(~half, spacing_mm=coarse_mm)
    return resize(torch.from_numpy(depth)[None], (x, y, z))[0].numpy()


def blur(field: Field, *, sigma_mm: float, spacing_mm: float) -> Field:
    """Gaussian smoothing."""
    return np.asarray(
        ndimage.gaussian_filter(field.astype(np.float32), sigma_mm / spacing_mm, truncate=3.0)
    )


def blend(image: Field, value: float | Field, share: Field) -> Field:
    """The image where `share` is 0, the value where it is 1."""
    return image + share * (value - image)


def axis_mm(n: int, *, spacing_mm: float) -> Field:
    """Millimetres from the middle of an axis of n voxels."""
    return ((np.arange(n) - (n - 1) / 2) * spacing_mm).astype(np.float32)


def block_around(points: list[Point], shape: Shape, *, reach_mm: float, spacing_mm: float) -> Block:
    """The block that contains all points with a margin of `reach_mm`, clipped to the grid."""
    slices = []
    for axis, n in enumerate(shape):
        at = [p[axis] / spacing_mm + (n - 1) / 2 for p in points]
        low = int(np.floor(min(at) - reach_mm / spacing_mm))
        high = int(np.ceil(max(at) + reach_mm / spacing_mm)) + 1
        low = min(max(low, 0), n - 1)
        slices.append(slice(low, max(min(high, n), low + 1)))
    x, y, z = slices
    return x, y, z


def block_of(mask: Mask, *, margin: int) -> Block:
    """The block that contains a mask with `margin` voxels; the whole grid for an empty mask."""
    x, y, z = tight_box(mask, margin=margin) or [slice(0, n) for n in mask.shape]
    return x, y, z


def offsets_mm(
    centre: Point, shape: Shape, block: Block, *, spacing_mm: float
) -> tuple[Field, Field, Field]:
    """Millimetres from `centre` along each axis within a block, ready to broadcast."""
    x, y, z = (
        axis_mm(n, spacing_mm=spacing_mm)[w] - np.float32(c)
        for n, w, c in zip(shape, block, centre, strict=True)
    )
    return x[:, None, None], y[None, :, None], z[None, None, :]


def block_shape(block: Block) -> Shape:
    """Number of voxels of a block along each axis."""
    x, y, z = (w.stop - w.start for w in block)
    return x, y, z
