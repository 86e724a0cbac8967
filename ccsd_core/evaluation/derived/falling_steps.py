"""Falling steps: adding a sequence lowers the mean score, although it should not.

    subset ──+ one sequence──▶ subset      28 such steps from a non-empty subset, 84 over regions
       │                          │
       mean over the cases that have both  ──▶ change; below 0 the step falls

Falling steps are counted in every resample of patients, so the interval of the count reflects that
changes near 0 may have either sign; if many are near 0, more steps fall in resamples than in the
cases. Cases without a region in the expert labels score 1 or 0 as in the table, so that counts are
comparable with published ones; `present` excludes them, because a single voxel changes such a
score.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.bootstrap import percentile_intervals
from ccsd_core.evaluation.statistics.estimates import score_array

Floats = NDArray[np.float64]
Interval = tuple[float, float] | None
"""A 95 % interval over patients; None if there are too few."""

STEPS: tuple[tuple[ModalitySubset, Modality], ...] = tuple(
    (subset, added) for subset in ModalitySubset.every() for added in subset.missing
)
"""A subset, and the sequence that is added to it."""
_ROUNDING = 1e-12
"""Largest difference of means of equal scores."""
_INDEX = {subset: index for index, subset in enumerate(ModalitySubset.every())}
_BEFORE = np.array([_INDEX[subset] for subset, _ in STEPS])
_AFTER = np.array([_INDEX[subset.toggled(added)] for subset, added in STEPS])
_ADDED = np.array([added for _, added in STEPS])


@dataclass(frozen=True, slots=True)
class FallingStep:
    """A step after which the mean is lower.

    Args:
        region: Region of the score.
        before: The subset that was given.
        added: The sequence that was added.
        mean_before, mean_after: Means over the cases that have both.
        interval: Interval of their difference.
        cases: Number of cases with both.
    """

    region: Region
    before: ModalitySubset
    added: Modality
    mean_before: float
    mean_after: float
    interval: Interval
    cases: int

    @property
    def after(self) -> ModalitySubset:
        return self.before.toggled(self.added)

    @property
    def change(self) -> float:
        """Change of the mean score at the step, below 0."""
        return self.mean_after - self.mean_before

    @property
    def significant(self) -> bool:
        """Whether its whole interval is below 0."""
        return self.interval is not None and self.interval[1] < 0


@dataclass(frozen=True, slots=True)
class FallCount:
    """How many steps fall.

    Args:
        falling: Number of steps at which the score falls.
        steps: Number of steps that at least one case has.
        interval: Interval of `falling`.
    """

    falling: int
    steps: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class FallingSteps:
    """All falling steps of an evaluation.

    Args:
        count: Count over all regions.
        by_added: Count by added sequence, for sequences with a step in at least one case.
        falling: The steps, the worst first.
        worst_interval: Interval of the largest fall, whichever step it is in a resample.
    """

    count: FallCount
    by_added: Mapping[Modality, FallCount]
    falling: tuple[FallingStep, ...]
    worst_interval: Interval

    def sequences_that_worsen(self, subset: ModalitySubset, region: Region) -> tuple[Modality, ...]:
        """The sequences that lowered a subset's mean when they were added."""
        return tuple(
            sorted(s.added for s in self.falling if s.after == subset and s.region is region)
        )


def falling_steps(
    evaluation: Evaluation, *, metric: str = "dice", present: bool = False
) -> FallingSteps:
    """The steps after which the mean over cases falls.

    Args:
        evaluation: The scores; cases may have fewer than four sequences.
        metric: Metric for which higher is better.
        present: Whether to take the mean of a region only over cases in which the expert marked it.
    """
    cases = [case.id for case in evaluation.cases]
    # (cases, steps × regions): before and after, if a case has both.
    array = score_array(evaluation.scores, metric=metric, cases=cases)[..., : len(Region)]
    if present:
        for region in Region:
            array[[region in case.absent_regions for case in evaluation.cases], :, region] = np.nan
    before, after = (array[:, side].reshape(len(cases), -1) for side in (_BEFORE, _AFTER))
    both = np.isfinite(before) & np.isfinite(after)
    before, after = (np.where(both, side, 0) for side in (before, after))
    counts = both.sum(axis=0)
    added = np.repeat(_ADDED, len(Region))

    def changes(weights: Floats) -> Floats:
        total = weights @ both
        summed = weights @ (after - before)
        return np.divide(summed, total, out=np.full_like(summed, np.nan), where=total > 0)

    def statistic(weights: Floats) -> Floats:
        """Changes of the steps, the worst of them, and falling steps in total and by sequence."""
        change = changes(weights)
        falls = change < -_ROUNDING  # nan does not fall
        worst = np.where(np.isfinite(change), change, np.inf).min(axis=-1, keepdims=True)
        parts = [change, worst, falls.sum(axis=-1, keepdims=True)]
        parts += [falls[..., added == m].sum(axis=-1, keepdims=True) for m in Modality]
        return np.concatenate(parts, axis=-1)

    values = statistic(np.ones(len(cases)))
    intervals = [
        _interval(low, high) for low, high in percentile_intervals(statistic, len(cases)).T
    ]
    size = len(counts)
    found = [
        FallingStep(
            Region(index % len(Region)),
            *STEPS[index // len(Region)],
            float(before[:, index].sum() / counts[index]),
            float(after[:, index].sum() / counts[index]),
            intervals[index],
            int(counts[index]),
        )
        for index in np.flatnonzero(values[:size] < -_ROUNDING)
    ]
    number = [
        FallCount(int(value), int(steps), end)
        for value, steps, end in zip(
            values[size + 1 :],
            [(counts > 0).sum(), *((counts[added == m] > 0).sum() for m in Modality)],
            intervals[size + 1 :],
            strict=True,
        )
    ]
    return FallingSteps(
        number[0],
        {m: count for m, count in zip(Modality, number[1:], strict=True) if count.steps},
        tuple(sorted(found, key=lambda step: step.change)),
        intervals[size] if found else None,
    )


def count_falls(means: Mapping[ModalitySubset, float]) -> int:
    """How many of the 28 steps fall in a table of means, for example a published one."""
    return sum(means[s.toggled(added)] < means[s] - _ROUNDING for s, added in STEPS)


def _interval(low: float, high: float) -> Interval:
    return (float(low), float(high)) if math.isfinite(low) else None
