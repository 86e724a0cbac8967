r"""Instance norm on a GPU: torch's batch norm of one sample after another.

Batch norm over a batch of one is instance norm. On CUDA it reads and writes bf16, computes in fp32,
and keeps channels_last_3d. Group norm is the same function, but autocast converts its input to fp32
and its kernel to the contiguous layout, so that each following convolution would have to convert
the map back.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable


def normalise_samples(
    x: Float[Tensor, "b c x y z"],
    weight: Float[Tensor, " c"],
    bias: Float[Tensor, "*b c"],
    *,
    eps: float,
) -> Float[Tensor, "b c x y z"]:
    """Normalise each sample and channel, in the type and layout of `x`.

    Args:
        x: The feature map, on a GPU.
        weight: Scale by channel, fp32.
        bias: Added, by channel or by sample and channel.
        eps: Added to the variance.
    """
    return _SampleNorm.apply(x, weight, bias, eps)


class _SampleNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
        y = torch.empty_like(x)
        mean = x.new_empty(x.shape[:2], dtype=weight.dtype)
        rstd = torch.empty_like(mean)
        biases = bias.expand(len(x), -1)
        for i in range(len(x)):
            one = slice(i, i + 1)
            torch.ops.aten.native_batch_norm.out(
                x[one], weight, biases[i], None, None, True, 0.0, eps,  # noqa: FBT003 - torch's signature
                out=y[one], save_mean=mean[i], save_invstd=rstd[i],
            )  # fmt: skip
        ctx.save_for_backward(x, weight, mean, rstd)
        ctx.eps = eps
        ctx.bias_of_each_sample = bias.ndim == 2
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        x, weight, mean, rstd = ctx.saved_tensors
        if x.is_contiguous(memory_format=torch.channels_last_3d):
            grad = grad.contiguous(memory_format=torch.channels_last_3d)
        found = [
            torch.ops.aten.native_batch_norm_backward(
                grad[i : i + 1], x[i : i + 1], weight, None, None, mean[i], rstd[i],
                True, ctx.eps, [True, True, True],  # noqa: FBT003
            )
            for i in range(len(x))
        ]  # fmt: skip
        slopes, scales, shifts = zip(*found, strict=True)
        slope = slopes[0] if len(slopes) == 1 else torch.cat(slopes)
        scale, shift = torch.stack(scales).sum(dim=0), torch.stack(shifts)
        return slope, scale, shift if ctx.bias_of_each_sample else shift.sum(dim=0), None
