r"""DMCD: along a path that removes the most critical sequence first, each subset teaches the next.

    S_0 ──teaches──▶ S_1 ──teaches──▶ S_2 ──teaches──▶ S_3      on features φ, stop-gradient left

$$L = \frac{1}{N-1} \sum_t \| \varphi(S_{t+1}) - \mathrm{sg}\,\varphi(S_t) \|^2$$

φ must be taken **after** the decoder has mixed the blocks: in the raw concatenation the two sides
differ only in the removed block, and the remaining encoders get no gradient. φ here is the
decoder's first mixing stage (deepest level), normalised per channel without learned scale, so that
features cannot shrink to lower the loss. In `light` and `unet`, a fill of one number per channel
is added after that level's norm and is not part of φ: it would differ between the two sides only by
the missing sequence, which cannot be taught. In `shaspec`, which does not normalise its deepest
level, the fill is part of the mixture.

Stated by the paper (section 3.4, eq. 6–8): the path, features, the larger subset teaches the
smaller. Ours: φ, its normalisation, the mean over elements instead of the sum.

Source: CCSD (arXiv:2511.14599).
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from ccsd_core.losses.whole_batch import share_of_batch_mean


def normalised(mixed: Float[Tensor, "b c x y z"]) -> Float[Tensor, "b c x y z"]:
    """φ: zero mean and unit variance per sample and channel, in fp32, no parameters."""
    return functional.instance_norm(mixed.float())


def path_distillation(
    features: Sequence[Float[Tensor, "b c x y z"]],
    subsets: Sequence[Bool[Tensor, "b m"]],
    batch_subsets: Sequence[Bool[Tensor, "n m"]],
) -> Float[Tensor, ""]:
    """Mean squared difference of consecutive φ along the path, the richer side detached.

    Args:
        features: φ of each subset on the path, richest first.
        subsets: For each of them, the sequences that each sample has. A step counts for a sample
            only if it removes a sequence and at least one remains.
        batch_subsets: `subsets` of the whole batch, of which these samples are a part.
    """
    steps = []
    for t in range(len(features) - 1):
        squared = (features[t + 1] - features[t].detach()).square().flatten(1).mean(dim=1)
        counted = _removes_sequences(subsets[t], subsets[t + 1])
        steps.append(
            share_of_batch_mean(
                squared, counted, _removes_sequences(batch_subsets[t], batch_subsets[t + 1])
            )
        )
    return torch.stack(steps).mean()


def _removes_sequences(
    richer: Bool[Tensor, "b m"], poorer: Bool[Tensor, "b m"]
) -> Bool[Tensor, " b"]:
    return (richer != poorer).any(dim=1) & poorer.any(dim=1)
