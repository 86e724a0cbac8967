"""Copies of small masks on a GPU.

Which sample has which sequence is kept on the CPU, where it is read: what is computed depends on
it. A GPU needs a copy only where the samples of a batch differ. A copy of a few bytes costs as
much time as a kernel launch, and the same masks come again in every step, so copies are kept.
"""

from functools import lru_cache

import torch
from jaxtyping import Bool
from torch import Tensor

KEPT = 512
"""Number of masks kept on GPUs, of some bytes each."""


def mask_on_device(mask: Bool[Tensor, "*s"], like: Tensor) -> Bool[Tensor, "*s"]:
    """The mask on the device of another tensor. Do not write to it: it may be a shared copy.

    Args:
        mask: Mask of a few values, on the CPU.
        like: Tensor on any device.
    """
    if like.is_cpu:
        return mask
    return _copy(tuple(mask.flatten().tolist()), tuple(mask.shape), like.device)


@lru_cache(maxsize=KEPT)
def _copy(values: tuple[bool, ...], shape: tuple[int, ...], device: torch.device) -> Tensor:
    with torch.inference_mode(mode=False):  # an inference tensor cannot be saved for backward
        return torch.tensor(values, dtype=torch.bool).reshape(shape).to(device)
