"""The severity from which a corrupted sequence is worse than none: means over patients, intervals.

kind and sequence:   clean   1  2  3  4  5   withheld
difference           corrupted − withheld, patient by patient; below 0 withholding is better
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ccsd_core.data.corruption import KINDS
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.results.corruption import CorruptedScore
from ccsd_core.evaluation.statistics.bootstrap import percentile_intervals
from ccsd_core.evaluation.statistics.estimates import EstimateRow, Floats, estimate_of

ByRegion = dict[Region, float]
_ROUNDING = 1e-12
"""Largest difference of means of equal scores."""


@dataclass(frozen=True, slots=True)
class CorruptionEffect:
    """Dice from all sequences with one of them corrupted or clean, over the patients who have it.

    Args:
        mean: Mean Dice.
        difference: Mean Dice minus mean Dice without the sequence, by region name.
    """

    mean: ByRegion
    difference: EstimateRow

    def worse(self, region: Region) -> bool:
        """Whether the sequence is worse than none."""
        return self.difference[region.name].value < -_ROUNDING

    def significantly_worse(self, region: Region) -> bool:
        """Whether the whole interval is below 0."""
        high = self.difference[region.name].high
        return high is not None and high < 0


@dataclass(frozen=True, slots=True)
class CorruptionSeries:
    """One kind of corruption of one sequence, in the requested severities.

    Args:
        kind: A name in `KINDS`.
        sequence: Sequence that is corrupted.
        cases: Number of patients who have the sequence.
        clean: Effect of the uncorrupted sequence.
        withheld: Mean Dice without the sequence.
        effects: Effect of each severity, the mildest first.
    """

    kind: str
    sequence: Modality
    cases: int
    clean: CorruptionEffect
    withheld: ByRegion
    effects: Mapping[int, CorruptionEffect]

    def worse_at(self, region: Region) -> tuple[int, ...]:
        """The severities at which the corrupted sequence is worse than none."""
        return tuple(s for s, effect in self.effects.items() if effect.worse(region))

    def significantly_worse_at(self, region: Region) -> tuple[int, ...]:
        """The severities at which the whole interval is below 0."""
        return tuple(s for s, effect in self.effects.items() if effect.significantly_worse(region))


def corruption_series(scores: Sequence[CorruptedScore]) -> tuple[CorruptionSeries, ...]:
    """All applied corruptions by kind and sequence, in the order of kinds."""
    tried = {(s.corruption.kind, s.corruption.sequence) for s in scores}
    order = list(KINDS)
    return tuple(
        _series([s for s in scores if (s.corruption.kind, s.corruption.sequence) == key])
        for key in sorted(tried, key=lambda key: (order.index(key[0]), key[1]))
    )


def _series(scores: list[CorruptedScore]) -> CorruptionSeries:
    first = scores[0].corruption
    severities = sorted({s.corruption.severity for s in scores})
    cases = list(dict.fromkeys(s.case for s in scores))
    values = {(s.corruption.severity, s.case, s.region): s for s in scores}
    # Axes: severity, case, region, and last corrupted, withheld, clean.
    array = np.array(
        [
            [
                [
                    (s.corrupted, s.withheld, s.clean)
                    for s in (values[severity, case, region] for region in Region)
                ]
                for case in cases
            ]
            for severity in severities
        ]
    )
    without = array[0, ..., 1]
    return CorruptionSeries(
        kind=first.kind,
        sequence=first.sequence,
        cases=len(cases),
        clean=_effect(array[0, ..., 2], without),
        withheld=_means(without),
        effects={
            severity: _effect(part[..., 0], without)
            for severity, part in zip(severities, array, strict=True)
        },
    )


def _effect(dice: Floats, without: Floats) -> CorruptionEffect:
    """Effect from Dice with and without the sequence, two arrays (cases, regions)."""
    return CorruptionEffect(_means(dice), _difference(dice - without))


def _means(values: Floats) -> ByRegion:
    return {region: float(values[:, region].mean()) for region in Region}


def _difference(values: Floats) -> EstimateRow:
    """Mean and interval over cases (cases, regions)."""

    def statistic(weights: Floats) -> Floats:
        return weights @ values / weights.sum(axis=-1, keepdims=True)

    mean = statistic(np.ones(len(values)))
    low, high = percentile_intervals(statistic, len(values))
    return {r.name: estimate_of(mean[r], low[r], high[r], len(values)) for r in Region}
