"""Instance norm that keeps channels_last_3d and is fast on a CPU, in forward and backward passes.

GroupNorm with one channel per group is instance norm and keeps the layout, but torch's CPU kernel
for it is slow: it took 2.0 of the 2.3 s of a training step's backward pass (base 8, 64×80×64,
bf16, five decodes, torch 2.13, two cores, torch's profiler). Here the same function is written
over *folded* rows (`ccsd_core.model.layers.folded`): two passes for the moments, one to apply them.

On a GPU it is torch's batch norm, sample by sample (`ccsd_core.model.layers.sample_norm`).
Other layouts and devices use torch's group norm. `torch.compile` gets the formula itself, which it
fuses into kernels of its own, because the other ways would break its graph.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from ccsd_core.model.layers.folded import affine, affine_gradients, fold, moments, repeated, unfold
from ccsd_core.model.layers.sample_norm import normalise_samples

EPS = 1e-5


class InstanceNorm(nn.Module):
    """Per-sample, per-channel normalisation with a learned scale and bias.

    Args:
        channels: Channels of the feature map.
    """

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(
        self,
        x: Float[Tensor, "b c x y z"],
        *,
        offset: Float[Tensor, "b c"] | None = None,
        overwrite: bool = False,
    ) -> Float[Tensor, "b c x y z"]:
        """Normalise a map.

        Args:
            x: The feature map.
            offset: Added to the bias, per sample and channel; None for no offset.
            overwrite: Whether `x` may be overwritten if there is no autograd graph, because nothing
                else reads it.
        """
        if torch.compiler.is_compiling():
            bias = self.bias if offset is None else self.bias + offset
            return normalised_by_formula(x, self.weight, bias)
        if x.is_cpu and x.is_contiguous(memory_format=torch.channels_last_3d):
            bias = self.bias if offset is None else self.bias + offset
            if torch.is_grad_enabled():
                return _FoldedNorm.apply(x, self.weight, bias)
            return _normalised(x, self.weight, bias, overwrite=overwrite)[0]
        if x.is_cuda:
            bias = self.bias if offset is None else self.bias + offset
            return normalise_samples(x, self.weight, bias, eps=EPS)
        weight, bias = self.weight.to(x.dtype), self.bias.to(x.dtype)
        # not functional.group_norm, which raises for a map of one voxel; here the result is the
        # bias
        normalised = torch.group_norm(x, x.shape[1], weight, bias, EPS)
        return (
            normalised if offset is None else normalised + offset.to(x.dtype)[..., None, None, None]
        )


def normalised_by_formula(
    x: Float[Tensor, "b c x y z"], weight: Float[Tensor, " c"], bias: Float[Tensor, "*b c"]
) -> Float[Tensor, "b c x y z"]:
    """The normalised map from torch's elementary operations, computed in the type of `weight`."""
    wide = x.to(weight.dtype)
    variance, mean = torch.var_mean(wide, dim=(2, 3, 4), correction=0, keepdim=True)
    scale = weight[:, None, None, None] * (variance + EPS).rsqrt()
    return torch.addcmul(bias[..., None, None, None], wide - mean, scale).to(x.dtype)


class _FoldedNorm(torch.autograd.Function):
    r"""y = (x − mean) · scale + bias, with scale = weight / std; the bias may be per sample.

    dx = scale · (dy − mean(dy) − x̂ · mean(dy · x̂)) ,   x̂ = (x − mean) / std
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        y, mean, rstd = _normalised(x, weight, bias)
        ctx.save_for_backward(x, weight, mean, rstd)
        ctx.bias_of_each_sample = bias.ndim == 2
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, weight, mean, rstd = ctx.saved_tensors
        rows, slopes = fold(x), fold(grad.contiguous(memory_format=torch.channels_last_3d))
        along, total = affine_gradients(slopes, rows, mean)
        along = along * rstd
        voxels = x[0, 0].numel()
        scale = weight.to(mean.dtype) * rstd
        slope = -scale * along * rstd / voxels
        dx = affine(rows, slope, -scale * total / voxels - slope * mean)
        dx.addcmul_(slopes, repeated(scale.to(x.dtype), rows)[:, None])
        shift = total if ctx.bias_of_each_sample else total.sum(0)
        return unfold(dx, x), along.sum(0).to(weight.dtype), shift.to(weight.dtype)


def _normalised(
    x: Float[Tensor, "b c x y z"],
    weight: Float[Tensor, " c"],
    bias: Float[Tensor, "*b c"],
    *,
    overwrite: bool = False,
) -> tuple[Float[Tensor, "b c x y z"], Float[Tensor, "b c"], Float[Tensor, "b c"]]:
    """The normalised map, the mean and 1 / std."""
    rows = fold(x)
    mean, variance = moments(rows, x.shape[1])
    rstd = (variance + EPS).rsqrt()
    scale = weight.to(mean.dtype) * rstd
    shift = bias.to(mean.dtype) - mean * scale
    return unfold(affine(rows, scale, shift, out=rows if overwrite else None), x), mean, rstd
