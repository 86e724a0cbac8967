"""Add a coarse map, upsampled twofold by nearest neighbours, to a fine one."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from ccsd_core.model.layers.inplace import add


def add_upsampled(
    fine: Float[Tensor, "b c x y z"], coarse: Float[Tensor, "b c u v w"]
) -> Float[Tensor, "b c x y z"]:
    """The sum of `fine` and the upsampled `coarse`; without an autograd graph it overwrites `fine`.

    In channels_last memory, doubling along z repeats rows; along x and y the sum broadcasts, so
    that the upsampled map is never stored. On a GPU the sum broadcasts along all three axes:
    torch's interpolation would convert both maps from channels_last there.
    """
    if fine.is_cuda:
        b, c, u, v, w = coarse.shape
        voxel_pairs = fine.view(b, c, u, 2, v, 2, w, 2)
        repeated = coarse[:, :, :, None, :, None, :, None]
        return add(voxel_pairs, repeated).view(fine.shape)
    last = torch.channels_last_3d
    if (
        torch.is_grad_enabled()
        or fine.dtype != coarse.dtype
        or not fine.is_contiguous(memory_format=last)
        or not coarse.is_contiguous(memory_format=last)
    ):
        return functional.interpolate(coarse, scale_factor=2, mode="nearest") + fine
    b, c, u, v, w = coarse.shape
    rows = coarse.permute(0, 2, 3, 4, 1)
    along_z = torch.cat([rows, rows], dim=4).reshape(b, u, 1, v, 1, 2 * w * c)
    fine.permute(0, 2, 3, 4, 1).view(b, u, 2, v, 2, 2 * w * c).add_(along_z)
    return fine
