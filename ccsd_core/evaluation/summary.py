"""An evaluation's long table in short: means over cases by subset, by count, and the area.

scores ──▶ mean over cases, per subset ──▶ mean over the 15 subsets       "mean"
                                       └─▶ mean over those of one size    "by_count"  (D_k)
cases with four sequences ──▶ mean of their areas                         "aurc"
"""

from collections.abc import Mapping
from statistics import fmean

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.robustness import RobustnessCurve
from ccsd_core.evaluation.result import Evaluation

ByRegion = dict[Region, float]


def subset_means(
    evaluation: Evaluation, *, metric: str = "dice", cases: frozenset[str] | None = None
) -> dict[ModalitySubset, ByRegion]:
    """Mean over cases of a metric, by subset in table order; subsets no case has are left out.

    Args:
        evaluation: The scores.
        metric: A metric whose values are never nan.
        cases: Only these cases; all where it is left out.
    """
    values: dict[tuple[ModalitySubset, Region], list[float]] = {}
    for score in evaluation.scores:
        if score.metric == metric and (cases is None or score.case in cases):
            values.setdefault((score.subset, score.region), []).append(score.value)
    return {
        subset: {region: fmean(values[subset, region]) for region in Region}
        for subset in ModalitySubset.every()
        if (subset, Region.WT) in values
    }


def mean_of(means: Mapping[ModalitySubset, ByRegion]) -> ByRegion:
    """Mean over subsets of the per-subset means."""
    return {region: fmean(row[region] for row in means.values()) for region in Region}


def count_means(means: Mapping[ModalitySubset, ByRegion]) -> dict[int, ByRegion]:
    """D_k: mean over the subsets with k sequences, for every k that occurs."""
    sizes = sorted({len(subset) for subset in means})
    return {k: mean_of({s: row for s, row in means.items() if len(s) == k}) for k in sizes}


def aurc(evaluation: Evaluation, *, metric: str = "dice") -> dict[Region, float | None]:
    """Area under the robustness curve, mean over the cases with all four sequences.

    None where no case has four: the area of a shorter curve would not compare.
    """
    whole = frozenset(c.id for c in evaluation.cases if len(c.available) == len(Modality))
    means = subset_means(evaluation, metric=metric, cases=whole)
    areas: dict[Region, float | None] = {}
    for region in Region:
        scores = {subset: row[region] for subset, row in means.items()}
        areas[region] = RobustnessCurve(ModalitySubset.full(), scores).aurc
    return areas


def summary(evaluation: Evaluation) -> dict[str, object]:
    """The content of `summary.json`: Dice as fractions 0 to 1, areas 0 to 3."""
    means = subset_means(evaluation)
    return {
        "model": {"name": evaluation.model_name, "sha256": evaluation.model_sha256},
        "cases": [case.id for case in evaluation.cases],
        "seen_in_training": list(evaluation.seen),
        "mean": _named(mean_of(means)),
        "mean_et500": _named(mean_of(subset_means(evaluation, metric="dice_et500"))),
        "subsets": {str(subset): _named(row) for subset, row in means.items()},
        "by_count": {str(k): _named(row) for k, row in count_means(means).items()},
        "aurc": _named(aurc(evaluation)),
    }


def _named(row: Mapping[Region, float | None]) -> dict[str, float | None]:
    return {region.name: row[region] for region in Region}
