"""The losses of `objective` with one full forward for every subset: the baseline without sharing.

    full set ──▶ encode ─▶ decode      S ∈ C_k ──▶ encode ─▶ decode, each
    S_0 ⊃ S_1 ⊃ S_2 ⊃ S_3 ──▶ encode ─▶ first mixing, each

Tests compare values and gradients with it; benchmarks use it as the other side of a ratio.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ccsd_core.distillation.decremental import normalised, path_distillation
from ccsd_core.distillation.hierarchical import bernoulli_divergence
from ccsd_core.distillation.path import Path
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.losses.whole_batch import share_of_batch_mean
from ccsd_core.model.encoded_batch import FeatureKind
from ccsd_core.training.objective.objective import Objective
from ccsd_core.training.objective.presence_masks import expand_subset


def naive_loss(
    objective: Objective,
    images: Float[Tensor, "b m x y z"],
    present: Bool[Tensor, "b m"],
    target: Bool[Tensor, "b r x y z"],
    *,
    level: int,
    path: Path,
) -> Tensor:
    """The loss of a whole batch, ramp 1, every subset encoded again from its own images.

    Without the ranking term, and for `supervise = "level"` alone.

    Args:
        objective: Gives the network, weights and switches; both distillations must be on.
        images: Normalised patches.
        present: Which sequences each sample has.
        target: The expert's regions.
        level: k of C_k.
        path: The decremental path.
    """
    network, features = objective.network, objective.level.features
    temperature = objective.level.temperature
    kinds: set[FeatureKind] = {"fused", features}

    def forward(mask: Tensor) -> tuple[Tensor, Tensor]:
        """Fused logits, and those that distillation uses: one full forward."""
        encoding = network.encode(images, mask, kinds=kinds)
        fused = network.decode(encoding, mask)
        if features == "fused":
            return fused, fused
        return fused, network.decode(encoding, mask, kind=features)

    full, teacher = forward(present)
    total = objective.segmentation(full, target).mean()
    other = features != "fused"
    if other:
        total = total + objective.segmentation(teacher, target).mean()
    seg: list[Tensor] = []
    hmsd: list[Tensor] = []
    for subset in ModalitySubset.full().of_size(level):
        mask = expand_subset(subset, present)
        has_subset = (mask <= present).all(dim=1) & (mask != present).any(dim=1)
        if not bool(has_subset.any()):
            continue
        # A sample without the subset is not counted, but must be computable.
        fused, distilled = forward(mask & present)
        seg.extend(
            share_of_batch_mean(objective.segmentation(logits, target), has_subset, has_subset)
            for logits in ((fused, distilled) if other else (fused,))
        )
        divergence = bernoulli_divergence(teacher, distilled, temperature=temperature)
        hmsd.append(share_of_batch_mean(divergence, has_subset, has_subset))
    # half of them are of the distilled decodes, where those are separate
    total = total + objective.subsets_weight * (1 + other) * torch.stack(seg).mean()
    total = total + objective.hmsd_weight * torch.stack(hmsd).mean()
    masks = [expand_subset(s, present) & present for s in path]
    phi: list[Tensor] = []
    for mask in masks:
        encoding = network.encode(images, mask, kinds=kinds)
        deepest = encoding.levels - 1
        phi.append(normalised(network.mix(encoding, mask, level=deepest, kind=features).map))
    total = total + objective.dmcd_weight * path_distillation(phi, masks, masks)
    if objective.auxiliaries is None:
        return total
    encoding = network.encode(images, present)
    alignment, domain = objective.auxiliaries(network, encoding, present, image=images[:, :1])
    return total + objective.alignment_weight * alignment + objective.domain_weight * domain
