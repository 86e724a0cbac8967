"""ShaSpec's auxiliary losses: alignment of shared, classification of specific features.

Source: ShaSpec (Wang et al., CVPR 2023), which CCSD builds on: L1 distribution alignment of
shared features and domain classification of specific ones, with weights 0.1 and 0.02. We assume
that CCSD keeps them; both can be switched off. Its released code sums the distances of the four
pairs of neighbours in a circle, FLAIR–T1–T1c–T2–FLAIR (`cyclic`), and lets missing sequences take
part as zeroed channels. Our default is the mean over all pairs of present sequences.
"""

from collections.abc import Mapping
from itertools import combinations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from ccsd_core.domain.modality import Modality
from ccsd_core.losses.choices import Pairs
from ccsd_core.losses.whole_batch import share_of_batch_mean

CYCLE = tuple((m, Modality((m + 1) % len(Modality))) for m in Modality)
"""FLAIR and T1, T1 and T1c, T1c and T2, T2 and FLAIR."""


def shared_alignment(
    shared: Mapping[Modality, Tensor],
    present: Bool[Tensor, "b m"],
    batch_present: Bool[Tensor, "n m"],
    *,
    pairs: Pairs = "all",
) -> Float[Tensor, ""]:
    """Mean absolute difference of the shared features of two sequences.

    Args:
        shared: Deepest shared features (b c x y z) by encoded sequence.
        present: Whether each sample has each sequence; on the CPU.
        batch_present: `present` of the whole batch, of which these samples are a part.
        pairs: `all`: the mean over all pairs with both sequences present; `cyclic`: the sum over
            the four pairs of neighbours.
    """
    wanted_pairs = CYCLE if pairs == "cyclic" else tuple(combinations(Modality, 2))
    present_pairs = [
        p for p in wanted_pairs if bool((batch_present[:, p[0]] & batch_present[:, p[1]]).any())
    ]
    distances = [
        share_of_batch_mean(
            (shared[i].float() - shared[j].float()).abs().flatten(1).mean(dim=1),
            present[:, i] & present[:, j],
            batch_present[:, i] & batch_present[:, j],
        )
        for i, j in present_pairs
        if i in shared and j in shared
    ]
    if not distances:
        like = next(iter(shared.values()))
        return torch.zeros((), dtype=torch.float32, device=like.device)
    return torch.stack(distances).sum() / (1 if pairs == "cyclic" else len(present_pairs))


def domain_classification(
    specific: Mapping[Modality, Tensor],
    present: Bool[Tensor, "b m"],
    batch_present: Bool[Tensor, "n m"],
    classifier: nn.Module,
) -> Float[Tensor, ""]:
    """Cross-entropy of classifying the sequence from its pooled specific features.

    Args:
        specific: Specific features (b c x y z) that the classifier reads, by encoded sequence.
        present: Whether each sample has each sequence; on the CPU.
        batch_present: `present` of the whole batch, of which these samples are a part.
        classifier: Module from pooled features to one logit per sequence.
    """
    losses = []
    for modality, features in specific.items():
        logits = classifier(features.float().mean(dim=(2, 3, 4))).float()
        target = torch.full((logits.shape[0],), int(modality), device=logits.device)
        entropy = functional.cross_entropy(logits, target, reduction="none")
        losses.append(
            share_of_batch_mean(entropy, present[:, modality], batch_present[:, modality])
        )
    return torch.stack(losses).sum() / int(batch_present.any(dim=0).sum())
