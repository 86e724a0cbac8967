"""The terms of a step's level: comparisons of the C(4, k) subsets of k sequences.

    decode S ∈ C_k ──┬─▶ labels ────────────────▶ subsets
                     ├─▶ the full set's decode ─▶ divergence (HMSD)
                     └─▶ the full set's loss ───▶ ranking
    distilled decodes of other features ──▶ labels ──▶ labelled

Every term is this part's contribution to a mean over the whole batch.

Source: CCSD (arXiv:2511.14599), section 3.3, for the level and its divergence. The label loss for
distilled decodes of other features, and the ranking, are ours.
"""

from collections.abc import Sequence
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
        labelled: Segmentation loss of the distilled decodes, if they do not use fused features.
        ranking: Sum of the ranking losses of the full set with each subset, and of one drawn pair
            of subsets, divided by the number of subsets; 0 if it is off.
    """

    subsets: Float[Tensor, ""]
    divergence: Float[Tensor, ""]
    labelled: Float[Tensor, ""]
    ranking: Float[Tensor, ""]


@dataclass(frozen=True, slots=True)
class LevelTerms:
    """Computes the terms of a level.

    A sample contributes to the subsets of its sequences, except its full set, which is the teacher.
    Distilled decodes of other than fused features (Table 4) are separate decodes, and are also
    compared with the labels, because a teacher has to learn from labels.

    Args:
        hmsd: Whether the full set teaches the subsets (HMSD).
        own_decodes: Whether `features` are decoded in addition to the fused ones.
        features: Kind of features that distilled decodes use.
        temperature: Temperature τ of the HMSD.
        subsets_weight: Weight of the subsets in `labelled`; the full set has weight 1.
        ranked: Whether the ranking loss is on.
    """

    hmsd: bool
    own_decodes: bool
    features: FeatureKind
    temperature: float
    subsets_weight: float
    ranked: bool

    def subsets(
        self, present: Bool[Tensor, "b m"], batch_present: Bool[Tensor, "n m"], draw: StepDraw
    ) -> "LevelSubsets":
        """The subsets that a batch, or a part of one, is decoded with.

        Args:
            present: Whether each sample of the part has each sequence.
            batch_present: Whether each sample of the whole batch has each sequence.
            draw: Level and random order of the sequences of this step.
        """
        found, batch_count = [], 0
        for subset in ModalitySubset.full().of_size(draw.level):
            mask = expand_subset(subset, present)
            counted = has_more_than(mask, present)
            batch_counted = has_more_than(expand_subset(subset, batch_present), batch_present)
            batch_count += bool(batch_counted.any())
            if bool(counted.any()):
                found.append(LevelSubset(subset, mask, counted, batch_counted))
        drawn = ModalitySubset.of(*draw.order[: draw.level])
        larger = None
        ranked = self.ranked and draw.level < len(Modality) - 1
        if ranked and any(s.subset == drawn for s in found):
            larger = ModalitySubset.of(*draw.order[: draw.level + 1])
        return LevelSubsets(tuple(found), batch_count, drawn, larger, present, batch_present)

    def __call__(
        self,
        network: CcsdNetwork,
        segmentation: SegmentationLoss,
        encoding: EncodedBatch,
        subsets: "LevelSubsets",
        *,
        logits: Float[Tensor, "k b r x y z"],
        losses: Float[Tensor, "k b r"],
        target: Bool[Tensor, "b r x y z"],
    ) -> LevelLosses:
        """The terms of a batch, or of a part of one.

        Args:
            network: The network that computed `encoding`.
            segmentation: Segmentation loss of one decode.
            encoding: Features of the batch.
            subsets: Subsets of the level that samples contribute to.
            logits: Fused decodes of each sample's full set, and of `subsets.masks`.
            losses: Segmentation loss of each of `logits`, by sample and region.
            target: Regions WT, TC, ET by the expert.
        """
        own_losses: Sequence[Tensor] = ()
        distilled = logits
        labelled = torch.zeros((), dtype=torch.float32, device=logits.device)
        if self.own_decodes:
            distilled_subsets = subsets.each if self.hmsd else ()
            masks = [subsets.present, *(s.mask for s in distilled_subsets)]
            distilled = network.decode_subsets(encoding, masks, kind=self.features)
            own = losses_by_region(segmentation, distilled, target).mean(dim=2)
            everyone = torch.ones_like(subsets.present[:, 0])
            labelled = share_of_batch_mean(
                own[0], everyone, torch.ones_like(subsets.batch_present[:, 0])
            )
            own_losses = [
                share_of_batch_mean(loss, s.counted, s.batch_counted)
                for s, loss in zip(distilled_subsets, own[1:], strict=True)
            ]
        teacher = distilled[0]
        subset_losses, divergences, ranks = [], [], []
        for k, s in enumerate(subsets.each, start=1):
            counted, batch_counted = s.counted, s.batch_counted
            subset_losses.append(share_of_batch_mean(losses[k].mean(dim=1), counted, batch_counted))
            if self.ranked:
                term = ranking(losses[0], losses[k])
                ranks.append(share_of_batch_mean(term, counted, batch_counted))
                if s.subset == subsets.drawn and subsets.larger is not None:
                    term = ranking(losses[-1], losses[k])
                    ranks.append(subsets.mean_over_samples_with(subsets.larger, term))
            if self.hmsd:
                divergence = bernoulli_divergence(
                    teacher, distilled[k], temperature=self.temperature
                )
                divergences.append(share_of_batch_mean(divergence, counted, batch_counted))
        count = subsets.batch_count
        labelled = labelled + self.subsets_weight * _mean(own_losses, count, like=teacher)
        return LevelLosses(
            _mean(subset_losses, count, like=teacher),
            _mean(divergences, count, like=teacher),
            labelled,
            _mean(ranks, count, like=teacher),
        )


@dataclass(frozen=True, slots=True, eq=False)
class LevelSubset:
    """A subset of the level that at least one sample contributes to.

    Args:
        subset: The subset.
        mask: The subset as the mask of each sample of the part.
        counted: Whether each sample of the part contributes to it.
        batch_counted: Whether each sample of the whole batch contributes to it.
    """

    subset: ModalitySubset
    mask: Bool[Tensor, "b m"]
    counted: Bool[Tensor, " b"]
    batch_counted: Bool[Tensor, " n"]


@dataclass(frozen=True, slots=True, eq=False)
class LevelSubsets:
    """The subsets of the level that a batch, or a part of one, is decoded with.

    Args:
        each: Subsets that at least one sample of the part contributes to, in table order.
        batch_count: Number of subsets that at least one sample of the whole batch contributes to.
        drawn: The subset drawn for the ranking.
        larger: `drawn` with one more sequence, if the ranking needs its decode; otherwise None.
        present: Whether each sample of the part has each sequence.
        batch_present: Whether each sample of the whole batch has each sequence.
    """

    each: tuple[LevelSubset, ...]
    batch_count: int
    drawn: ModalitySubset
    larger: ModalitySubset | None
    present: Bool[Tensor, "b m"]
    batch_present: Bool[Tensor, "n m"]

    @property
    def masks(self) -> list[Bool[Tensor, "b m"]]:
        """Masks of the fused decodes that are needed in addition to the full set."""
        masks = [s.mask for s in self.each]
        return masks if self.larger is None else [*masks, expand_subset(self.larger, self.present)]

    def mean_over_samples_with(
        self, subset: ModalitySubset, term: Float[Tensor, " b"]
    ) -> Float[Tensor, ""]:
        """This part's contribution to the mean over the samples with all sequences of a subset."""
        have, batch_have = (
            (expand_subset(subset, present) <= present).all(dim=1)
            for present in (self.present, self.batch_present)
        )
        return share_of_batch_mean(term, have, batch_have)


def losses_by_region(
    segmentation: SegmentationLoss,
    logits: Float[Tensor, "k b r x y z"],
    target: Bool[Tensor, "b r x y z"],
) -> Float[Tensor, "k b r"]:
    """Segmentation loss of several decodes of one batch, by decode, sample and region."""
    count = len(logits)
    targets = target.repeat(count, 1, 1, 1, 1)
    return segmentation.by_region(logits.flatten(0, 1), targets).unflatten(0, (count, -1))


def _mean(values: Sequence[Tensor], subset_count: int, *, like: Tensor) -> Float[Tensor, ""]:
    """The sum of this part's terms divided by the number of subsets in the whole batch."""
    if values:
        return torch.stack(list(values)).sum() / subset_count
    return torch.zeros((), dtype=torch.float32, device=like.device)
