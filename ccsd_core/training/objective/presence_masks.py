"""Subsets of a batch as masks: the sequences that each sample uses, and samples that count.

All are on the CPU, because the host branches on them, and reading from a GPU would synchronise.
"""

import torch
from jaxtyping import Bool
from torch import Tensor

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.model.presence import presence_mask


def expand_subset(subset: ModalitySubset, like: Bool[Tensor, "b m"]) -> Bool[Tensor, "b m"]:
    """The same subset for each sample of a batch shaped as `like`: (b, m), in channel order."""
    return presence_mask(subset).expand(like.shape[0], -1)


def restrict_to_subset(subset: ModalitySubset, present: Bool[Tensor, "b m"]) -> Bool[Tensor, "b m"]:
    """The sequences of the subset that each sample has; all of the sample's sequences if none."""
    used = expand_subset(subset, present) & present
    return torch.where(used.any(dim=1, keepdim=True), used, present)


def has_more_than(mask: Bool[Tensor, "b m"], present: Bool[Tensor, "b m"]) -> Bool[Tensor, " b"]:
    """Whether each sample has every sequence of its mask, and at least one more."""
    return (mask <= present).all(dim=1) & (mask != present).any(dim=1)
