"""Copies of small masks on a GPU.

The mask of available sequences stays on the CPU, because the host code branches on it. A GPU needs
a copy only if the samples of a batch differ. Copying a few bytes takes as long as a kernel launch,
and the same masks recur in every step, so copies are cached.
"""

from functools import lru_cache

import torch
from jaxtyping import Bool
from torch import Tensor

KEPT = 512
"""Number of masks cached on GPUs, a few bytes each."""


def mask_on_device(mask: Bool[Tensor, "*s"], like: Tensor) -> Bool[Tensor, "*s"]:
    """The mask on the device of another tensor; do not modify it, because it may be a shared copy.

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
