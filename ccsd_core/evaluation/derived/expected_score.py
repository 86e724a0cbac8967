"""The expected score if each sequence is missing with a given probability.

    P(S) ∝ Π (1 − rate) over S · Π rate over the rest      given that at least one is present
    expected = Σ P(S) · mean over cases from S

Sequences are assumed to be missing independently. If they are not, for example if a whole protocol
is shortened, the expected score differs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.bootstrap import percentile_intervals
from ccsd_core.evaluation.statistics.estimates import (
    COLUMNS,
    EstimateRow,
    Floats,
    estimate_of,
    patient_means,
    score_array,
)

_EXAMPLE = "FLAIR=.1,T1=.05,T1c=.3,T2=.1"


@dataclass(frozen=True, slots=True)
class MissingRates:
    """How often each sequence is missing.

    Args:
        rates: Probability that a sequence is missing; 0 for one that is not named.

    Raises:
        BadInputError: If a rate is not in 0 to 1, or no sequence would ever be present.
    """

    rates: Mapping[Modality, float]

    def __post_init__(self) -> None:
        for modality, rate in self.rates.items():
            if not 0 <= rate <= 1:
                raise BadInputError(
                    f"{modality.label} cannot be missing at a rate of {rate:g}: give 0 to 1"
                )
        if all(self.of(m) == 1 for m in Modality):
            raise BadInputError("no sequence would ever be present: give one a rate below 1")

    @classmethod
    def parse(cls, text: str) -> "MissingRates":
        """Read `FLAIR=.1,T1c=.3`.

        >>> MissingRates.parse("t1ce=.3, T2 = 1").of(Modality.T1C)
        0.3

        Raises:
            UnknownModalityError: If a name is not a sequence.
            BadInputError: If the text cannot be used otherwise.
        """
        rates: dict[Modality, float] = {}
        for part in filter(None, re.split(r"[,;]", text)):
            name, _, value = part.partition("=")
            modality = Modality.parse(name)
            if modality in rates:
                raise BadInputError(f"{modality.label} has two rates in {text!r}: give one")
            try:
                rates[modality] = float(value)
            except ValueError:
                raise BadInputError(
                    f"{part.strip()!r} is not a rate of a sequence: write for example {_EXAMPLE}"
                ) from None
        if not rates:
            raise BadInputError(f"no rate in {text!r}: write for example {_EXAMPLE}")
        return cls(rates)

    def of(self, modality: Modality) -> float:
        return self.rates.get(modality, 0.0)

    def probabilities(self) -> dict[ModalitySubset, float]:
        """Probability of each subset, given that at least one sequence is present; sums to 1."""
        weights = {
            subset: float(
                np.prod([1 - self.of(m) if m in subset else self.of(m) for m in Modality])
            )
            for subset in ModalitySubset.every()
        }
        total = sum(weights.values())
        return {subset: weight / total for subset, weight in weights.items()}

    def describe(self) -> str:
        """The rates as users read them: `FLAIR 10 %, T1 0 %, …`."""
        return ", ".join(f"{m.label} {100 * self.of(m):g} %" for m in Modality)


@dataclass(frozen=True, slots=True)
class ExpectedScore:
    """Expected score of a patient if sequences are missing at given rates.

    Args:
        row: Score by region and for their mean; nan if a subset that may occur has no score.
        unscored_subsets: Subsets that may occur but have no score.
    """

    row: EstimateRow
    unscored_subsets: tuple[ModalitySubset, ...]


def expected_score(
    evaluation: Evaluation, rates: MissingRates, *, metric: str = "dice"
) -> ExpectedScore:
    """The expected score over the evaluated patients, with intervals.

    Args:
        evaluation: Evaluation that holds the scores.
        rates: How often each sequence is missing.
        metric: Name of the metric.
    """
    probabilities = rates.probabilities()
    scored = {s for case in evaluation.cases for s in case.subsets}
    unscored_subsets = tuple(s for s, p in probabilities.items() if p > 0 and s not in scored)
    return ExpectedScore(weighted_mean(evaluation, probabilities, metric=metric), unscored_subsets)


def weighted_mean(
    evaluation: Evaluation, shares: Mapping[ModalitySubset, float], *, metric: str = "dice"
) -> EstimateRow:
    """Weighted sum over subsets of their means over patients; nan if a subset has no mean.

    Args:
        evaluation: Evaluation that holds the scores.
        shares: Weight of each subset; subsets of weight 0 need no scores.
        metric: Name of the metric.
    """
    cases = [case.id for case in evaluation.cases]
    counts = np.array([shares.get(subset, 0.0) for subset in ModalitySubset.every()])
    array = score_array(evaluation.scores, metric=metric, cases=cases)[:, counts > 0]
    counts = counts[counts > 0]

    def statistic(weights: Floats) -> Floats:
        return (patient_means(weights, array) * counts[:, None]).sum(axis=-2)

    values = statistic(np.ones(len(cases)))
    low, high = percentile_intervals(statistic, len(cases))
    patient_counts = np.isfinite(array).any(axis=1).sum(axis=0)
    return {
        name: estimate_of(values[i], low[i], high[i], int(patient_counts[i]))
        for i, name in enumerate(COLUMNS)
    }
