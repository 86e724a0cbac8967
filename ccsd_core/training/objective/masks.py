"""Subsets of a batch as masks: which sample uses which sequence, and which samples count."""

import torch
from jaxtyping import Bool
from torch import Tensor

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.inference.subset_logits import mask as mask_of


def presence(subset: ModalitySubset, like: Bool[Tensor, "b m"]) -> Bool[Tensor, "b m"]:
    """A subset as a mask for each sample of a batch."""
    return mask_of(subset, like.device).expand(like.shape[0], -1)


def within(subset: ModalitySubset, present: Bool[Tensor, "b m"]) -> Bool[Tensor, "b m"]:
    """What each sample has of the subset; all it has where that is nothing."""
    used = presence(subset, present) & present
    return torch.where(used.any(dim=1, keepdim=True), used, present)


def poorer(mask: Bool[Tensor, "b m"], present: Bool[Tensor, "b m"]) -> Bool[Tensor, " b"]:
    """Which samples have all of the subset, and something more."""
    return (mask <= present).all(dim=1) & (mask != present).any(dim=1)
