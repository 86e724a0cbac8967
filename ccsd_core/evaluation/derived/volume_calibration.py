r"""Prediction intervals of volumes, learnt from an evaluation (conformal prediction).

error of a patient, subset, region     |log (expert + 1 mL) − log (predicted + 1 mL)|
spread of a subset and region          median of the errors over patients, at least that of every
                                       subset that contains it
quantile of a region                   the smallest q with errors ≤ q · spread in 90 % of
                                       (patient, subset), each patient with weight 1 / (n + 1)
factor                                 exp (q · spread)

The missing weight of 1 / (n + 1) stands for the new patient, so that the interval holds in 90 %
of new patients, on average over subsets, if they are like the others (hierarchical conformal
prediction: Dunn, Wasserman, Ramdas, J Am Stat Assoc 2023, "pooling the CDFs"). Coverage is
measured on each patient in turn with factors learnt from the others.
"""

import math
from statistics import fmean, median

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_intervals import OFFSET_ML, VolumeIntervals
from ccsd_core.evaluation.results.result import Evaluation

LEVEL = 0.9
FEWEST_PATIENTS = 10
"""With fewer, no finite interval holds in 90 % of new patients when one is left out."""
LEAST_SPREAD = 0.02
"""A volume is not known to better than 2 %, however well some patients agree."""

Errors = dict[tuple[ModalitySubset, Region], float]


def volume_intervals(evaluation: Evaluation) -> VolumeIntervals | None:
    """Intervals from the patients with a tumour who were not trained on and have all sequences.

    Returns:
        None where there are fewer than `FEWEST_PATIENTS` of them, or no volumes were scored.
    """
    found = list(_errors(evaluation).values())
    if len(found) < FEWEST_PATIENTS:
        return None
    inside: dict[Region, list[float]] = {region: [] for region in Region}
    for index, left_out in enumerate(found):
        factors = _factors([*found[:index], *found[index + 1 :]])
        for (subset, region), error in left_out.items():
            inside[region].append(float(error <= math.log(factors[subset][region])))
    coverage = {region: fmean(values) for region, values in inside.items()}
    return VolumeIntervals(LEVEL, len(found), _factors(found), coverage)


def volume_intervals_json(evaluation: Evaluation) -> dict[str, object]:
    """The entry of `summary.json`; empty where there are no intervals."""
    found = volume_intervals(evaluation)
    if found is None:
        return {}
    factors = {
        str(subset): {region.name: round(row[region], 4) for region in Region}
        for subset, row in found.factors.items()
    }
    coverage = {region.name: round(value, 4) for region, value in found.coverage.items()}
    return {
        "volume_intervals": {
            "level": found.level,
            "patients": found.patients,
            "method": "hierarchical conformal prediction of |log((expert + 1 mL) / (predicted + "
            "1 mL))|; interval = (predicted + 1 mL) / factor − 1 mL to "
            "(predicted + 1 mL) · factor − 1 mL",
            "coverage_leave_one_out": coverage,
            "factors": factors,
        }
    }


def _errors(evaluation: Evaluation) -> dict[str, Errors]:
    """The errors of each patient that can be learnt from, by case."""
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
            expert = volume - difference[case, subset, region]
            ratio = (max(expert, 0.0) + OFFSET_ML) / (volume + OFFSET_ML)
            found.setdefault(case, {})[subset, region] = abs(math.log(ratio))
    return found


def _factors(patients: list[Errors]) -> dict[ModalitySubset, dict[Region, float]]:
    spread = _spread(patients)
    quantiles = {region: _quantile(patients, spread, region) for region in Region}
    return {
        subset: {region: math.exp(quantiles[region] * spread[subset, region]) for region in Region}
        for subset in ModalitySubset.every()
    }


def _spread(patients: list[Errors]) -> Errors:
    """Typical error by subset and region; a subset's is at least that of a richer one."""
    every = ModalitySubset.every()
    own = {
        (subset, region): max(LEAST_SPREAD, median(errors[subset, region] for errors in patients))
        for subset in every
        for region in Region
    }
    return {
        (subset, region): max(own[richer, region] for richer in every if subset.issubset(richer))
        for subset, region in own
    }


def _quantile(patients: list[Errors], spread: Errors, region: Region) -> float:
    """How many spreads contain the error in `LEVEL` of new patients; infinite if none do."""
    ratios = sorted(
        errors[subset, region] / spread[subset, region]
        for errors in patients
        for subset in ModalitySubset.every()
    )
    needed = math.ceil(LEVEL * (len(patients) + 1) * len(ModalitySubset.every()) - 1e-9)
    return ratios[needed - 1] if needed <= len(ratios) else math.inf
