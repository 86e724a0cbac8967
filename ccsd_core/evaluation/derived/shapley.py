"""Shapley values of sequences and interactions of pairs, as means over patients.

    a patient with all 15 subsets scored ──▶ 4 Shapley values, 6 interactions of pairs, per region
                                             └──▶ means over patients, with intervals

An empty prediction scores 1 for a region that is absent in the expert labels and 0 otherwise, as in
the table of subsets. Both quantities are linear in the scores, so the mean over patients equals the
value of the mean curve.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.robustness import RobustnessCurve
from ccsd_core.evaluation.results.result import EvaluatedCase, Evaluation
from ccsd_core.evaluation.statistics.bootstrap import percentile_intervals
from ccsd_core.evaluation.statistics.estimates import EstimateRow, Floats, estimate_of

Pair = tuple[Modality, Modality]
PAIRS: tuple[Pair, ...] = tuple(combinations(Modality, 2))


@dataclass(frozen=True, slots=True)
class ShapleyEstimates:
    """Shapley values and interactions, each by region.

    Args:
        sequences: The Shapley value of each sequence.
        pairs: The interaction of each pair.
        cases: Number of patients.
    """

    sequences: Mapping[Modality, EstimateRow]
    pairs: Mapping[Pair, EstimateRow]
    cases: int


def shapley_estimates(evaluation: Evaluation, *, metric: str = "dice") -> ShapleyEstimates | None:
    """Means over the patients scored for all 15 subsets; None if there is none.

    Args:
        evaluation: Evaluation that holds the scores.
        metric: Metric whose values are never nan.
    """
    whole = [case for case in evaluation.cases if case.has_all_subsets]
    if not whole:
        return None
    scores: dict[tuple[str, Region], dict[ModalitySubset, float]] = {}
    for score in evaluation.scores:
        if score.metric == metric:
            scores.setdefault((score.case, score.region), {})[score.subset] = score.value
    values = np.array([[_of(case, region, scores) for region in Region] for case in whole])

    def statistic(weights: Floats) -> Floats:
        means = weights @ values.reshape(len(whole), -1)
        return means / weights.sum(axis=-1, keepdims=True)

    found = (statistic(np.ones(len(whole))), *percentile_intervals(statistic, len(whole)))
    mean, low, high = (part.reshape(len(Region), -1) for part in found)
    rows = [
        {r.name: estimate_of(mean[r, i], low[r, i], high[r, i], len(whole)) for r in Region}
        for i in range(mean.shape[1])
    ]
    return ShapleyEstimates(
        dict(zip(Modality, rows, strict=False)),
        dict(zip(PAIRS, rows[len(Modality) :], strict=True)),
        len(whole),
    )


def _of(
    case: EvaluatedCase,
    region: Region,
    scores: Mapping[tuple[str, Region], Mapping[ModalitySubset, float]],
) -> list[float]:
    """One patient's four values and six interactions."""
    curve = RobustnessCurve(case.available, scores[case.id, region])
    empty = 1.0 if region in case.absent_regions else 0.0
    found = [curve.shapley(m, empty_score=empty) for m in Modality]
    found += [curve.interaction(*pair, empty_score=empty) for pair in PAIRS]
    return [value for value in found if value is not None]
