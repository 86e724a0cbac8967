"""Whether a rule of post-processing helps patients who did not choose its amount (cross-fitting).

scores (patients × amounts) ── without one patient ──▶ best amount of the others
                                                           │
            mean change against no rule ◀── all patients ◀── its score on that patient
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """What a rule does.

    Args:
        best: Index of the best amount on all patients; 0 means no rule.
        gain: Mean change of the score on patients left out in turn, each with the best amount of
            the others.
        chosen: The index chosen without each patient.
    """

    best: int
    gain: float
    chosen: tuple[int, ...]


def choose(scores: NDArray[np.float64]) -> RuleChoice:
    """Choose the amount of a rule.

    >>> choose(np.array([[0.5, 0.7], [0.5, 0.7], [0.5, 0.7], [0.5, 0.4]])).chosen
    (1, 1, 1, 1)

    Args:
        scores: The score of each patient with each amount (patients, amounts); the first
            column is without the rule, and is kept if no amount is better.
    """
    total = scores.sum(axis=0)
    chosen = [int(np.argmax(total - mine)) for mine in scores]
    gains = [mine[index] - mine[0] for mine, index in zip(scores, chosen, strict=True)]
    return RuleChoice(int(np.argmax(total)), float(np.mean(gains)), tuple(chosen))
