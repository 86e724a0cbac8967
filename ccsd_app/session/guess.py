"""State of "Guess first": which subsets of the case are revealed, and the score of the guesses.

withhold T1c ──▶ hidden ── answer, or show it ──▶ revealed, with the true change
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Self

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region


class Answer(Enum):
    """An answer to the question which region changes most."""

    WT = Region.WT
    TC = Region.TC
    ET = Region.ET
    NONE = "none"
    JUST_SHOW = "show result"


@dataclass(frozen=True, slots=True)
class LastGuess:
    """The subset that was revealed last, and the user's answer."""

    subset: ModalitySubset
    answer: Answer


@dataclass(frozen=True, slots=True)
class Guess:
    """The state of the teaching mode "Guess first", which is off at the start.

    Args:
        on: Whether results are hidden until the user has guessed.
        revealed: Subsets of the open case that are not asked about any more.
        last: The last guess, which the panel compares with the result; None before the first.
        right: Number of right guesses since the window was opened.
        asked: Number of guesses since then; showing a result without a guess does not count.
    """

    on: bool = False
    revealed: frozenset[ModalitySubset] = frozenset()
    last: LastGuess | None = None
    right: int = 0
    asked: int = 0

    def switched(self, *, on: bool, seen: ModalitySubset | None) -> Self:
        """Switch the mode on or off; the subsets on screen at that moment count as revealed."""
        revealed = self.revealed if seen is None else self.revealed | {seen}
        return replace(self, on=on, revealed=revealed, last=None)

    def answered(self, subset: ModalitySubset, answer: Answer, *, right: bool) -> Self:
        """Reveal a subset, and count the guess if there was one."""
        guessed = answer is not Answer.JUST_SHOW
        return replace(
            self,
            revealed=self.revealed | {subset},
            last=LastGuess(subset, answer),
            right=self.right + (guessed and right),
            asked=self.asked + guessed,
        )

    def for_next_case(self) -> Self:
        """The state for the next case: nothing is revealed, and the score is kept."""
        return replace(self, revealed=frozenset(), last=None)
