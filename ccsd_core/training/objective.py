r"""What one training step minimises: the weighted sum of segmentation, HMSD, DMCD and auxiliaries.

    L = L_seg(M) + a · mean_S L_seg(S) + w·(λ_H · HMSD + λ_D · DMCD) + b · align + c · domain
    (+ the same two label terms of the decodes that are distilled, where these are others,
     + d · ranking: a subset may lose no more than one within it)

    images ──encode once──┬─ decode M ────────▶ L_seg(M), teacher ─┐
                          ├─ decode S ∈ C_k ──▶ L_seg(S)           ├─▶ HMSD
                          │        C(4, k) students ───────────────┘
                          └─ first mixing of S_0 ⊃ S_1 ⊃ S_2 ⊃ S_3 ──▶ DMCD

`losses.supervise` can ask for one decode a step instead: of all sequences, or of one random
subset, as ShaSpec is trained; then there is no distillation.

The network lives in here, so that one call of this module is all that a data-parallel wrapper
has to see. Every term is this part's share of a mean over the whole batch: the sum over ranks
and micro-batches is what one batch would give.
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from ccsd_core.distillation.criticality import Evidence, gradient_evidence, similarity_evidence
from ccsd_core.distillation.decremental import normalised, path_distillation
from ccsd_core.distillation.hierarchical import bernoulli_divergence
from ccsd_core.distillation.path import Path
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.inference.subset_logits import mask as mask_of
from ccsd_core.losses.ranking import ranking
from ccsd_core.losses.segmentation import SegmentationLoss
from ccsd_core.losses.whole_batch import part_of_mean
from ccsd_core.model.network import CcsdNetwork, Encoding
from ccsd_core.training.auxiliaries import auxiliaries
from ccsd_core.training.config import DistillationConfig, LossConfig
from ccsd_core.training.criticality import path_of
from ccsd_core.training.schedule import Draw

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


class Plan:
    """What all parts of a step share.

    A plain class, as is `Outcome`: Lightning Fabric takes data classes apart to look for
    tensors, and refuses frozen ones.

    Args:
        whole: Which sample of the whole batch has which sequence.
        draw: Level, ramp and random order of this optimiser step.
        path: The decremental path, where several parts have a say in it; None: the objective
            finds it from the one part there is on each rank.
    """

    def __init__(self, whole: Bool[Tensor, "n m"], draw: Draw, path: Path | None = None):
        self.whole = whole
        self.draw = draw
        self.path = path


class Outcome:
    """What one part of a batch gives, beside the loss; nothing in it has a graph.

    Args:
        total: The loss, detached.
        parts: The terms by name, unweighted.
        evidence: What the part says about criticality.
        path: The decremental path it used, empty without DMCD.
    """

    def __init__(self, total: Tensor, parts: dict[str, Tensor], evidence: Evidence, path: Path):
        self.total = total
        self.parts = parts
        self.evidence = evidence
        self.path = path


def presence(subset: ModalitySubset, like: Bool[Tensor, "b m"]) -> Bool[Tensor, "b m"]:
    """A subset as a mask for each sample of a batch."""
    return mask_of(subset, like.device).expand(like.shape[0], -1)


class Objective(nn.Module):
    """Computes the loss of a batch, or of a part of one.

    Args:
        network: The network that is trained.
        distillation: Which self-distillations, and how strong.
        losses: Weights of the other terms.
        reduce: Sums a tensor over all ranks.
    """

    def __init__(
        self,
        network: CcsdNetwork,
        *,
        distillation: DistillationConfig,
        losses: LossConfig,
        reduce: Callable[[Tensor], Tensor] = lambda tensor: tensor,
    ):
        super().__init__()
        self.network = network
        self.segmentation = SegmentationLoss(
            losses.empty_voxels, smoothed=losses.smoothed, cross_entropy=losses.cross_entropy
        )
        self.distillation = distillation
        self.losses = losses
        self._reduce = reduce

    def forward(
        self,
        images: Float[Tensor, "b m x y z"],
        present: Bool[Tensor, "b m"],
        target: Bool[Tensor, "b r x y z"],
        plan: Plan,
    ) -> tuple[Tensor, Outcome]:
        """The loss of a batch or a part of it, and what it is made of.

        Args:
            images: Normalised patches.
            present: Which sample has which sequence.
            target: The expert's regions.
            plan: What the step's parts share.
        """
        if self.losses.supervise != "level":
            return self._one_decode(images, present, target, plan)
        d, whole, draw, path = self.distillation, plan.whole, plan.draw, plan.path
        encoding = self.network.encode(images, present, kinds={"fused", d.features})
        logits = self.network.decode(encoding, present)
        of_regions = self.segmentation.by_region(logits, target)
        per_sample = of_regions.mean(dim=1)
        everyone = torch.ones_like(present[:, 0])
        seg_full = part_of_mean(per_sample, everyone, torch.ones_like(whole[:, 0]))
        seg_subsets, hmsd, seg_distilled, ranks = self._level(
            encoding, logits, of_regions, target, whole, draw
        )
        evidence = self._evidence(encoding, per_sample, path_is_known=path is not None)
        if path is None:
            path = self._path(evidence, whole, draw)
        dmcd = self._decremental(encoding, whole, path)
        alignment, domain = auxiliaries(
            self.network, encoding, whole, image=images[:, :1], losses=self.losses
        )
        total = (
            seg_full
            + self.losses.subsets_weight * seg_subsets
            + seg_distilled
            + self.losses.ranking_weight * ranks
            + draw.ramp * (d.hmsd_weight * hmsd + d.dmcd_weight * dmcd)
            + self.losses.alignment_weight * alignment
            + self.losses.domain_weight * domain
        )
        terms = (seg_full, seg_subsets, seg_distilled, ranks, hmsd, dmcd, alignment, domain)
        parts = {name: term.detach() for name, term in zip(PARTS, terms, strict=True)}
        return total, Outcome(total.detach(), parts, evidence, path)

    def _one_decode(
        self,
        images: Float[Tensor, "b m x y z"],
        present: Bool[Tensor, "b m"],
        target: Bool[Tensor, "b r x y z"],
        plan: Plan,
    ) -> tuple[Tensor, Outcome]:
        """The loss where one subset is all that a step sees, encoded as if it were all there is."""
        full = self.losses.supervise == "full"
        used = present if full else _within(plan.draw.subset, present)
        whole = plan.whole if full else _within(plan.draw.subset, plan.whole)
        encoding = self.network.encode(images, used)
        per_sample = self.segmentation(self.network.decode(encoding, used), target)
        everyone = torch.ones_like(present[:, 0])
        seg = part_of_mean(per_sample, everyone, torch.ones_like(whole[:, 0]))
        alignment, domain = auxiliaries(
            self.network, encoding, whole, image=images[:, :1], losses=self.losses
        )
        total = seg + self.losses.alignment_weight * alignment + self.losses.domain_weight * domain
        none = torch.zeros_like(seg)
        known = {"alignment": alignment, "domain": domain}
        known["seg_full" if full else "seg_subsets"] = seg
        parts = {name: known.get(name, none).detach() for name in PARTS}
        evidence = similarity_evidence(encoding.deepest("fused"), used)
        return total, Outcome(total.detach(), parts, evidence, ())

    def survey(
        self,
        images: Float[Tensor, "b m x y z"],
        present: Bool[Tensor, "b m"],
        target: Bool[Tensor, "b r x y z"],
    ) -> Evidence:
        """What a part says about criticality, before the loss of any part can be computed.

        Costs an encoding (and a decode and its backward for gradients); needed only where a
        batch is cut into micro-batches, since all of them have a say in the path.
        """
        with torch.set_grad_enabled(self.distillation.criticality == "gradient"):
            encoding = self.network.encode(images, present)
            if self.distillation.criticality != "gradient":
                return similarity_evidence(encoding.deepest("fused"), present)
            per_sample = self.segmentation(self.network.decode(encoding, present), target)
            return gradient_evidence(per_sample, _fused(encoding), present)

    def _level(
        self,
        encoding: Encoding,
        teacher: Float[Tensor, "b r x y z"],
        full: Float[Tensor, "b r"],
        target: Bool[Tensor, "b r x y z"],
        whole: Bool[Tensor, "n m"],
        draw: Draw,
    ) -> tuple[Float[Tensor, ""], Float[Tensor, ""], Float[Tensor, ""], Float[Tensor, ""]]:
        """Over the level's subsets: mean segmentation loss, divergence, labels, ranking.

        The ranking is a sum divided by the number of subsets, to which the one pair of the drawn
        subset and one sequence more is added.

        A sample takes part with the subsets of what it has, its full set excluded: that is
        its teacher. Distilled decodes made of other than fused features (Table 4) are decodes of
        their own, and the third term compares them with the labels as the first two do the fused
        ones: what has not learned from labels has nothing to teach.
        """
        d, present = self.distillation, encoding.present
        own_decodes = d.features != "fused" and (d.hmsd or d.dmcd)
        labelled = torch.zeros((), dtype=torch.float32, device=present.device)
        if own_decodes:
            teacher = self.network.decode(encoding, present, kind=d.features)
            everyone = torch.ones_like(present[:, 0])
            per_sample = self.segmentation(teacher, target)
            labelled = part_of_mean(per_sample, everyone, torch.ones_like(whole[:, 0]))
        losses, divergences, own_losses, ranks, among = [], [], [], [], 0
        ranked = self.losses.ranking_weight > 0
        chain = ModalitySubset.of(*draw.order[: draw.level])
        for subset in ModalitySubset.full().of_size(draw.level):
            mask = presence(subset, present)
            counted, of_all = _poorer(mask, present), _poorer(presence(subset, whole), whole)
            among += bool(of_all.any())
            if not bool(counted.any()):
                continue
            logits = self.network.decode(encoding, mask)
            of_regions = self.segmentation.by_region(logits, target)
            losses.append(part_of_mean(of_regions.mean(dim=1), counted, of_all))
            if ranked:
                ranks.append(part_of_mean(ranking(full, of_regions), counted, of_all))
                if subset == chain and draw.level < len(Modality) - 1:
                    ranks.append(self._one_more(encoding, of_regions, target, whole, draw))
            if d.hmsd:
                if own_decodes:
                    logits = self.network.decode(encoding, mask, kind=d.features)
                    loss = self.segmentation(logits, target)
                    own_losses.append(part_of_mean(loss, counted, of_all))
                divergence = bernoulli_divergence(teacher, logits, temperature=d.temperature)
                divergences.append(part_of_mean(divergence, counted, of_all))
        labelled = labelled + self.losses.subsets_weight * _mean(own_losses, among, like=teacher)
        return (
            _mean(losses, among, like=teacher),
            _mean(divergences, among, like=teacher),
            labelled,
            _mean(ranks, among, like=teacher),
        )

    def _one_more(
        self,
        encoding: Encoding,
        poorer: Float[Tensor, "b r"],
        target: Bool[Tensor, "b r x y z"],
        whole: Bool[Tensor, "n m"],
        draw: Draw,
    ) -> Float[Tensor, ""]:
        """The ranking term of the drawn subset of this level and of it with one sequence more."""
        richer = ModalitySubset.of(*draw.order[: draw.level + 1])
        mask, of_all = presence(richer, encoding.present), presence(richer, whole)
        counted = (mask <= encoding.present).all(dim=1)
        decoded = self.network.decode(encoding, mask)
        term = ranking(self.segmentation.by_region(decoded, target), poorer)
        return part_of_mean(term, counted, (of_all <= whole).all(dim=1))

    def _evidence(
        self, encoding: Encoding, per_sample: Float[Tensor, " b"], *, path_is_known: bool
    ) -> Evidence:
        """What this part says about criticality; asked also without DMCD, for the log.

        Gradients cost a backward pass: they are not asked for again where a survey had them.
        """
        gradients = self.distillation.criticality == "gradient" and not path_is_known
        if gradients and torch.is_grad_enabled():
            return gradient_evidence(per_sample, _fused(encoding), encoding.present)
        return similarity_evidence(encoding.deepest("fused"), encoding.present)

    def _path(self, evidence: Evidence, whole: Bool[Tensor, "n m"], draw: Draw) -> Path:
        if not self.distillation.dmcd:
            return ()
        everyone = evidence.reduced(self._reduce)
        return path_of(everyone, whole, config=self.distillation, order=draw.order)

    def _decremental(
        self, encoding: Encoding, whole: Bool[Tensor, "n m"], path: Sequence[ModalitySubset]
    ) -> Float[Tensor, ""]:
        deepest, kind = encoding.levels - 1, self.distillation.features
        present = encoding.present
        masks = [presence(subset, present) & present for subset in path]
        if not self.distillation.dmcd or len(path) < 2 or not bool(masks[0].any()):
            return _mean([], 0, like=present)
        mixed = [self.network.mix(encoding, mask, level=deepest, kind=kind).map for mask in masks]
        shape = torch.broadcast_shapes((len(present), 1, 1, 1, 1), *(m.shape for m in mixed))
        return path_distillation(
            [normalised(m.expand(shape)) for m in mixed],
            masks,
            [presence(subset, whole) & whole for subset in path],
        )


def _within(subset: ModalitySubset, present: Bool[Tensor, "b m"]) -> Bool[Tensor, "b m"]:
    """What each sample has of the subset; all it has where that is nothing."""
    used = presence(subset, present) & present
    return torch.where(used.any(dim=1, keepdim=True), used, present)


def _poorer(mask: Bool[Tensor, "b m"], present: Bool[Tensor, "b m"]) -> Bool[Tensor, " b"]:
    """Which samples have all of the subset, and something more."""
    return (mask <= present).all(dim=1) & (mask != present).any(dim=1)


def _fused(encoding: Encoding) -> dict[Modality, list[Tensor]]:
    found = {m: encoding.features(m, "fused") for m in Modality}
    return {m: features for m, features in found.items() if features is not None}


def _mean(values: list[Tensor], among: int, *, like: Tensor) -> Float[Tensor, ""]:
    """Mean over `among` terms, of which this part has some: the others are 0 here."""
    if values:
        return torch.stack(values).sum() / among
    return torch.zeros((), dtype=torch.float32, device=like.device)
