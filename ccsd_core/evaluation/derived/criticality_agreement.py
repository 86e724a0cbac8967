"""Agreement of criticality with the measured drop in Dice when a sequence is withheld.

    full set ──decode──▶ Dice ┐
    full set without m ─▶ Dice ┴─ difference ▶ drop of m ┐
                                                         ├─ tau-b ▶ one number per case and score
    features of m ──▶ cosine or gradient criticality C_m ┘

The drop is computed from the evaluated predictions: mean Dice over the regions in the expert
labels, including test-time augmentation and post-processing. Criticality is computed from the
features of the first view. Its gradient is that of the loss against the expert's labels; in a case
without labels, against the network's own prediction, which may agree less.

    a case    the order of its sequences by C_m, and by drop
    cohort    mean of that over cases; the agreement of the means over cases; how often the most
    critical sequence is the one with the largest drop

Intervals are over patients, for the evaluated network; another network may agree differently. Cases
with one sequence, without tumour, without all needed predictions, or without enough memory for
gradients are excluded and named. A case is also excluded from a score's mean if that score, or the
drop, is the same for all its sequences; the cosines of two sequences always are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.robustness import RobustnessCurve
from ccsd_core.evaluation.results.result import EvaluatedCase, Evaluation
from ccsd_core.evaluation.statistics.bootstrap import Floats, percentile_intervals
from ccsd_core.evaluation.statistics.estimates import Estimate, estimate_of
from ccsd_core.evaluation.statistics.rank_agreement import chance_variance, highest, tau_b

Kind = Literal["cosine", "gradient"]
KINDS: tuple[Kind, ...] = ("cosine", "gradient")

BySequence = Mapping[Modality, float]
_MIDDLE_95 = 1.96
"""Half width of the middle 95 % of a normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True, eq=False)
class Ordering:
    """Drop and criticality of each sequence, of one case or of means over cases.

    Args:
        loss: Drop in Dice without each sequence, as a fraction; negative if Dice is higher without
            it.
        criticality: C_m of the same sequences, by score.
    """

    loss: BySequence
    criticality: Mapping[Kind, BySequence]

    def agreement(self, kind: Kind) -> float:
        """Kendall's tau-b; nan if all values of either are tied."""
        return float(tau_b(_array(self.loss), self.scores(kind)))

    def scores(self, kind: Kind) -> Floats:
        """C_m in channel order; for the cosine, C_m − 1.

        C_m − 1 is minus the mean similarity, so its rounding error does not depend on the size of
        C_m.
        """
        return _array(self.criticality[kind]) - (1.0 if kind == "cosine" else 0.0)

    def costliest(self) -> tuple[Modality, ...]:
        """The sequence with the largest drop, or several in a tie."""
        return self._highest(_array(self.loss))

    def most_critical(self, kind: Kind) -> tuple[Modality, ...]:
        """The sequence with the highest C_m, or several in a tie."""
        return self._highest(self.scores(kind))

    def hit(self, kind: Kind) -> float:
        """Whether the most critical sequence is the costliest; in a tie, the fraction that is.

        nan if the agreement is undefined.
        """
        if not np.isfinite(self.agreement(kind)):
            return np.nan
        named = self.most_critical(kind)
        return len(set(named) & set(self.costliest())) / len(named)

    def chance(self) -> float:
        """Probability that a random sequence is the costliest: 1/4 for four without ties."""
        return len(self.costliest()) / len(self.loss)

    def _highest(self, values: Floats) -> tuple[Modality, ...]:
        return tuple(m for m, top in zip(sorted(self.loss), highest(values), strict=True) if top)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well one score agrees with the drop, over the cases.

    Args:
        mean: Mean of the cases' agreements, with its interval over patients.
        of_means: Agreement of the means over cases; nan if there are none.
        hits: Fraction of the cases in which the most critical sequence is the costliest.
        chance: That fraction for sequences drawn at random.
        always: The sequence that is most often the costliest, and the fraction of cases in which it
            is. None if no case counts.
        margin: Half width of the middle 95 % of `mean` for random orders in every case.
    """

    mean: Estimate
    of_means: Estimate
    hits: Estimate
    chance: float
    always: tuple[Modality, float] | None
    margin: float

    @property
    def significant(self) -> bool:
        """Whether `mean` differs from 0, by its interval over patients and by random orders.

        Intervals from few patients are too narrow; the distribution of random orders is exact for
        any number.
        """
        low, high = self.mean.low, self.mean.high
        if low is None or high is None:
            return False
        return (low > 0 or high < 0) and abs(self.mean.value) > self.margin


@dataclass(frozen=True, slots=True, eq=False)
class CriticalityAgreement:
    """Agreement of criticality with the measured drop in score.

    Args:
        cases: Cases that can be ordered, by id.
        left_out: Reason why a case is excluded, by id.
        kinds: Agreement of each score.
        means: Means over the cases that have all sequences that occur in any case, or None.
        of_means_cases: Number of those cases.
    """

    cases: Mapping[str, Ordering]
    left_out: Mapping[str, str]
    kinds: Mapping[Kind, Agreement]
    means: Ordering | None
    of_means_cases: int


def criticality_agreement(evaluation: Evaluation) -> CriticalityAgreement | None:
    """The agreement over an evaluation's cases; None if criticality was not computed."""
    requested = [case for case in evaluation.cases if case.criticality is not None]
    if not requested:
        return None
    dice = _dice(evaluation)
    cases: dict[str, Ordering] = {}
    left_out: dict[str, str] = {}
    for case in requested:
        found = _ordering(case, dice)
        if isinstance(found, str):
            left_out[case.id] = found
        else:
            cases[case.id] = found
    return agreement_of(cases, left_out=left_out)


def agreement_of(
    cases: Mapping[str, Ordering], *, left_out: Mapping[str, str] | None = None
) -> CriticalityAgreement:
    """The agreement over cases with computed numbers.

    Args:
        cases: Cases by id.
        left_out: Reason why other cases are excluded, by id.
    """
    whole = _whole(cases)
    means = _means([cases[id] for id in whole])
    return CriticalityAgreement(
        cases=cases,
        left_out=left_out or {},
        kinds={kind: _over_cases(kind, cases, whole) for kind in KINDS},
        means=means,
        of_means_cases=len(whole),
    )


def _dice(evaluation: Evaluation) -> dict[str, dict[ModalitySubset, dict[Region, float]]]:
    found: dict[str, dict[ModalitySubset, dict[Region, float]]] = {}
    for score in evaluation.scores:
        if score.metric == "dice":
            found.setdefault(score.case, {}).setdefault(score.subset, {})[score.region] = (
                score.value
            )
    return found


def _ordering(
    case: EvaluatedCase, dice: Mapping[str, Mapping[ModalitySubset, Mapping[Region, float]]]
) -> Ordering | str:
    """The numbers of a case, or the reason why it has none."""
    criticality = case.criticality
    assert criticality is not None
    present = [region for region in Region if region not in case.absent_regions]
    if criticality.failure:
        return criticality.failure
    if len(case.available) == 1:
        return "it has only one sequence, which cannot be withheld"
    if not present:
        return "the expert labels are empty, so Dice cannot drop"
    scores = {
        subset: float(np.mean([row[region] for region in present]))
        for subset, row in dice[case.id].items()
    }
    curve = RobustnessCurve(case.available, scores)
    loss = {m: curve.drop_without(m) for m in case.available}
    known = {m: value for m, value in loss.items() if value is not None}
    if len(known) < len(loss):
        return "predictions of all its sequences, or of all but one, are missing"
    return Ordering(known, {"cosine": criticality.cosine, "gradient": criticality.gradient})


def _over_cases(kind: Kind, cases: Mapping[str, Ordering], whole: list[str]) -> Agreement:
    """Means over cases with intervals, from the same resamples of patients."""
    orderings = list(cases.values())
    values = np.array([(o.agreement(kind), o.hit(kind)) for o in orderings]).reshape(-1, 2)
    there = np.isfinite(values)
    counted = np.where(there, values, 0)
    in_whole = np.array([id in whole for id in cases], dtype=bool)
    size = len(cases[whole[0]].loss) if whole else 0
    loss = np.array([_array(cases[id].loss) for id in whole]).reshape(len(whole), size)
    scores = np.array([cases[id].scores(kind) for id in whole]).reshape(len(whole), size)

    def statistic(weights: Floats) -> Floats:
        summed, total = weights @ counted, weights @ there
        means = np.divide(summed, total, out=np.full_like(summed, np.nan), where=total > 0)
        drawn = weights[..., in_whole]
        # Sums have the same order as means.
        of_means = tau_b(drawn @ loss, drawn @ scores)
        return np.concatenate([means, of_means[..., None]], axis=-1)

    found = statistic(np.ones(len(cases)))
    low, high = percentile_intervals(statistic, len(cases))
    patient_counts = (*there.sum(axis=0), len(whole))
    mean, hits, of_means = (
        estimate_of(found[i], low[i], high[i], int(patient_counts[i])) for i in range(len(found))
    )
    counting = [o for o, counts in zip(orderings, there[:, 0], strict=True) if counts]
    if not counting:
        return Agreement(mean, of_means, hits, chance=np.nan, always=None, margin=np.nan)
    costliest = [o.costliest() for o in counting]
    commonest = max(Modality, key=lambda m: sum(m in named for named in costliest))
    spread = np.sqrt(sum(chance_variance(len(o.loss)) for o in counting)) / len(counting)
    return Agreement(
        mean,
        of_means,
        hits,
        chance=float(np.mean([o.chance() for o in counting])),
        always=(commonest, float(np.mean([commonest in named for named in costliest]))),
        margin=float(_MIDDLE_95 * spread),
    )


def _whole(cases: Mapping[str, Ordering]) -> list[str]:
    """The cases with all sequences that occur in any case; only their means are comparable."""
    every = {m for ordering in cases.values() for m in ordering.loss}
    return [id for id, ordering in cases.items() if set(ordering.loss) == every]


def _means(orderings: list[Ordering]) -> Ordering | None:
    if not orderings:
        return None
    return Ordering(
        _mean([o.loss for o in orderings]),
        {kind: _mean([o.criticality[kind] for o in orderings]) for kind in KINDS},
    )


def _mean(rows: list[BySequence]) -> dict[Modality, float]:
    return {m: float(np.mean([row[m] for row in rows])) for m in sorted(rows[0])}


def _array(by_sequence: BySequence) -> Floats:
    """Values of the sequences as an array in channel order."""
    return np.array([by_sequence[m] for m in sorted(by_sequence)], dtype=np.float64)
