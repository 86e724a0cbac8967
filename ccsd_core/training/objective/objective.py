r"""The training objective: the weighted sum of segmentation, HMSD, DMCD and auxiliaries.

    L = L_seg(M) + a · mean_S L_seg(S) + w·(λ_H · HMSD + λ_D · DMCD) + b · align + c · domain
    (+ the same two label terms of the distilled decodes, if these are separate,
     + d · ranking: penalty if a subset's loss exceeds that of a smaller one)

    images ──encode once──┬─ decode M ────────▶ L_seg(M), teacher ─┐
                          ├─ decode S ∈ C_k ──▶ L_seg(S)           ├─▶ HMSD
                          │        C(4, k) students ───────────────┘
                          └─ first mixing of S_0 ⊃ S_1 ⊃ S_2 ⊃ S_3 ──▶ DMCD

`losses.supervise` can select a single decode per step instead, from all sequences or from one
random subset as in ShaSpec, without distillation.

The network is a submodule, so that a data-parallel wrapper sees one call. Every term is this part's
contribution to a mean over the whole batch: the sum over ranks and micro-batches equals the loss of
one large batch.
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from ccsd_core.distillation.criticality import CriticalitySums, gradient_sums, similarity_sums
from ccsd_core.distillation.decremental import normalised, path_distillation
from ccsd_core.distillation.path import Path
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.losses.segmentation import SegmentationLoss
from ccsd_core.losses.whole_batch import share_of_batch_mean
from ccsd_core.model.network import CcsdNetwork, EncodedBatch
from ccsd_core.training.choices import Supervise
from ccsd_core.training.objective.auxiliaries import Auxiliaries
from ccsd_core.training.objective.level_terms import LevelTerms, losses_by_region
from ccsd_core.training.objective.path_choice import PathChoice
from ccsd_core.training.objective.presence_masks import expand_subset, restrict_to_subset
from ccsd_core.training.schedule import StepDraw

PARTS = (
    "seg_full",
    "seg_subsets",
    "seg_distilled",
    "ranking",
    "hmsd",
    "dmcd",
    "alignment",
    "domain",
)
"""Names of the terms, unweighted."""


class StepPlan:
    """Values shared by all micro-batches of a step.

    A plain class, like `StepOutcome`, because Lightning Fabric traverses data classes to find
    tensors and fails for frozen ones.

    Args:
        batch_present: Whether each sample of the whole batch has each sequence.
        draw: Level, ramp and random order of this optimiser step.
        path: The decremental path if it was chosen from several micro-batches; None if the
            objective chooses it from its only part, summed over ranks.
    """

    def __init__(
        self, batch_present: Bool[Tensor, "n m"], draw: StepDraw, path: Path | None = None
    ):
        self.batch_present = batch_present
        self.draw = draw
        self.path = path


class StepOutcome:
    """Results of one micro-batch in addition to the loss; all tensors are detached.

    Args:
        total: The loss, detached.
        parts: The terms by name (`PARTS`), unweighted.
        sums: Sums that the criticality is computed from.
        path: The decremental path it used, empty without DMCD.
    """

    def __init__(self, total: Tensor, parts: dict[str, Tensor], sums: CriticalitySums, path: Path):
        self.total = total
        self.parts = parts
        self.sums = sums
        self.path = path


class Objective(nn.Module):
    """Computes the loss of a batch, or of a part of one.

    `build_objective` creates it from a configuration.

    Args:
        network: The network that is trained.
        segmentation: Segmentation loss of a decode against the labels.
        level: The terms of the level's subsets.
        paths: How the decremental path is chosen, and by which criticality.
        dmcd: Whether decremental distillation (DMCD) is on.
        auxiliaries: ShaSpec's two terms; None for neither.
        supervise: Subsets that are decoded in a step: the full set and all subsets of a `level`,
            only the `full` set, or only one `random` subset.
        subsets_weight: Weight of the level's subsets; the full set's loss has weight 1.
        ranking_weight: Weight of the ranking loss.
        hmsd_weight: Weight λ_H of the divergence from the full set.
        dmcd_weight: Weight λ_D of the decremental distillation.
        alignment_weight: Weight of the alignment of shared features.
        domain_weight: Weight of the classification of specific features.
        reduce: Function that sums a tensor over all ranks.
    """

    def __init__(
        self,
        network: CcsdNetwork,
        *,
        segmentation: SegmentationLoss,
        level: LevelTerms,
        paths: PathChoice,
        dmcd: bool,
        auxiliaries: Auxiliaries | None,
        supervise: Supervise,
        subsets_weight: float,
        ranking_weight: float,
        hmsd_weight: float,
        dmcd_weight: float,
        alignment_weight: float,
        domain_weight: float,
        reduce: Callable[[Tensor], Tensor] = lambda tensor: tensor,
    ):
        super().__init__()
        self.network = network
        self.segmentation = segmentation
        self.level = level
        self.paths = paths
        self.dmcd = dmcd
        self.auxiliaries = auxiliaries
        self.supervise: Supervise = supervise
        self.subsets_weight = subsets_weight
        self.ranking_weight = ranking_weight
        self.hmsd_weight = hmsd_weight
        self.dmcd_weight = dmcd_weight
        self.alignment_weight = alignment_weight
        self.domain_weight = domain_weight
        self._reduce = reduce

    def forward(
        self,
        images: Float[Tensor, "b m x y z"],
        present: Bool[Tensor, "b m"],
        target: Bool[Tensor, "b r x y z"],
        plan: StepPlan,
    ) -> tuple[Tensor, StepOutcome]:
        """The loss of a batch or a part of it, and its terms.

        Args:
            images: Normalised patches.
            present: Whether each sample has each sequence.
            target: Regions WT, TC, ET by the expert.
            plan: Values shared by the step's micro-batches.
        """
        present = present.cpu()  # a data-parallel wrapper moves every tensor to its device
        if self.supervise != "level":
            return self._one_decode(images, present, target, plan)
        batch_present, draw, path = plan.batch_present, plan.draw, plan.path
        encoding = self.network.encode(images, present, kinds={"fused", self.level.features})
        subsets = self.level.subsets(present, batch_present, draw)
        logits = self._decode_subsets(encoding, subsets.masks, path_is_known=path is not None)
        losses = losses_by_region(self.segmentation, logits, target)
        per_sample = losses[0].mean(dim=1)
        everyone = torch.ones_like(present[:, 0])
        seg_full = share_of_batch_mean(per_sample, everyone, torch.ones_like(batch_present[:, 0]))
        seg_subsets, hmsd, seg_distilled, ranks = self.level(
            self.network,
            self.segmentation,
            encoding,
            subsets,
            logits=logits,
            losses=losses,
            target=target,
        )
        sums = self._criticality_sums(encoding, per_sample, path_is_known=path is not None)
        if path is None:
            path = self._path(sums, batch_present, draw)
        dmcd = self._decremental(encoding, batch_present, path)
        alignment, domain = self._auxiliaries(encoding, batch_present, images)
        total = (
            seg_full
            + self.subsets_weight * seg_subsets
            + seg_distilled
            + self.ranking_weight * ranks
            + draw.ramp * (self.hmsd_weight * hmsd + self.dmcd_weight * dmcd)
            + self.alignment_weight * alignment
            + self.domain_weight * domain
        )
        terms = (seg_full, seg_subsets, seg_distilled, ranks, hmsd, dmcd, alignment, domain)
        parts = {name: term.detach() for name, term in zip(PARTS, terms, strict=True)}
        return total, StepOutcome(total.detach(), parts, sums, path)

    def _decode_subsets(
        self, encoding: EncodedBatch, masks: Sequence[Tensor], *, path_is_known: bool
    ) -> Float[Tensor, "k b r x y z"]:
        """Fused decodes of each sample's full set and of some subsets."""
        network, present = self.network, encoding.present
        if not self._takes_gradients(path_is_known=path_is_known):
            return network.decode_subsets(encoding, [present, *masks])
        # The full set is decoded separately, so that the gradient of its loss needs no other
        # decode.
        full = network.decode_subsets(encoding, [present])
        return torch.cat([full, network.decode_subsets(encoding, masks)]) if masks else full

    def _takes_gradients(self, *, path_is_known: bool) -> bool:
        """Whether the criticality of this step is computed from gradients."""
        return (
            self.paths.criticality == "gradient" and not path_is_known and torch.is_grad_enabled()
        )

    def _one_decode(
        self,
        images: Float[Tensor, "b m x y z"],
        present: Bool[Tensor, "b m"],
        target: Bool[Tensor, "b r x y z"],
        plan: StepPlan,
    ) -> tuple[Tensor, StepOutcome]:
        """The loss if a step decodes only one subset, encoded as if nothing else were available."""
        full = self.supervise == "full"
        used = present if full else restrict_to_subset(plan.draw.subset, present)
        batch_present = (
            plan.batch_present if full else restrict_to_subset(plan.draw.subset, plan.batch_present)
        )
        encoding = self.network.encode(images, used)
        per_sample = self.segmentation(self.network.decode(encoding, used), target)
        everyone = torch.ones_like(present[:, 0])
        seg = share_of_batch_mean(per_sample, everyone, torch.ones_like(batch_present[:, 0]))
        alignment, domain = self._auxiliaries(encoding, batch_present, images)
        total = seg + self.alignment_weight * alignment + self.domain_weight * domain
        none = torch.zeros_like(seg)
        known = {"alignment": alignment, "domain": domain}
        known["seg_full" if full else "seg_subsets"] = seg
        parts = {name: known.get(name, none).detach() for name in PARTS}
        sums = similarity_sums(encoding.deepest("fused"), used)
        return total, StepOutcome(total.detach(), parts, sums, ())

    def criticality_sums(
        self,
        images: Float[Tensor, "b m x y z"],
        present: Bool[Tensor, "b m"],
        target: Bool[Tensor, "b r x y z"],
    ) -> CriticalitySums:
        """Sums that the criticality is computed from, before the loss of any part is computed.

        This needs another encoding (for gradients also a decode and a backward pass); it is used
        only if a batch is split into micro-batches, because the path depends on all of them.
        """
        present = present.cpu()
        with torch.set_grad_enabled(self.paths.criticality == "gradient"):
            encoding = self.network.encode(images, present)
            if self.paths.criticality != "gradient":
                return similarity_sums(encoding.deepest("fused"), present)
            per_sample = self.segmentation(self.network.decode(encoding, present), target)
            return gradient_sums(per_sample, _fused(encoding), present)

    def _auxiliaries(
        self,
        encoding: EncodedBatch,
        batch_present: Bool[Tensor, "n m"],
        images: Float[Tensor, "b m x y z"],
    ) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
        """Alignment and classification, unweighted; 0 if they are off."""
        if self.auxiliaries is None:
            return _nothing(encoding), _nothing(encoding)
        return self.auxiliaries(self.network, encoding, batch_present, image=images[:, :1])

    def _criticality_sums(
        self, encoding: EncodedBatch, per_sample: Float[Tensor, " b"], *, path_is_known: bool
    ) -> CriticalitySums:
        """Sums of this part that the criticality is computed from; without DMCD only for the log.

        Gradients need a backward pass, so they are not computed again if the path is known.
        """
        if self._takes_gradients(path_is_known=path_is_known):
            return gradient_sums(per_sample, _fused(encoding), encoding.present)
        return similarity_sums(encoding.deepest("fused"), encoding.present)

    def _path(
        self, sums: CriticalitySums, batch_present: Bool[Tensor, "n m"], draw: StepDraw
    ) -> Path:
        if not self.dmcd:
            return ()
        return self.paths.path(sums.all_reduced(self._reduce), batch_present, order=draw.order)

    def _decremental(
        self,
        encoding: EncodedBatch,
        batch_present: Bool[Tensor, "n m"],
        path: Sequence[ModalitySubset],
    ) -> Float[Tensor, ""]:
        deepest, kind = encoding.levels - 1, self.level.features
        present = encoding.present
        masks = [expand_subset(subset, present) & present for subset in path]
        if not self.dmcd or len(path) < 2 or not bool(masks[0].any()):
            return _nothing(encoding)
        mixed = [self.network.mix(encoding, mask, level=deepest, kind=kind).map for mask in masks]
        shape = torch.broadcast_shapes((len(present), 1, 1, 1, 1), *(m.shape for m in mixed))
        return path_distillation(
            [normalised(m.expand(shape)) for m in mixed],
            masks,
            [expand_subset(subset, batch_present) & batch_present for subset in path],
        )


def _fused(encoding: EncodedBatch) -> dict[Modality, list[Tensor]]:
    found = {m: encoding.features(m, "fused") for m in Modality}
    return {m: features for m, features in found.items() if features is not None}


def _nothing(encoding: EncodedBatch) -> Float[Tensor, ""]:
    like = encoding.any_projected("fused")[0]
    return torch.zeros((), dtype=torch.float32, device=like.device)
