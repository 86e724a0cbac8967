"""Two evaluations of the same patients, paired: is B better than A, and by how much.

    scores of A ┐  same patient,  ┌──▶ per patient: mean over subsets ──▶ difference B − A
    scores of B ┘  subset, region ┘         │                             mean, 95 % interval, p
                                            └──▶ the same over the subsets of k sequences

Scores are first averaged over subsets and over the time points of a patient, because scores of one
patient are not independent: the test is over patients. It is Wilcoxon's signed-rank test,
two-sided, exact for few patients; p-values of one block are corrected by Holm's method.

Source: F. Wilcoxon, Biometrics Bulletin 1945; S. Holm, Scandinavian Journal of Statistics 1979.
"""

# scipy is typed only in part.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.word_list import first_few
from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.paired.same_patients import (
    means_by_patient,
    patients_of_cases,
    renamed_pairs_note,
    same_patients,
    several_cases_note,
    with_case_names,
)
from ccsd_core.evaluation.results.result import Score
from ccsd_core.evaluation.statistics.bootstrap import percentile_intervals
from ccsd_core.evaluation.statistics.estimates import COLUMNS, score_array

FEWEST_FOR_005 = 6
"""With fewer patients, p > 0.05 even if all differences have the same sign (2 / 2⁵ = 0.0625)."""
_DECIMALS = 12
_SIZES = np.array([len(subset) for subset in ModalitySubset.every()])
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """One region, or the mean of the three.

    Args:
        region: WT, TC, ET or mean.
        a, b: Means over patients.
        difference: B − A.
        low, high: Its 95 % interval; None for too few patients.
        p: p-value of the signed-rank test; 1 if no patient differs.
        p_holm: Corrected over the rows of its block.
        patients: Number of pairs.
    """

    region: str
    a: float
    b: float
    difference: float
    low: float | None
    high: float | None
    p: float
    p_holm: float
    patients: int


@dataclass(frozen=True, slots=True)
class PairedBlock:
    """Differences over some subsets.

    Args:
        sequences: Number of sequences in the subsets; None for all subsets.
        rows: Difference of each region that can be paired, and of their mean.
    """

    sequences: int | None
    rows: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """Two evaluations compared.

    Args:
        metric: Name of the metric.
        patients: Number of patients in pairs.
        blocks: Block over all subsets, then blocks by number of sequences.
        notes: What was excluded, and other notes for the reader.
    """

    metric: str
    patients: int
    blocks: tuple[PairedBlock, ...]
    notes: tuple[str, ...]


def compare_paired(
    a: Sequence[Score], b: Sequence[Score], *, metric: str = "dice"
) -> PairedComparison:
    """Compare two evaluations.

    Args:
        a: Scores of the first evaluation.
        b: Scores of the second evaluation; differences are B − A.
        metric: Metric to compare.

    Raises:
        BadInputError: If one of them does not have the metric, or there is no pair.
    """
    for name, scores in (("A", a), ("B", b)):
        known = list(dict.fromkeys(score.metric for score in scores))
        if metric not in known:
            raise BadInputError(
                f"{name} has no scores of metric {metric!r}: use one of {', '.join(known)}"
            )
    a, b = ([score for score in scores if score.metric == metric] for scores in (a, b))
    one_patient = same_patients((score.case for score in a), (score.case for score in b))
    b = with_case_names(b, one_patient)
    in_b = {score.case for score in b}
    cases = [case for case in dict.fromkeys(score.case for score in a) if case in in_b]
    arrays = [score_array(scores, metric=metric, cases=cases) for scores in (a, b)]
    both = np.isfinite(arrays[0]) & np.isfinite(arrays[1])
    if not both.any():
        raise BadInputError(
            "nothing to compare: A and B share no case, subset and region with a value "
            f"(A has {_some(a)}; B has {_some(b)}); evaluate both on the same cases"
        )
    patients_by_case = patients_of_cases(cases)
    one, other = (
        means_by_patient(np.where(both, array, np.nan), patients_by_case) for array in arrays
    )
    blocks = [_block(one, other, None)]
    blocks += [_block(one, other, k) for k in range(1, len(Modality) + 1)]
    patients = int(np.isfinite(one).any(axis=(1, 2)).sum())
    notes = (
        *renamed_pairs_note(one_patient),
        *several_cases_note(patients_by_case),
        *_left_out(a, b, set(cases)),
        *_differing(a, b),
    )
    return PairedComparison(metric, patients, tuple(block for block in blocks if block.rows), notes)


def signed_rank_p(differences: Floats) -> float:
    """The two-sided p-value of Wilcoxon's signed-rank test; 1 if no patient differs."""
    # Equal scores may differ in the last digits of their means.
    rounded = np.round(differences, _DECIMALS)
    rounded = rounded[rounded != 0]
    if rounded.size == 0:
        return 1.0
    # Imported here, because scipy.stats takes longer to load than the rest.
    from scipy import stats

    return float(stats.wilcoxon(rounded).pvalue)  # pyright: ignore[reportAttributeAccessIssue]


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected for multiple testing by Holm's method, in the same order.

    >>> holm([0.04, 0.01, 0.03])
    [0.06, 0.03, 0.06]
    """
    corrected = [0.0] * len(p_values)
    largest = 0.0
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = largest
    return corrected


def _block(one: Floats, other: Floats, sequences: int | None) -> PairedBlock:
    """The rows over the subsets of `sequences` sequences; none if no patient has any."""
    chosen = np.ones(len(_SIZES), bool) if sequences is None else sequences == _SIZES
    found: list[Difference] = []
    for column, region in enumerate(COLUMNS):
        means = [_mean_over_subsets(array[:, chosen, column]) for array in (one, other)]
        there = np.isfinite(means[0])
        if there.any():
            found.append(_difference(region, *(mean[there] for mean in means)))
    corrected = holm([row.p for row in found])
    return PairedBlock(
        sequences,
        tuple(
            Difference(r.region, r.a, r.b, r.difference, r.low, r.high, r.p, p, r.patients)
            for r, p in zip(found, corrected, strict=True)
        ),
    )


def _difference(region: str, a: Floats, b: Floats) -> Difference:
    change = b - a

    def mean(weights: Floats) -> Floats:
        return ((weights @ change) / weights.sum(axis=-1))[..., None]

    low, high = percentile_intervals(mean, len(change))[:, 0].tolist()
    ends = (None, None) if math.isnan(low) else (low, high)
    p = signed_rank_p(change)
    return Difference(
        region, float(a.mean()), float(b.mean()), float(change.mean()), *ends, p, p, len(change)
    )


def _mean_over_subsets(values: Floats) -> Floats:
    """Mean over finite values (patients, subsets); nan for a patient without any."""
    there = np.isfinite(values)
    total = there.sum(axis=1)
    summed = np.where(there, values, 0).sum(axis=1)
    return np.divide(summed, total, out=np.full(len(values), np.nan), where=total > 0)


def _left_out(a: Sequence[Score], b: Sequence[Score], shared: set[str]) -> list[str]:
    """Notes on cases and subsets that only one evaluation has."""
    notes: list[str] = []
    for name, scores in (("A", a), ("B", b)):
        alone = sorted({score.case for score in scores} - shared)
        if alone:
            notes.append(f"excluded, as only in {name}: {first_few(alone)}")
    rows = [{(s.case, s.subset, s.region): s for s in scores} for scores in (a, b)]
    keys = {key for table in rows for key in table if key[0] in shared}
    single = {key[:2] for key in keys if not all(key in table for table in rows)}
    if single:
        named = [f"{case} {subset}" for case, subset in sorted(single, key=str)]
        notes.append(f"excluded, as only in one of them: {first_few(named)}")
    empty = sum(
        any(math.isnan(table[key].value) for table in rows)
        for key in keys
        if all(key in table for table in rows)
    )
    if empty:
        notes.append(f"excluded: {empty} pairs in which a score is nan")
    return notes


def _differing(a: Sequence[Score], b: Sequence[Score]) -> list[str]:
    policies = [sorted({score.policy for score in scores}) for scores in (a, b)]
    notes: list[str] = []
    if policies[0] != policies[1]:
        sides = [" / ".join(names) for names in policies]
        notes.append(
            f"the policies differ, so the scores may not be comparable. "
            f"A: {sides[0]}. B: {sides[1]}"
        )
    for name, scores in (("A", a), ("B", b)):
        seen = sorted({score.case for score in scores if score.seen_in_training})
        if seen:
            notes.append(
                f"seen in training by the model of {name}, so scores are optimistic: "
                f"{first_few(seen)}"
            )
    return notes


def _some(scores: Sequence[Score]) -> str:
    return first_few(sorted({score.case for score in scores}))
