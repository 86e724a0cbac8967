"""Building an objective from a configuration; only this module knows both."""

from collections.abc import Callable

from torch import Tensor

from ccsd_core.losses.segmentation import SegmentationLoss
from ccsd_core.model.network import CcsdNetwork
from ccsd_core.training.config.config import DistillationConfig, LossConfig
from ccsd_core.training.objective.auxiliaries import Auxiliaries
from ccsd_core.training.objective.level_terms import LevelTerms
from ccsd_core.training.objective.objective import Objective
from ccsd_core.training.objective.path_choice import PathChoice


def build_objective(
    network: CcsdNetwork,
    *,
    distillation: DistillationConfig,
    losses: LossConfig,
    reduce: Callable[[Tensor], Tensor] = lambda tensor: tensor,
) -> Objective:
    """Build the objective of a run.

    Args:
        network: The network that is trained.
        distillation: Which self-distillations are on, and their weights.
        losses: The other terms and their weights.
        reduce: Function that sums a tensor over all ranks.
    """
    d = distillation
    return Objective(
        network,
        segmentation=SegmentationLoss(
            losses.empty_voxels, smoothed=losses.smoothed, cross_entropy=losses.cross_entropy
        ),
        level=LevelTerms(
            hmsd=d.hmsd,
            own_decodes=d.features != "fused" and (d.hmsd or d.dmcd),
            features=d.features,
            temperature=d.temperature,
            subsets_weight=losses.subsets_weight,
            ranked=losses.ranking_weight > 0,
        ),
        paths=PathChoice(d.path, d.criticality, d.rescore),
        dmcd=d.dmcd,
        auxiliaries=(
            Auxiliaries(losses.alignment_pairs, losses.zeroed) if losses.auxiliaries else None
        ),
        supervise=losses.supervise,
        subsets_weight=losses.subsets_weight,
        ranking_weight=losses.ranking_weight,
        hmsd_weight=d.hmsd_weight,
        dmcd_weight=d.dmcd_weight,
        alignment_weight=losses.alignment_weight,
        domain_weight=losses.domain_weight,
        reduce=reduce,
    )
