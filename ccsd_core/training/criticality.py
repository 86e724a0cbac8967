"""From what the samples of a step say to the scores that are logged and the path that is walked."""

from collections.abc import Mapping, Sequence
from functools import partial

from jaxtyping import Bool
from torch import Tensor

from ccsd_core.distillation.criticality import (
    Evidence,
    among,
    cosine_criticality,
    gradient_criticality,
)
from ccsd_core.distillation.path import Path, decremental_path, path_in_order
from ccsd_core.domain.modality import Modality
from ccsd_core.training.config import DistillationConfig


def scores_of(evidence: Evidence) -> Mapping[Modality, float]:
    """Criticality of each sequence: a vector holds gradients, a matrix similarities."""
    if evidence.total.ndim == 1:
        return gradient_criticality(evidence)
    return cosine_criticality(evidence)


def ignores_evidence(config: DistillationConfig) -> bool:
    """Whether the path is drawn by chance, whatever the samples say."""
    return config.path == "random" or config.criticality == "random"


def path_of(
    evidence: Evidence | None,
    whole: Bool[Tensor, "n m"],
    *,
    config: DistillationConfig,
    order: Sequence[Modality],
) -> Path:
    """The decremental path of a step.

    Args:
        evidence: Of the whole batch; None will do where it is ignored.
        whole: Which sample of the whole batch has which sequence.
        config: Which score, in which order.
        order: A random order of the sequences, for the random ablations.
    """
    if ignores_evidence(config):
        return path_in_order([m for m in order if bool(whole[:, m].any())])
    assert evidence is not None
    again = partial(_scores_among, evidence) if config.rescore else None
    return decremental_path(scores_of(evidence), keep_critical=config.path == "min", rescore=again)


def _scores_among(evidence: Evidence, left: Sequence[Modality]) -> Mapping[Modality, float]:
    return scores_of(among(evidence, left))
