r"""Prediction intervals of volumes, estimated from an evaluation (conformal prediction).

error of a patient, subset, region     |√expert − √predicted|, volumes in mL
spread of a subset and region          median of the errors over patients, not less than that of any
                                       subset that contains it
quantile of a region                   the smallest q for which errors are at most q · spread in
                                       90 % of (patient, subset) when each patient is left out
half width                             q · spread

The quantile's level on the remaining patients is raised until 90 % of those left out are inside
(cross-conformal prediction: Vovk, Ann Math Artif Intell 2015), so that the interval is valid for
new, similar patients, on average over subsets. The reported coverage is that of the patients left
out.
"""

import math
from collections.abc import Sequence
from statistics import fmean, median

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_intervals import VolumeIntervals
from ccsd_core.evaluation.results.result import Evaluation

LEVEL = 0.9
LEVELS = tuple(level / 100 for level in range(90, 101))
"""The levels of the quantile that are tried, in ascending order."""
FEWEST_PATIENTS = 10
"""With fewer, the width of an interval depends on single patients."""
LEAST_SPREAD = 0.05
"""Smallest spread in √mL, however small the errors of the patients are."""

Errors = dict[tuple[ModalitySubset, Region], float]
HalfWidths = dict[ModalitySubset, dict[Region, float]]


def volume_intervals(evaluation: Evaluation) -> VolumeIntervals | None:
    """Intervals from the patients with a tumour and all sequences who were not used for training.

    Returns:
        None if there are fewer than `FEWEST_PATIENTS` of them, or no volumes were scored.
    """
    found = list(_errors(evaluation).values())
    if len(found) < FEWEST_PATIENTS:
        return None
    widths: HalfWidths = {subset: {} for subset in ModalitySubset.every()}
    coverage: dict[Region, float] = {}
    for region in Region:
        covered = {level: _coverage_left_out(found, region, level) for level in LEVELS}
        level = next((level for level in LEVELS if covered[level] >= LEVEL), LEVELS[-1])
        coverage[region] = covered[level]
        for subset, width in _half_widths(found, region, level).items():
            widths[subset][region] = width
    return VolumeIntervals(LEVEL, len(found), widths, coverage)


def volume_intervals_json(evaluation: Evaluation) -> dict[str, object]:
    """The entry of `summary.json`; empty if there are no intervals."""
    found = volume_intervals(evaluation)
    if found is None:
        return {}
    widths = {
        str(subset): {region.name: round(row[region], 4) for region in Region}
        for subset, row in found.half_widths.items()
    }
    coverage = {region.name: round(value, 4) for region, value in found.coverage.items()}
    return {
        "volume_intervals": {
            "level": found.level,
            "patients": found.patients,
            "method": "cross-conformal prediction of |sqrt(expert mL) - sqrt(predicted mL)|; "
            "interval = (sqrt(predicted mL) ± half width)², from 0",
            "coverage_leave_one_out": coverage,
            "half_widths_sqrt_ml": widths,
        }
    }


def _errors(evaluation: Evaluation) -> dict[str, Errors]:
    """The errors of each usable patient, by case."""
    usable = {
        case.id
        for case in evaluation.cases
        if case.has_all_subsets
        and not case.seen_in_training
        and Region.WT not in case.absent_regions
    }
    predicted: dict[tuple[str, ModalitySubset, Region], float] = {}
    difference: dict[tuple[str, ModalitySubset, Region], float] = {}
    for score in evaluation.scores:
        if score.case in usable:
            key = (score.case, score.subset, score.region)
            if score.metric == "volume_ml":
                predicted[key] = score.value
            elif score.metric == "volume_difference_ml":
                difference[key] = score.value
    found: dict[str, Errors] = {}
    for (case, subset, region), volume in predicted.items():
        if (case, subset, region) in difference:
            expert = max(volume - difference[case, subset, region], 0.0)
            error = abs(math.sqrt(expert) - math.sqrt(volume))
            found.setdefault(case, {})[subset, region] = error
    return found


def _coverage_left_out(patients: Sequence[Errors], region: Region, level: float) -> float:
    """Fraction of (patient, subset) inside, with half widths from the other patients."""
    inside: list[bool] = []
    for index, left_out in enumerate(patients):
        widths = _half_widths([*patients[:index], *patients[index + 1 :]], region, level)
        inside += [left_out[subset, region] <= width for subset, width in widths.items()]
    return fmean(inside)


def _half_widths(
    patients: Sequence[Errors], region: Region, level: float
) -> dict[ModalitySubset, float]:
    spread = _spread(patients, region)
    ratios = sorted(
        errors[subset, region] / spread[subset]
        for errors in patients
        for subset in ModalitySubset.every()
    )
    quantile = ratios[math.ceil(level * len(ratios)) - 1]
    return {subset: quantile * width for subset, width in spread.items()}


def _spread(patients: Sequence[Errors], region: Region) -> dict[ModalitySubset, float]:
    """Typical error by subset, not less than that of any larger subset containing it."""
    every = ModalitySubset.every()
    own = {
        subset: max(LEAST_SPREAD, median(errors[subset, region] for errors in patients))
        for subset in every
    }
    return {
        subset: max(own[richer] for richer in every if subset.issubset(richer)) for subset in every
    }
