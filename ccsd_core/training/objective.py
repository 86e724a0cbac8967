r"""What one training step minimises: the weighted sum of segmentation, HMSD, DMCD and auxiliaries.

    L = L_seg(M) + mean_S L_seg(S) + w·(λ_H · HMSD + λ_D · DMCD) + 0.1 · align + 0.02 · domain

One encoding of the batch serves the teacher (all a patient has), the level C_k (every subset
of k sequences) and the path; the path's members need only the decoder's first mixing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from ccsd_core.distillation.criticality import (
    cosine_criticality,
    decremental_path,
    pair_similarities,
)
from ccsd_core.distillation.decremental import normalised, path_distillation
from ccsd_core.distillation.hierarchical import bernoulli_divergence
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.losses.auxiliary import domain_classification, shared_alignment
from ccsd_core.losses.segmentation import SegmentationLoss, masked_mean
from ccsd_core.model.network import CcsdNetwork, Encoding
from ccsd_core.training.config import DistillationConfig

ALIGNMENT_WEIGHT = 0.1
DOMAIN_WEIGHT = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class LossParts:
    """The terms of one step, unweighted; `total` is what is minimised."""

    total: Tensor
    seg_full: Tensor
    seg_subsets: Tensor
    hmsd: Tensor
    dmcd: Tensor
    alignment: Tensor
    domain: Tensor

    def as_floats(self) -> dict[str, float]:
        return {f.name: float(getattr(self, f.name).detach()) for f in fields(self)}


def presence(subset: ModalitySubset, like: Bool[Tensor, "b m"]) -> Bool[Tensor, "b m"]:
    """A subset as a mask for each sample of a batch."""
    row = torch.tensor([m in subset for m in Modality], device=like.device)
    return row.expand(like.shape[0], -1)


class Objective(nn.Module):
    """Computes the loss of a batch.

    Args:
        distillation: Which self-distillations, and how strong.
        auxiliaries: ShaSpec's two.
    """

    def __init__(self, distillation: DistillationConfig, *, auxiliaries: bool):
        super().__init__()
        self.segmentation = SegmentationLoss()
        self.distillation = distillation
        self.auxiliaries = auxiliaries

    def forward(
        self,
        network: CcsdNetwork,
        images: Float[Tensor, "b m x y z"],
        present: Bool[Tensor, "b m"],
        target: Bool[Tensor, "b r x y z"],
        *,
        level: int,
        ramp: float,
    ) -> tuple[LossParts, tuple[ModalitySubset, ...]]:
        """The loss of one batch, and the decremental path it used.

        Args:
            network: The network.
            images: Normalised patches.
            present: Which sample has which sequence.
            target: The expert's regions.
            level: k of C_k, drawn once per optimiser step.
            ramp: w, from 0 to 1.
        """
        encoding = network.encode(images, present)
        teacher = network.decode(encoding, present)
        seg_full = self.segmentation(teacher, target)
        seg_subsets, hmsd = self._level(network, encoding, teacher, target, level)
        path = self._path(encoding)
        dmcd = self._decremental(network, encoding, path)
        zero = torch.zeros_like(seg_full)
        alignment = domain = zero
        if self.auxiliaries:
            alignment = shared_alignment(encoding.deepest("shared"), present)
            specific = encoding.deepest("specific")
            domain = domain_classification(specific, present, network.domain_classifier)
        d = self.distillation
        total = (
            seg_full
            + seg_subsets
            + ramp * (d.hmsd_weight * hmsd + d.dmcd_weight * dmcd)
            + ALIGNMENT_WEIGHT * alignment
            + DOMAIN_WEIGHT * domain
        )
        return LossParts(total, seg_full, seg_subsets, hmsd, dmcd, alignment, domain), path

    def _level(
        self, network: CcsdNetwork, encoding: Encoding, teacher: Tensor, target: Tensor, level: int
    ) -> tuple[Tensor, Tensor]:
        """Mean segmentation loss and mean divergence over the subsets of `level` sequences.

        A sample takes part with the subsets of what it has, its full set excluded: that is
        its teacher.
        """
        present = encoding.present
        losses: list[Tensor] = []
        divergences: list[Tensor] = []
        for subset in ModalitySubset.full().of_size(level):
            mask = presence(subset, present)
            counted = (mask <= present).all(dim=1) & (mask != present).any(dim=1)
            if not bool(counted.any()):
                continue
            logits = network.decode(encoding, mask)
            losses.append(self.segmentation(logits, target, counted))
            if self.distillation.hmsd:
                temperature = self.distillation.temperature
                divergence = bernoulli_divergence(teacher, logits, temperature=temperature)
                divergences.append(masked_mean(divergence, counted))
        return _mean(losses, like=teacher), _mean(divergences, like=teacher)

    def _path(self, encoding: Encoding) -> tuple[ModalitySubset, ...]:
        total, count = pair_similarities(encoding.deepest("fused"), encoding.present)
        return decremental_path(cosine_criticality(total, count))

    def _decremental(
        self, network: CcsdNetwork, encoding: Encoding, path: Sequence[ModalitySubset]
    ) -> Tensor:
        deepest = len(encoding.missing) - 1
        if not self.distillation.dmcd or len(path) < 2:
            return encoding.missing[deepest][0].new_zeros(())
        masks = [presence(subset, encoding.present) & encoding.present for subset in path]
        mixed = [network.mix(encoding, mask, level=deepest) for mask in masks]
        shape = torch.broadcast_shapes(*(m.shape for m in mixed))
        return path_distillation([normalised(m.expand(shape)) for m in mixed], masks)


def _mean(values: list[Tensor], *, like: Tensor) -> Tensor:
    return torch.stack(values).mean() if values else like.new_zeros((), dtype=torch.float32)
