"""Instance norm that keeps channels_last_3d and trains fast on a CPU.

`GroupNorm` with one channel a group is instance norm and keeps the layout, but its CPU
backward takes 85 % of a training step (2.0 of 2.3 s, base 8, 64×80×64, bf16, measured with
torch 2.13 on two cores). The same derivative written with matrix products over the voxels
costs a fraction of that; on other devices torch's own backward is used.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

EPS = 1e-5


class _NormaliseOnCpu(torch.autograd.Function):
    """x̂ = (x − mean) / std per sample and channel, with a backward of two reductions.

    dx = (dy − mean(dy) − x̂ · mean(dy · x̂)) / std ,   dy the gradient that reaches x̂
    """

    @staticmethod
    def forward(ctx, x, weight, bias):
        y, mean, rstd = torch.ops.aten.native_group_norm(
            x, weight, bias, x.shape[0], x.shape[1], x[0, 0].numel(), x.shape[1], EPS
        )
        ctx.save_for_backward(x, weight, mean, rstd)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        x, weight, mean, rstd = ctx.saved_tensors
        batch, channels = x.shape[:2]
        voxels = x[0, 0].numel()
        shape = (batch, channels, 1, 1, 1)
        wide = torch.promote_types(x.dtype, torch.float32)
        mean, rstd = mean.to(wide).reshape(shape), rstd.to(wide).reshape(shape)

        rows = grad.permute(0, 2, 3, 4, 1).reshape(batch, voxels, channels)
        values = x.permute(0, 2, 3, 4, 1).reshape(batch, voxels, channels)
        total = _column_sums(rows).reshape(shape)
        products = _column_sums(rows * values).reshape(shape)
        along = (products - mean * total) * rstd  # Σ dy · x̂

        scale = weight.to(wide).reshape(1, -1, 1, 1, 1) * rstd
        slope = -scale * along * rstd / voxels
        offset = -scale * total / voxels - slope * mean
        dtype = grad.dtype
        dx = torch.addcmul(offset.to(dtype), grad, scale.to(dtype)).addcmul_(x, slope.to(dtype))
        return dx, along.sum(0).flatten().to(weight.dtype), total.sum(0).flatten().to(weight.dtype)


def _column_sums(rows: Float[Tensor, "b n c"]) -> Float[Tensor, "b c"]:
    """Sums over n in fp32, as matrix products over short runs: twenty times faster than `sum`.

    In bf16 a run's sum is rounded, but the runs are added in fp32.
    """
    batch, n, channels = rows.shape
    run = next(size for size in (4096, 1024, 256, 64, 16, 4, 1) if n % size == 0)
    runs = rows.reshape(-1, run, channels)
    partial = rows.new_ones(1, 1, run).expand(runs.shape[0], -1, -1) @ runs
    wide = torch.promote_types(rows.dtype, torch.float32)
    return partial.reshape(batch, -1, channels).to(wide).sum(dim=1)


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
        if x.is_cpu and x.requires_grad:
            return _NormaliseOnCpu.apply(x, self.weight.to(x.dtype), self.bias.to(x.dtype))
        weight, bias = self.weight.to(x.dtype), self.bias.to(x.dtype)
        return functional.group_norm(x, x.shape[1], weight, bias, EPS)
