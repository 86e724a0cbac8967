"""Means over patients with their 95 % intervals: by subset, over subsets, by count, and the area.

    scores (patients, 15 subsets, WT TC ET mean)      nan: not acquired, not predicted, or undefined
       │ mean over patients
       ▼
    (15 subsets, 4) ──▶ mean over subsets   "mean"
                    ├─▶ over those of k     "by_count"   D_k
                    └─▶ area                "aurc"       patients with all 15 subsets only

The whole computation is repeated for each resample of patients, so an interval of the mean accounts
for the correlation of the 15 scores of a patient.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.results.result import Evaluation, Score
from ccsd_core.evaluation.statistics.bootstrap import FEWEST, percentile_intervals

COLUMNS = (*(region.name for region in Region), "mean")
"""The estimated columns: each region, and the mean of the three."""
Floats = NDArray[np.float64]
_SUBSETS = ModalitySubset.every()
_SIZES = np.array([len(subset) for subset in _SUBSETS])
_COUNTS = range(1, len(Modality) + 1)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over patients.

    Args:
        value: The mean; nan if no patient has a value.
        low, high: Ends of the 95 % interval; None if there are too few patients.
        cases: Number of patients with a value.
    """

    value: float
    low: float | None
    high: float | None
    cases: int

    def divided_by(self, divisor: float) -> "Estimate":
        """The estimate in another unit: value and interval divided by a positive number."""
        low, high = (None if end is None else end / divisor for end in (self.low, self.high))
        return Estimate(self.value / divisor, low, high, self.cases)


EstimateRow = dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class Estimates:
    """One metric, estimated from the patients.

    Args:
        subsets: Estimates by subset in table order, without subsets that have no scores.
        mean: Mean over subsets.
        by_count: D_k; only for the k that occur.
        aurc: The area; empty if no patient has all 15 subsets.
    """

    subsets: dict[ModalitySubset, EstimateRow]
    mean: EstimateRow
    by_count: dict[int, EstimateRow]
    aurc: EstimateRow


def score_array(scores: Iterable[Score], *, metric: str, cases: list[str]) -> Floats:
    """A metric by patient, subset in table order, and column; nan if there is no score."""
    array = np.full((len(cases), len(_SUBSETS), len(COLUMNS)), np.nan)
    row = {case: index for index, case in enumerate(cases)}
    column = {subset: index for index, subset in enumerate(_SUBSETS)}
    for score in scores:
        if score.metric == metric and score.case in row:
            array[row[score.case], column[score.subset], score.region] = score.value
    # If a region has no value, the mean of the three has none.
    array[..., -1] = array[..., :-1].mean(axis=-1)
    return array


def estimates(evaluation: Evaluation, *, metric: str = "dice") -> Estimates:
    """Means over the evaluated patients, with intervals."""
    cases = [case.id for case in evaluation.cases]
    whole = np.array([case.has_all_subsets for case in evaluation.cases])
    array = score_array(evaluation.scores, metric=metric, cases=cases)
    there = np.isfinite(array)
    size = array[0].size

    def statistic(weights: Floats) -> Floats:
        means = patient_means(weights, array)
        areas = _areas(patient_means(weights * whole, array))
        shape = (*weights.shape[:-1], -1)
        parts = (means, _over_subsets(means), _by_count(means), areas)
        return np.concatenate([part.reshape(shape) for part in parts], axis=-1)

    values = statistic(np.ones(len(cases)))
    ends = percentile_intervals(statistic, len(cases))
    rows = [values, *ends]
    # Patients that contribute to each number: with a value in the subset, in any subset, in any
    # subset of its size.
    seen = [there.sum(axis=0), there.any(axis=1).sum(axis=0)[None]]
    seen += [there[:, k == _SIZES].any(axis=1).sum(axis=0)[None] for k in _COUNTS]
    seen += [(there.any(axis=1) & whole[:, None]).sum(axis=0)[None]]
    patient_counts = np.concatenate([part.reshape(-1) for part in seen])
    found = [
        estimate_of(value, low, high, int(cases))
        for value, low, high, cases in zip(*rows, patient_counts, strict=True)
    ]
    table = [
        dict(zip(COLUMNS, found[start : start + len(COLUMNS)], strict=True))
        for start in range(0, len(found), len(COLUMNS))
    ]
    assert len(table) * len(COLUMNS) == size + len(COLUMNS) * (1 + len(_COUNTS) + 1)
    subsets, (mean, *by_count, area) = table[: len(_SUBSETS)], table[len(_SUBSETS) :]
    scored = {s for case in evaluation.cases for s in case.subsets}
    return Estimates(
        {s: row for s, row in zip(_SUBSETS, subsets, strict=True) if s in scored},
        mean,
        {
            k: row
            for k, row in zip(_COUNTS, by_count, strict=True)
            if any(len(s) == k for s in scored)
        },
        area if any(math.isfinite(e.value) for e in area.values()) else {},
    )


def patient_means(weights: Floats, array: Floats) -> Floats:
    """Weighted means over patients (…, 15, 4); nan if no patient of positive weight has one."""
    there = np.isfinite(array)
    flat = np.where(there, array, 0).reshape(len(array), -1)
    total = weights @ there.reshape(len(array), -1)
    summed = weights @ flat
    means = np.divide(summed, total, out=np.full_like(summed, np.nan), where=total > 0)
    return means.reshape(*weights.shape[:-1], *array.shape[1:])


def _over_subsets(means: Floats) -> Floats:
    """Mean over the subsets (…, n, 4) that have a value; nan if none has."""
    there = np.isfinite(means)
    total = there.sum(axis=-2)
    summed = np.where(there, means, 0).sum(axis=-2)
    return np.divide(summed, total, out=np.full_like(summed, np.nan), where=total > 0)


def _by_count(means: Floats) -> Floats:
    return np.stack([_over_subsets(means[..., k == _SIZES, :]) for k in _COUNTS], axis=-2)


def _areas(means: Floats) -> Floats:
    """The area under D_k over its width; nan unless all 15 subsets have a value."""
    one, two, three, four = (means[..., k == _SIZES, :].mean(axis=-2) for k in _COUNTS)
    return (one / 2 + two + three + four / 2) / 3


def estimate_of(value: float, low: float, high: float, cases: int) -> Estimate:
    """A mean with its interval, if there are enough patients for one."""
    if cases < FEWEST or not math.isfinite(low):
        return Estimate(float(value), None, None, cases)
    return Estimate(float(value), float(low), float(high), cases)
