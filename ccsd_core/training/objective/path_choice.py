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
    """How the decremental path of a step is found.

    Args:
        order: Which sequence is removed first: that of highest criticality, of lowest, or any.
        criticality: Which score of a sequence is used.
        rescore: Whether sequences are scored again after each removal.
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
            sums: Sums over the whole batch; may be None where the path is random.
            batch_present: Which sample of the whole batch has which sequence.
            order: A random order of the sequences, for the random ablations.
        """
        if self.is_random:
            return path_in_order([m for m in order if bool(batch_present[:, m].any())])
        assert sums is not None
        again = partial(_scores_of_left, sums) if self.rescore else None
        scores, gentle = criticality_scores(sums), self.order == "min"
        return decremental_path(scores, keep_critical=gentle, rescore=again)


def _scores_of_left(sums: CriticalitySums, left: Sequence[Modality]) -> Mapping[Modality, float]:
    return criticality_scores(restricted_to(sums, left))
