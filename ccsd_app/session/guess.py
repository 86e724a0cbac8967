"""Guessing before looking: which subsets of the case were revealed, and how good the guesses are.

leave T1c out ──▶ hidden ── answer, or just look ──▶ revealed, with what really changed
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Self

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region


class Answer(Enum):
    """What can be said to "which region suffers most?"."""

    WT = Region.WT
    TC = Region.TC
    ET = Region.ET
    NONE = "none"
    JUST_SHOW = "show result"


@dataclass(frozen=True, slots=True)
class Told:
    """The subset revealed last, and what was answered."""

    subset: ModalitySubset
    answer: Answer


@dataclass(frozen=True, slots=True)
class Guess:
    """The teaching mode, off to begin with.

    Args:
        on: Whether results stay hidden until the user has guessed.
        revealed: Subsets of the open case that are not asked about any more.
        told: What the outcome is shown of.
        right: Right guesses since the window was opened.
        asked: Guesses since then; looking without a guess is none.
    """

    on: bool = False
    revealed: frozenset[ModalitySubset] = frozenset()
    told: Told | None = None
    right: int = 0
    asked: int = 0

    def switched(self, *, on: bool, seen: ModalitySubset | None) -> Self:
        """On or off; what is on screen at that moment is no secret any more."""
        revealed = self.revealed if seen is None else self.revealed | {seen}
        return replace(self, on=on, revealed=revealed, told=None)

    def answered(self, subset: ModalitySubset, answer: Answer, *, right: bool) -> Self:
        """Reveal a subset, and count the guess if there was one."""
        guessed = answer is not Answer.JUST_SHOW
        return replace(
            self,
            revealed=self.revealed | {subset},
            told=Told(subset, answer),
            right=self.right + (guessed and right),
            asked=self.asked + guessed,
        )

    def of_next_case(self) -> Self:
        """Nothing of another case is revealed; the score goes on."""
        return replace(self, revealed=frozenset(), told=None)
