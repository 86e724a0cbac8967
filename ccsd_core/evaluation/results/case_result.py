"""The result of the evaluation of one case."""

from dataclasses import dataclass

from ccsd_core.evaluation.results.corruption import CorruptedScore
from ccsd_core.evaluation.results.result import EvaluatedCase, Score


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case and its scores.

    Args:
        case: The case.
        scores: Scores of all its subsets, regions and metrics.
        corrupted: Scores with a sequence corrupted, if requested.
        notes: What was corrected while reading the case.
    """

    case: EvaluatedCase
    scores: tuple[Score, ...]
    corrupted: tuple[CorruptedScore, ...] = ()
    notes: tuple[str, ...] = ()
