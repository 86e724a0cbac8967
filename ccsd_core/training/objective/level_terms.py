"""The terms of a step's level: what the C(4, k) subsets of k sequences are compared with.

    decode S ∈ C_k ──┬─▶ labels ────────────────▶ subsets
                     ├─▶ the full set's decode ─▶ divergence (HMSD)
                     └─▶ the full set's loss ───▶ ranking
    decodes that are distilled and not fused ──▶ labels ──▶ labelled

Every term is this part's share of a mean over the whole batch.

Source: CCSD (arXiv:2511.14599), section 3.3, for the level and its divergence. That distilled
decodes of other features learn from labels, and the ranking, are ours.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ccsd_core.distillation.hierarchical import bernoulli_divergence
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.losses.ranking import ranking
from ccsd_core.losses.segmentation import SegmentationLoss
from ccsd_core.losses.whole_batch import share_of_batch_mean
from ccsd_core.model.network import CcsdNetwork, EncodedBatch, FeatureKind
from ccsd_core.training.objective.presence_masks import expand_subset, has_more_than
from ccsd_core.training.schedule import StepDraw


class LevelLosses(NamedTuple):
    """Losses over the level's subsets, unweighted.

    Args:
        subsets: Mean segmentation loss of their fused decodes.
        divergence: Mean divergence from the teacher; 0 without HMSD.
        labelled: Segmentation loss of the decodes that are distilled, where these are not fused.
        ranking: A sum divided by the number of subsets, to which the one pair of the drawn subset
            and one sequence more is added; 0 where it is not wanted.
    """

    subsets: Float[Tensor, ""]
    divergence: Float[Tensor, ""]
    labelled: Float[Tensor, ""]
    ranking: Float[Tensor, ""]


@dataclass(frozen=True, slots=True)
class LevelTerms:
    """Computes the terms of a level.

    A sample takes part with the subsets of what it has, its full set excluded: that is its
    teacher. Distilled decodes made of other than fused features (Table 4) are decodes of their
    own, and are compared with the labels as the fused ones are: what has not learned from labels
    has nothing to teach.

    Args:
        hmsd: Whether the full set teaches the subsets (HMSD).
        own_decodes: Whether decodes of `features` are wanted beside those of fused ones.
        features: Kind of features that distilled decodes are made of.
        temperature: Temperature τ of the HMSD.
        subsets_weight: Weight of the subsets in `labelled`; the full set weighs 1.
        ranked: Whether the ranking is wanted.
    """

    hmsd: bool
    own_decodes: bool
    features: FeatureKind
    temperature: float
    subsets_weight: float
    ranked: bool

    def __call__(
        self,
        network: CcsdNetwork,
        segmentation: SegmentationLoss,
        encoding: EncodedBatch,
        *,
        teacher: Float[Tensor, "b r x y z"],
        full: Float[Tensor, "b r"],
        target: Bool[Tensor, "b r x y z"],
        batch_present: Bool[Tensor, "n m"],
        draw: StepDraw,
    ) -> LevelLosses:
        """The terms of a batch, or of a part of one.

        Args:
            network: The network that made `encoding`.
            segmentation: Segmentation loss of one decode.
            encoding: Features of the batch.
            teacher: The fused decode of all that each sample has.
            full: Segmentation loss of `teacher` by sample and region.
            target: Regions WT, TC, ET by the expert.
            batch_present: Which sample of the whole batch has which sequence.
            draw: Level and random order of the sequences of this step.
        """
        present = encoding.present
        labelled = torch.zeros((), dtype=torch.float32, device=present.device)
        if self.own_decodes:
            teacher = network.decode(encoding, present, kind=self.features)
            everyone = torch.ones_like(present[:, 0])
            per_sample = segmentation(teacher, target)
            labelled = share_of_batch_mean(
                per_sample, everyone, torch.ones_like(batch_present[:, 0])
            )
        losses, divergences, own_losses, ranks, subset_count = [], [], [], [], 0
        chain = ModalitySubset.of(*draw.order[: draw.level])
        for subset in ModalitySubset.full().of_size(draw.level):
            mask = expand_subset(subset, present)
            counted, of_all = (
                has_more_than(mask, present),
                has_more_than(expand_subset(subset, batch_present), batch_present),
            )
            subset_count += bool(of_all.any())
            if not bool(counted.any()):
                continue
            logits = network.decode(encoding, mask)
            of_regions = segmentation.by_region(logits, target)
            losses.append(share_of_batch_mean(of_regions.mean(dim=1), counted, of_all))
            if self.ranked:
                ranks.append(share_of_batch_mean(ranking(full, of_regions), counted, of_all))
                if subset == chain and draw.level < len(Modality) - 1:
                    richer = ModalitySubset.of(*draw.order[: draw.level + 1])
                    decoded = network.decode(encoding, expand_subset(richer, present))
                    term = ranking(segmentation.by_region(decoded, target), of_regions)
                    ranks.append(_mean_over_samples_with(term, richer, present, batch_present))
            if self.hmsd:
                if self.own_decodes:
                    logits = network.decode(encoding, mask, kind=self.features)
                    own_losses.append(
                        share_of_batch_mean(segmentation(logits, target), counted, of_all)
                    )
                divergence = bernoulli_divergence(teacher, logits, temperature=self.temperature)
                divergences.append(share_of_batch_mean(divergence, counted, of_all))
        labelled = labelled + self.subsets_weight * _mean(own_losses, subset_count, like=teacher)
        return LevelLosses(
            _mean(losses, subset_count, like=teacher),
            _mean(divergences, subset_count, like=teacher),
            labelled,
            _mean(ranks, subset_count, like=teacher),
        )


def _mean_over_samples_with(
    term: Float[Tensor, " b"],
    subset: ModalitySubset,
    present: Bool[Tensor, "b m"],
    batch_present: Bool[Tensor, "n m"],
) -> Float[Tensor, ""]:
    """This part's share of the mean over the samples that have all of a subset."""
    have = (expand_subset(subset, present) <= present).all(dim=1)
    return share_of_batch_mean(
        term, have, (expand_subset(subset, batch_present) <= batch_present).all(dim=1)
    )


def _mean(values: list[Tensor], subset_count: int, *, like: Tensor) -> Float[Tensor, ""]:
    """The sum of this part's terms divided by the number of subsets in the whole batch."""
    if values:
        return torch.stack(values).sum() / subset_count
    return torch.zeros((), dtype=torch.float32, device=like.device)
