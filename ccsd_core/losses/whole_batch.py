r"""Means over a whole batch, of which a rank or a micro-batch sees only a part.

    whole batch of an optimiser step (all ranks, all micro-batches)
    ┌──────────────┬──────────────┬──────────────┬──────────────┐
    │ sum of part 1│ sum of part 2│ …            │              │   ÷ samples that count in all
    └──────────────┴──────────────┴──────────────┴──────────────┘

A part divides its sum by the count of the *whole*, so that adding the parts gives exactly
what one batch would give, also where patients with different sequences share it. The count
needs no communication: which sample has which sequence is known before an image is read.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ccsd_core.losses.device_mask import mask_on_device


def share_of_batch_mean(
    values: Float[Tensor, " b"], counted: Bool[Tensor, " b"], batch_counted: Bool[Tensor, " n"]
) -> Float[Tensor, ""]:
    """This part's share of the mean over the samples that count; 0 if none does.

    Args:
        values: One per sample of this part; values of uncounted samples do not matter.
        counted: Which samples of this part count; on the CPU.
        batch_counted: Which samples of the whole batch count, this part's included; on the CPU.
    """
    return masked_sum(values, counted) / max(1, int(batch_counted.sum()))


def masked_sum(values: Float[Tensor, "b *s"], counted: Bool[Tensor, "b *s"]) -> Float[Tensor, "*s"]:
    """The sum over the samples that count. The mask is sent to a GPU only if it is needed there.

    Args:
        values: By sample; values of uncounted samples do not matter.
        counted: Which samples count; on the CPU.
    """
    if not bool(counted.all()):
        mask = mask_on_device(counted, values)
        values = torch.where(mask, values, torch.zeros_like(values))
    return values.sum(dim=0)
