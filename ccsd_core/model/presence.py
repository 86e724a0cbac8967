"""A subset of sequences as the Boolean mask that the network takes."""

import torch
from jaxtyping import Bool
from torch import Tensor

from ccsd_core.domain.modality import Modality, ModalitySubset


def presence_mask(subset: ModalitySubset) -> Bool[Tensor, "1 m"]:
    """Mask of a batch of one patient, in channel order: true if the subset contains the sequence.

    It is on the CPU, as the network expects.
    """
    return torch.tensor([[m in subset for m in Modality]])
