r"""Converting a network's output channels to logits of the regions WT ⊃ TC ⊃ ET.

    head      channels                                        becomes
    regions   WT, TC, ET                                      itself
    softmax   background, oedema, necrosis, enhancing         logsumexp(in) − logsumexp(out)

With the softmax head, the sigmoid of a region's logit is the region's softmax probability, so that
every loss and threshold for regions applies to both heads, and regions are nested by construction.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from ccsd_core.model.choices import Head

BACKGROUND, OEDEMA, NECROSIS, ENHANCING = range(4)
"""Channels of the softmax head."""

FIRST_INSIDE = (OEDEMA, NECROSIS, ENHANCING)
"""First class of WT, TC and ET; all later classes belong to the region as well."""


def regions_of_classes(
    logits: Float[Tensor, "b 4 x y z"],
) -> Float[Tensor, "b 3 x y z"]:
    """Log-odds of each region under the softmax over the four classes, in fp32."""
    logits = logits.float()
    # slices, because index tensors would be copied to a GPU in every decode
    odds = [
        logits[:, first:].logsumexp(dim=1) - logits[:, :first].logsumexp(dim=1)
        for first in FIRST_INSIDE
    ]
    return torch.stack(odds, dim=1)


def regions_unchanged(
    logits: Float[Tensor, "b 3 x y z"],
) -> Float[Tensor, "b 3 x y z"]:
    """The logits of a head with one channel per region, unchanged."""
    return logits


OUTPUT_CHANNELS: dict[Head, int] = {"regions": 3, "softmax": 4}
"""Channels of each head."""

TO_REGIONS: dict[Head, Callable[[Tensor], Tensor]] = {
    "regions": regions_unchanged,
    "softmax": regions_of_classes,
}
"""Function from a head's channels to the regions' logits."""
