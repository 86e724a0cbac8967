r"""How hard each sequence is to replace: one minus its mean similarity to the others.

$$C_i = 1 - \frac{1}{N-1} \sum_{j \ne i} \cos(f_i, f_j)$$

Reconstructed (eq. 4 and 5 were lost; any decreasing function of the similarity orders the
sequences the same way): cosine of the flattened deepest fused features, detached, in fp32.

Source: CCSD (arXiv:2511.14599), section 3.4.
"""

from collections.abc import Mapping
from itertools import combinations

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from ccsd_core.domain.modality import Modality, ModalitySubset


def pair_similarities(
    fused: Mapping[Modality, Tensor], present: Bool[Tensor, "b m"]
) -> tuple[Float[Tensor, "m m"], Float[Tensor, "m m"]]:
    """Summed cosine similarity of each pair over the batch, and how many samples it sums.

    Sums and counts, not means, so that several batches or ranks add up to one.

    Args:
        fused: Deepest fused features (b c x y z) by encoded sequence.
        present: Which sample has which sequence.
    """
    size = len(Modality)
    total = torch.zeros(size, size, device=present.device)
    count = torch.zeros_like(total)
    for i, j in combinations(fused, 2):
        both = present[:, i] & present[:, j]
        a, b = fused[i].detach().float().flatten(1), fused[j].detach().float().flatten(1)
        similarity = functional.cosine_similarity(a, b, dim=1)
        total[i, j] = total[j, i] = torch.where(both, similarity, 0.0).sum()
        count[i, j] = count[j, i] = both.sum()
    return total, count


def cosine_criticality(
    total: Float[Tensor, "m m"], count: Float[Tensor, "m m"]
) -> dict[Modality, float]:
    """C_i of every sequence that was seen together with another one.

    Args:
        total: Summed similarities of pairs.
        count: Samples behind each sum.
    """
    mean = total / count.clamp(min=1)
    pairs = (count > 0).sum(dim=1)
    return {m: float(1 - mean[m].sum() / pairs[m]) for m in Modality if int(pairs[m]) > 0}


def decremental_path(criticality: Mapping[Modality, float]) -> tuple[ModalitySubset, ...]:
    """S_0 ⊃ S_1 ⊃ …: from all scored sequences, the most critical one removed each time.

    Scores are taken once, on the full set: recomputed on the last pair they always tie, since
    cosine is symmetric. Equal scores are resolved towards the lower channel.

    >>> path = decremental_path({Modality.FLAIR: 0.2, Modality.T1: 0.1, Modality.T1C: 0.7})
    >>> [str(s) for s in path]
    ['FLAIR+T1+T1C', 'FLAIR+T1', 'T1']
    """
    by_need = sorted(criticality, key=lambda m: (-criticality[m], m))
    return tuple(ModalitySubset.of(*by_need[i:]) for i in range(len(by_need)))
