r"""Means over a whole batch of which a rank or a micro-batch processes only a part.

    whole batch of an optimiser step (all ranks, all micro-batches)
    ┌──────────────┬──────────────┬──────────────┬──────────────┐
    │ sum of part 1│ sum of part 2│ …            │              │   ÷ counted samples of the whole
    └──────────────┴──────────────┴──────────────┴──────────────┘

A part divides its sum by the count of the *whole*, so that the sum of the parts equals the mean
over one large batch, also if its patients have different sequences. The count needs no
communication: the sequences of each sample are known before any image is read.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ccsd_core.losses.device_mask import mask_on_device


def share_of_batch_mean(
    values: Float[Tensor, " b"], counted: Bool[Tensor, " b"], batch_counted: Bool[Tensor, " n"]
) -> Float[Tensor, ""]:
    """This part's contribution to the mean over the samples that count; 0 if none does.

    Args:
        values: One value per sample of this part; values of uncounted samples do not matter.
        counted: Which samples of this part count; on the CPU.
        batch_counted: Which samples of the whole batch count, including this part; on the CPU.
    """
    return masked_sum(values, counted) / max(1, int(batch_counted.sum()))


def masked_sum(values: Float[Tensor, "b *s"], counted: Bool[Tensor, "b *s"]) -> Float[Tensor, "*s"]:
    """The sum over the samples that count; the mask is copied to a GPU only if needed.

    Args:
        values: By sample; values of uncounted samples do not matter.
        counted: Which samples count; on the CPU.
    """
    if not bool(counted.all()):
        mask = mask_on_device(counted, values)
        values = torch.where(mask, values, torch.zeros_like(values))
    return values.sum(dim=0)
