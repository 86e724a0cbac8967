"""From what the samples of a step say to the scores that are logged and the path that is walked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from ccsd_core.training.choices import CriticalityScore, PathOrder


def scores_of(evidence: Evidence) -> Mapping[Modality, float]:
    """Criticality of each sequence: a vector holds gradients, a matrix similarities."""
    if evidence.total.ndim == 1:
        return gradient_criticality(evidence)
    return cosine_criticality(evidence)


@dataclass(frozen=True, slots=True)
class PathChoice:
    """How the decremental path of a step is found.

    Args:
        order: Which sequence goes first: the one of highest criticality, of lowest, or any.
        criticality: What scores a sequence.
        rescore: Score again after each removal.
    """

    order: PathOrder
    criticality: CriticalityScore
    rescore: bool

    @property
    def by_chance(self) -> bool:
        """Whether the path is drawn, whatever the samples say."""
        return self.order == "random" or self.criticality == "random"

    def path(
        self,
        evidence: Evidence | None,
        whole: Bool[Tensor, "n m"],
        *,
        order: Sequence[Modality],
    ) -> Path:
        """The decremental path of a step.

        Args:
            evidence: Of the whole batch; None will do where it is ignored.
            whole: Which sample of the whole batch has which sequence.
            order: A random order of the sequences, for the random ablations.
        """
        if self.by_chance:
            return path_in_order([m for m in order if bool(whole[:, m].any())])
        assert evidence is not None
        again = partial(_scores_among, evidence) if self.rescore else None
        scores, gentle = scores_of(evidence), self.order == "min"
        return decremental_path(scores, keep_critical=gentle, rescore=again)


def _scores_among(evidence: Evidence, left: Sequence[Modality]) -> Mapping[Modality, float]:
    return scores_of(among(evidence, left))
