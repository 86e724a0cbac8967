"""How a score falls as sequences go missing: the curve D_k, its area, each sequence's value.

    score
      │            ×───× D_4        D_k   mean score over the subsets of exactly k sequences
      │      ×────╱                 AURC  area under (k, D_k) by trapezoids,
      │ ×───╱                             over its width, so on the scale of the score:
      └─┬────┬────┬────┬── k              (D_1/2 + D_2 + D_3 + D_4/2) / 3
        1    2    3    4

Source: the curve and its area are the project's own summary of the 15-subset tables that
missing-modality papers print. Shapley values: L. Shapley, 1953; interactions of pairs: M. Grabisch
and M. Roubens, International Journal of Game Theory 1999 (doi:10.1007/s001820050125). In both the
empty set scores as an empty prediction.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import BadInputError


@dataclass(frozen=True, slots=True)
class RobustnessCurve:
    """One score per subset of the sequences a case has.

    >>> pair = ModalitySubset.parse("FLAIR+T2")
    >>> curve = RobustnessCurve(pair, {s: len(s) / 2 for s in pair.subsets()})
    >>> curve.means, curve.aurc is None
    ({1: 0.5, 2: 1.0}, True)

    Args:
        available: The sequences the case has; the curve ends at their number.
        scores: Score by subset (a fraction or a percentage, as the caller likes). May be
            incomplete while subsets are still being computed.

    Raises:
        BadInputError: If a scored subset is not a subset of `available`.
    """

    available: ModalitySubset
    scores: Mapping[ModalitySubset, float]

    def __post_init__(self) -> None:
        for subset in self.scores:
            if not subset.issubset(self.available):
                raise BadInputError(
                    f"{subset.label} has a score, but the case has only {self.available.label}"
                )

    @property
    def complete(self) -> bool:
        return all(s in self.scores for s in self.available.subsets())

    def of_size(self, count: int) -> dict[ModalitySubset, float]:
        """Scores of the subsets with `count` sequences, in table order."""
        return {s: self.scores[s] for s in self.available.of_size(count) if s in self.scores}

    @property
    def means(self) -> dict[int, float]:
        """D_k for every k whose subsets are all scored."""
        sizes = range(1, len(self.available) + 1)
        return {
            k: fmean(self.of_size(k).values())
            for k in sizes
            if len(self.of_size(k)) == len(self.available.of_size(k))
        }

    @property
    def aurc(self) -> float | None:
        """Area under the curve over its width, 0 … 1 for fractions; None unless all are scored.

        A case with fewer than four sequences has a shorter curve whose area would not compare.
        """
        if len(self.available) < len(Modality) or not self.complete:
            return None
        d = self.means
        return (d[1] / 2 + d[2] + d[3] + d[4] / 2) / 3

    @property
    def mean(self) -> float | None:
        """Mean over all subsets, or None while some are missing."""
        return fmean(self.scores.values()) if self.complete else None

    @property
    def worst(self) -> tuple[ModalitySubset, float] | None:
        """The subset with the lowest score so far (the first in table order on ties)."""
        ordered = [(s, self.scores[s]) for s in self.available.subsets() if s in self.scores]
        return min(ordered, key=lambda pair: pair[1]) if ordered else None

    def drop_without(self, modality: Modality) -> float | None:
        """Leave-one-out: how much the full set's score falls without `modality`."""
        if modality not in self.available or len(self.available) == 1:
            return None
        full, without = self.available, self.available.toggled(modality)
        if full not in self.scores or without not in self.scores:
            return None
        return self.scores[full] - self.scores[without]

    def shapley(self, modality: Modality, *, empty_score: float) -> float | None:
        """Shapley value of one sequence: its average gain over all orders of acquisition.

        The values of all available sequences sum to score(all) − `empty_score`.

        Args:
            modality: A sequence of the case.
            empty_score: Score of an empty prediction under the same policy for empty truth.
        """
        if modality not in self.available or not self.complete:
            return None
        n = len(self.available)
        gain = 0.0
        for subset in self.available.subsets():
            if modality not in subset:
                continue
            k = len(subset)
            weight = math.factorial(k - 1) * math.factorial(n - k) / math.factorial(n)
            before = empty_score if k == 1 else self.scores[subset.toggled(modality)]
            gain += weight * (self.scores[subset] - before)
        return gain

    def interaction(self, a: Modality, b: Modality, *, empty_score: float) -> float | None:
        r"""Shapley interaction index of two sequences: how much more they contribute together.

        $$I_{ab} = \sum_{S \subseteq N \setminus \{a, b\}} \frac{|S|!\,(n - |S| - 2)!}{(n - 1)!}
        \left[ v(S \cup ab) - v(S \cup a) - v(S \cup b) + v(S) \right]$$

        Above 0 they complement each other; below 0 they are redundant, so that either replaces
        the other; 0 if the gain of one never depends on the other. It equals the Shapley value of a
        when b is always present minus its Shapley value when b is never present.

        Source: Grabisch and Roubens 1999, as above.

        Args:
            a: A sequence of the case.
            b: Another one; their order does not matter.
            empty_score: Score without any sequence.
        """
        if a == b or not {a, b} <= set(self.available) or not self.complete:
            return None
        n = len(self.available)

        def score(bits: int) -> float:
            return self.scores[ModalitySubset(bits)] if bits else empty_score

        pair = ModalitySubset.of(a, b).bits
        total = 0.0
        for bits in (0, *(s.bits for s in self.available.subsets())):
            if bits & pair:
                continue
            k = bits.bit_count()
            weight = math.factorial(k) * math.factorial(n - k - 2) / math.factorial(n - 1)
            with_a, with_b = score(bits | 1 << a), score(bits | 1 << b)
            total += weight * (score(bits | pair) - with_a - with_b + score(bits))
        return total
