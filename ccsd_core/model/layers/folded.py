"""A channels_last feature map as long rows, and the operations that its norm needs.

In channels_last memory a feature map is a matrix of voxels × channels. With few channels its
rows are too short for the vector units, so several voxels are read as one long row, and values per
channel are repeated along it:

    voxels × channels  ──fold──▶  (voxels / k) × (k · channels)

They use torch's batch norm, which treats each column of the folded matrix as a channel: it reads
reduced precision and computes in fp32 without making a copy. Its results for the k columns of one
channel are combined here. It starts all threads even for small maps, which can take milliseconds on
a busy machine, so small maps are computed with plain sums.
"""

import torch
from jaxtyping import Float
from torch import Tensor

ROW_LENGTH = 512
"""Largest number of values in a folded row."""
SMALL_MAP = 2**15
"""Largest number of values in a map that torch's plain operations process with one thread."""


def fold(x: Float[Tensor, "b c x y z"]) -> Float[Tensor, "b n w"]:
    """The memory of a channels_last feature map as n rows of w values, a view without a copy."""
    batch, channels = x.shape[:2]
    voxels = x[0, 0].numel()
    most = max(1, ROW_LENGTH // channels)
    voxels_per_row = next(k for k in range(min(most, voxels), 0, -1) if voxels % k == 0)
    return x.permute(0, 2, 3, 4, 1).reshape(
        batch, voxels // voxels_per_row, voxels_per_row * channels
    )


def unfold(
    rows: Float[Tensor, "b n w"], like: Float[Tensor, "b c x y z"]
) -> Float[Tensor, "b c x y z"]:
    """The feature map that was folded."""
    b, c, x, y, z = like.shape
    return rows.reshape(b, x, y, z, c).permute(0, 4, 1, 2, 3)


def moments(
    rows: Float[Tensor, "b n w"], channels: int
) -> tuple[Float[Tensor, "b c"], Float[Tensor, "b c"]]:
    """Mean and population variance per sample and channel, in fp32 or wider.

    The variance of a channel is the mean of its columns' variances plus the variance of their
    means: there is no cancellation, however far from 0 the mean is.
    """
    if rows.numel() <= SMALL_MAP:
        each = rows.to(at_least_fp32(rows.dtype)).unflatten(2, (-1, channels))
        variance, mean = torch.var_mean(each, dim=(1, 2), correction=0)
        return mean, variance
    unused = torch.zeros(rows.shape[2], dtype=at_least_fp32(rows.dtype))
    found = [torch.batch_norm_update_stats(_channels(r), unused, unused, 0.0) for r in rows]
    means, variances = (
        torch.stack(f).unflatten(1, (-1, channels)) for f in zip(*found, strict=True)
    )
    mean = means.mean(dim=1)
    return mean, (variances + (means - mean[:, None]).square()).mean(dim=1)


def affine(
    rows: Float[Tensor, "b n w"],
    scale: Float[Tensor, "b c"],
    shift: Float[Tensor, "b c"],
    *,
    out: Float[Tensor, "b n w"] | None = None,
) -> Float[Tensor, "b n w"]:
    """Scale and shift per sample and channel, rounded once; `out` may be `rows`."""
    out = torch.empty_like(rows) if out is None else out
    scales, shifts = repeated(scale, rows), repeated(shift, rows)
    if rows.numel() <= SMALL_MAP:
        wider = rows.to(scale.dtype)
        return out.copy_(torch.addcmul(shifts[:, None], wider, scales[:, None]))
    zeros, ones = torch.zeros(rows.shape[2]).to(scale), torch.ones(rows.shape[2]).to(scale)
    for r, o, a, b in zip(rows, out, scales, shifts, strict=True):
        torch.ops.aten.native_batch_norm.out(
            _channels(r), a, b, zeros, ones, False, 0.0, 0.0,  # noqa: FBT003 - torch's signature
            out=_channels(o), save_mean=a.new_empty(0), save_invstd=a.new_empty(0),
        )  # fmt: skip
    return out


def affine_gradients(
    slopes: Float[Tensor, "b n w"],
    rows: Float[Tensor, "b n w"],
    mean: Float[Tensor, "b c"],
) -> tuple[Float[Tensor, "b c"], Float[Tensor, "b c"]]:
    """Σ slopes · (rows − mean) and Σ slopes per sample and channel, in fp32 or wider."""
    if rows.numel() <= SMALL_MAP:
        steep = slopes.to(mean.dtype)
        along = steep * (rows.to(mean.dtype) - repeated(mean, rows)[:, None])
        along, total = (v.unflatten(2, (-1, mean.shape[1])).sum(dim=(1, 2)) for v in (along, steep))
        return along, total
    ones = torch.ones(rows.shape[2]).to(mean)
    found = [
        torch.ops.aten.native_batch_norm_backward(
            _channels(s), _channels(r), ones, m, ones, None, None, False, 0.0, [False, True, True]  # noqa: FBT003
        )[1:]
        for s, r, m in zip(slopes, rows, repeated(mean, rows), strict=True)
    ]  # fmt: skip
    along, total = (
        torch.stack(f).unflatten(1, (-1, mean.shape[1])) for f in zip(*found, strict=True)
    )
    return along.sum(dim=1), total.sum(dim=1)


def repeated(values: Float[Tensor, "b c"], rows: Float[Tensor, "b n w"]) -> Float[Tensor, "b w"]:
    """Values per channel, repeated along a folded row."""
    return values.repeat(1, rows.shape[2] // values.shape[1])


def at_least_fp32(dtype: torch.dtype) -> torch.dtype:
    """The type of per-channel statistics of maps of type `dtype`: fp32, or wider."""
    return torch.promote_types(dtype, torch.float32)


def _channels(rows: Float[Tensor, "n w"]) -> Float[Tensor, "1 w n 1"]:
    """One sample's rows as an image to torch's batch norm, in channels_last memory."""
    return rows.t()[None, :, :, None]
