"""Instance norm that keeps channels_last_3d and is fast on a CPU, forwards and backwards.

GroupNorm with one channel a group is instance norm and keeps the layout, but torch's CPU kernel
for it is slow: it took 2.0 of the 2.3 s of a training step's backward pass (base 8, 64×80×64,
bf16, five decodes, torch 2.13, two cores, torch's profiler). Here the same function is written
over *folded* rows. In channels_last memory a feature map is a matrix of voxels × channels; with
few channels its rows are too short for the vector units, so many voxels are read as one long
row and the per-channel numbers are repeated:

    voxels × channels  ──fold──▶  (voxels / k) × (k · channels)

Other layouts and devices use torch's own kernel. Timings belong to the benchmarks.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

EPS = 1e-5
ROW = 512
"""Values in a folded row, at most."""


class InstanceNorm(nn.Module):
    """Per-sample, per-channel normalisation with a learned scale and bias.

    Args:
        channels: Channels of the feature map.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Float[Tensor, "b c x y z"]) -> Float[Tensor, "b c x y z"]:
        weight, bias = self.weight.to(x.dtype), self.bias.to(x.dtype)
        if x.is_cpu and x.is_contiguous(memory_format=torch.channels_last_3d):
            return _FoldedNorm.apply(x, weight, bias)
        # not functional.group_norm, which refuses a map of one voxel: ours is its bias
        return torch.group_norm(x, x.shape[1], weight, bias, EPS)


class _FoldedNorm(torch.autograd.Function):
    r"""y = (x − mean) · scale + bias, with scale = weight / std.

        dx = scale · (dy − mean(dy) − x̂ · mean(dy · x̂)) ,   x̂ = (x − mean) / std

    Both are computed from x − m, where m is the mean rounded to x's type: what is left of the
    mean is small, so that rounding per-channel numbers to bf16 costs no accuracy.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        rows, voxels = _fold(x)
        wide = torch.promote_types(x.dtype, torch.float32)
        channels = x.shape[1]
        mean = _channel_sums(rows, channels, wide) / voxels
        rounded = mean.to(x.dtype)
        centred = rows - _tile(rounded, rows)
        rest = mean - rounded.to(wide)
        variance = _channel_sums(centred * centred, channels, wide) / voxels - rest.square()
        rstd = (variance.clamp(min=0) + EPS).rsqrt()
        scale = weight.to(wide) * rstd
        shift = bias.to(wide) - rest * scale
        y = torch.addcmul(_tile(shift.to(x.dtype), rows), centred, _tile(scale.to(x.dtype), rows))
        ctx.save_for_backward(x, weight, rounded, rest, rstd)
        return _unfold(y, x)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, weight, rounded, rest, rstd = ctx.saved_tensors
        rows, voxels = _fold(x)
        slopes, _ = _fold(grad.contiguous(memory_format=torch.channels_last_3d))
        wide, channels = rstd.dtype, x.shape[1]
        centred = rows - _tile(rounded, rows)
        total = _channel_sums(slopes, channels, wide)
        along = (_channel_sums(slopes * centred, channels, wide) - rest * total) * rstd

        scale = weight.to(wide) * rstd
        slope = -scale * along * rstd / voxels
        offset = -scale * total / voxels - slope * rest
        dx = torch.addcmul(
            _tile(offset.to(x.dtype), rows), slopes, _tile(scale.to(x.dtype), rows)
        ).addcmul_(centred, _tile(slope.to(x.dtype), rows))
        return _unfold(dx, x), along.sum(0).to(weight.dtype), total.sum(0).to(weight.dtype)


def _fold(x: Float[Tensor, "b c x y z"]) -> tuple[Float[Tensor, "b n w"], int]:
    """Memory of a channels_last feature map as long rows, and its number of voxels."""
    batch, channels = x.shape[:2]
    voxels = x[0, 0].numel()
    most = max(1, ROW // channels)
    together = next(k for k in range(min(most, voxels), 0, -1) if voxels % k == 0)
    return x.permute(0, 2, 3, 4, 1).reshape(batch, voxels // together, together * channels), voxels


def _unfold(
    rows: Float[Tensor, "b n w"], like: Float[Tensor, "b c x y z"]
) -> Float[Tensor, "b c x y z"]:
    b, c, x, y, z = like.shape
    return rows.reshape(b, x, y, z, c).permute(0, 4, 1, 2, 3)


def _channel_sums(
    rows: Float[Tensor, "b n w"], channels: int, dtype: torch.dtype
) -> Float[Tensor, "b c"]:
    sums = rows.sum(dim=1, dtype=dtype)
    return sums.reshape(len(sums), -1, channels).sum(dim=1)


def _tile(values: Float[Tensor, "b c"], rows: Float[Tensor, "b n w"]) -> Float[Tensor, "b 1 w"]:
    """Per-channel numbers, repeated along a folded row."""
    return values.repeat(1, rows.shape[2] // values.shape[1])[:, None]
