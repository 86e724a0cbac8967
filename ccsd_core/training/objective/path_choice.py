"""Criticality scores and the decremental path of a step, from sums over its samples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from jaxtyping import Bool
from torch import Tensor

from ccsd_core.distillation.criticality import (
    CriticalitySums,
    cosine_criticality,
    gradient_criticality,
    restricted_to,
)
from ccsd_core.distillation.path import Path, decremental_path, path_in_order
from ccsd_core.domain.modality import Modality
from ccsd_core.training.choices import CriticalityScore, PathOrder


def criticality_scores(sums: CriticalitySums) -> Mapping[Modality, float]:
    """Criticality of each sequence, from gradient norms (m,) or similarities (m, m)."""
    if sums.total.ndim == 1:
        return gradient_criticality(sums)
    return cosine_criticality(sums)


@dataclass(frozen=True, slots=True)
class PathChoice:
    """How the decremental path of a step is chosen.

    Args:
        order: The sequence that is removed first: highest criticality, lowest criticality, or
            random.
        criticality: The score of a sequence that is used.
        rescore: Whether scores are computed again after each removal.
    """

    order: PathOrder
    criticality: CriticalityScore
    rescore: bool

    @property
    def is_random(self) -> bool:
        """Whether the path is drawn at random, whatever the criticality."""
        return self.order == "random" or self.criticality == "random"

    def path(
        self,
        sums: CriticalitySums | None,
        batch_present: Bool[Tensor, "n m"],
        *,
        order: Sequence[Modality],
    ) -> Path:
        """The decremental path of a step.

        Args:
            sums: Sums over the whole batch; may be None if the path is random.
            batch_present: Which sample of the whole batch has which sequence.
            order: A random order of the sequences, for ablations with random choices.
        """
        if self.is_random:
            return path_in_order([m for m in order if bool(batch_present[:, m].any())])
        assert sums is not None
        again = partial(_scores_of_left, sums) if self.rescore else None
        scores, keep_critical = criticality_scores(sums), self.order == "min"
        return decremental_path(scores, keep_critical=keep_critical, rescore=again)


def _scores_of_left(sums: CriticalitySums, left: Sequence[Modality]) -> Mapping[Modality, float]:
    return criticality_scores(restricted_to(sums, left))
