"""ShaSpec's two auxiliaries: shared features alike, specific features telling their sequence.

Source: ShaSpec (Wang et al., CVPR 2023), which CCSD builds on: L1 distribution alignment of
shared features and domain classification of specific ones, with weights 0.1 and 0.02. Absent
sequences take no part. That CCSD keeps them is our assumption; both can be switched off.
"""

from collections.abc import Mapping
from itertools import combinations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from ccsd_core.domain.modality import Modality
from ccsd_core.losses.segmentation import masked_mean


def shared_alignment(
    shared: Mapping[Modality, Tensor], present: Bool[Tensor, "b m"]
) -> Float[Tensor, ""]:
    """Mean absolute difference of shared features over all pairs of present sequences.

    Args:
        shared: Deepest shared features (b c x y z) by encoded sequence.
        present: Which sample has which sequence.
    """
    pairs = list(combinations(shared, 2))
    if not pairs:
        return present.new_zeros((), dtype=torch.float32)
    distances = [
        masked_mean(
            (shared[i].float() - shared[j].float()).abs().flatten(1).mean(dim=1),
            present[:, i] & present[:, j],
        )
        for i, j in pairs
    ]
    return torch.stack(distances).mean()


def domain_classification(
    specific: Mapping[Modality, Tensor], present: Bool[Tensor, "b m"], classifier: nn.Linear
) -> Float[Tensor, ""]:
    """Cross-entropy of naming the sequence from its pooled specific features."""
    losses = []
    for modality, features in specific.items():
        logits = classifier(features.float().mean(dim=(2, 3, 4)))
        target = torch.full((logits.shape[0],), int(modality), device=logits.device)
        entropy = functional.cross_entropy(logits.float(), target, reduction="none")
        losses.append(masked_mean(entropy, present[:, modality]))
    return torch.stack(losses).mean()
