"""One question of the quiz: what is asked, which answers are right, and why.

    results of a case ──▶ Question ── answer ──▶ right or wrong, and the explanation

Right answers follow from the case's computed results alone; of tied answers, each is right.
"""

from dataclasses import dataclass
from enum import Enum

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

Voxel = tuple[int, int, int]
MOST_CHOICES = 4
"""There is a key for each: 1 to 4."""


class QuestionKind(Enum):
    """What a question is about. The value is its name in the table of results."""

    WITHHELD = "Which sequence is withheld?"
    REGION = "Which region suffers most?"
    NEXT = "Which sequence next?"
    FOLLOW = "Would you follow the model?"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the case beside a question.

    Args:
        title: What it shows, as far as it may be known.
        subset: The sequences whose result is drawn; None draws the image alone.
        expert: Whether the expert's outlines are drawn.
    """

    title: str
    subset: ModalitySubset | None
    expert: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answers.

    Args:
        kind: What it is about.
        text: The question.
        choices: The answers to choose from, two to four.
        right: Indices of the right ones: more than one if they are tied.
        hint: A hint from this case's numbers, or from the model's evaluation.
        explanation: Why these are right, in sentences with this case's numbers.
        pictures: What is shown with the question.
        revealed: What is shown with the explanation.
        regions: The regions that are drawn.
        background: The sequence shown as background.
        voxel: The voxel whose slice is shown with the question.
        revealed_voxel: The same with the explanation.
        score_name: What the right answer was measured by: `Dice` or `agreement`.
        model_wrong: Whether the question shows a result of the model that is wrong.
    """

    kind: QuestionKind
    text: str
    choices: tuple[str, ...]
    right: frozenset[int]
    hint: str
    explanation: str
    pictures: tuple[Picture, ...]
    revealed: tuple[Picture, ...]
    regions: frozenset[Region]
    background: Modality
    voxel: Voxel
    revealed_voxel: Voxel
    score_name: str
    model_wrong: bool = False

    def __post_init__(self) -> None:
        assert 2 <= len(self.choices) <= MOST_CHOICES, self.choices
        assert self.right, self.text
        assert max(self.right) < len(self.choices), self.text
        assert len(self.right) < len(self.choices), "no answer would be wrong"

    def is_right(self, choice: int) -> bool:
        """Whether an answer is right."""
        return choice in self.right

    @property
    def right_text(self) -> str:
        """The right answers: `T1c`, or `T1 or T2`."""
        return " or ".join(self.choices[index] for index in sorted(self.right))
