r"""How hard each sequence is to replace: the score that determines the decremental path.

    cosine     C_i = 1 − mean_{j≠i} cos(f_i, f_j)     unlike the others, so hard to replace
    gradient   C_i = ‖ ∂L_seg(M) / ∂f_i ‖₂            the loss depends on it most
    random     any order                              the control of the paper's Table 6

All are computed as sums and counts over samples, so that those of several ranks or micro-batches
add up to those of one batch.

Source: CCSD (arXiv:2511.14599), section 3.4 (eq. 4 and 5, missing from the text version and
reconstructed: cosine of the flattened deepest fused features, detached, fp32; any decreasing
function of the similarity orders the sequences the same way) and section 4.5 (eq. 9, stated: the
norm of the gradient of the segmentation loss with respect to the fused features, from one more
backward). Ours: the gradient is taken per sample and over all levels that are fused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from ccsd_core.domain.modality import Modality
from ccsd_core.losses.whole_batch import masked_sum

_LOSS_SCALE = 2.0**12
"""A loss averaged over a patch has tiny gradients; scaled up, they do not underflow in fp16."""


@dataclass(frozen=True, slots=True, eq=False)
class CriticalitySums:
    """Sums over samples that the criticality of each sequence is computed from.

    Args:
        total: Sum over samples of cosine similarities by pair (m, m), or of gradient norms (m,).
        count: Number of samples in each sum, shaped as `total`; on the CPU.
    """

    total: Float[Tensor, "*s"]
    count: Float[Tensor, "*s"]

    def __add__(self, other: "CriticalitySums") -> "CriticalitySums":
        return CriticalitySums(self.total + other.total, self.count + other.count)

    def to_cpu(self) -> "CriticalitySums":
        """The sums on the CPU."""
        return CriticalitySums(self.total.cpu(), self.count)

    def all_reduced(self, reduce: Callable[[Tensor], Tensor]) -> "CriticalitySums":
        """The sums over all ranks, where `reduce` sums a tensor over ranks; on the CPU."""
        both = reduce(torch.stack([self.total, self.count.to(self.total.device)])).cpu()
        return CriticalitySums(both[0], both[1])


def similarity_sums(
    fused: Mapping[Modality, Tensor], present: Bool[Tensor, "b m"]
) -> CriticalitySums:
    """Cosine similarity of each pair of sequences, summed over the samples that have both.

    Args:
        fused: Deepest fused features (b c x y z) by encoded sequence.
        present: Whether each sample has each sequence; on the CPU.
    """
    size = len(Modality)
    flat = {m: features.detach().float().flatten(1) for m, features in fused.items()}
    sums, count = {}, torch.zeros(size, size)
    for i, j in combinations(fused, 2):
        both = present[:, i] & present[:, j]
        similarity = functional.cosine_similarity(flat[i], flat[j], dim=1)
        sums[i, j] = sums[j, i] = masked_sum(similarity, both)
        count[i, j] = count[j, i] = both.sum()
    zero = torch.zeros((), device=next(iter(flat.values())).device)
    rows = [sums.get((i, j), zero) for i in Modality for j in Modality]
    return CriticalitySums(torch.stack(rows).reshape(size, size), count)


def gradient_sums(
    loss: Float[Tensor, " b"],
    fused: Mapping[Modality, Sequence[Tensor]],
    present: Bool[Tensor, "b m"],
) -> CriticalitySums:
    """Norm of each sample's loss gradient with respect to its fused features, summed.

    One additional backward pass, which changes neither the graph nor the parameters' gradients.

    Args:
        loss: Segmentation loss of the full set, per sample, with its graph.
        fused: The fused features of every level that the loss was decoded from, by sequence.
        present: Whether each sample has each sequence; on the CPU.
    """
    inputs = [feature for features in fused.values() for feature in features]
    found = torch.autograd.grad(
        _LOSS_SCALE * loss.sum(), inputs, retain_graph=True, allow_unused=True
    )
    gradients = iter(found)
    total = torch.zeros(len(Modality), device=loss.device)
    for modality, features in fused.items():
        squared = torch.zeros(len(present), device=loss.device)
        for _ in features:
            gradient = next(gradients)
            if gradient is not None:
                squared = squared + (gradient.float() / _LOSS_SCALE).flatten(1).square().sum(dim=1)
        total[modality] = masked_sum(squared.sqrt(), present[:, modality])
    return CriticalitySums(total, present.sum(dim=0).float())


def cosine_criticality(similarities: CriticalitySums) -> dict[Modality, float]:
    """C_i in [0, 2] of every sequence that at least one sample has together with another one."""
    mean = similarities.total / similarities.count.clamp(min=1)
    pairs = (similarities.count > 0).sum(dim=1)
    return {m: float(1 - mean[m].sum() / pairs[m]) for m in Modality if int(pairs[m]) > 0}


def gradient_criticality(norms: CriticalitySums) -> dict[Modality, float]:
    """Mean gradient norm of every sequence that at least one sample has."""
    return {m: float(norms.total[m] / norms.count[m]) for m in Modality if float(norms.count[m])}


def restricted_to(similarities: CriticalitySums, kept: Sequence[Modality]) -> CriticalitySums:
    """The sums of pairs of kept sequences, all others 0, to compute scores after a removal."""
    mask = torch.zeros_like(similarities.count)
    for i, j in combinations(kept, 2):
        mask[i, j] = mask[j, i] = 1
    return CriticalitySums(similarities.total * mask, similarities.count * mask)
