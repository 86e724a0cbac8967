"""How a quiz goes on: a frozen value, and the next one after each thing that happens.

LOADING ── case computed ──▶ ASKING ── answer ──▶ ANSWERED ── next ──▶ ASKING …
   ▲  └── cannot be opened ─┐                        │ last question of the case
   └────── next case ───────┴────────────────────────┘
                             └── last case, or ended by the learner ──▶ FINISHED
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Self

from ccsd_app.viewmodel.teaching.quiz.question import Question, QuestionKind

POINTS, POINTS_WITH_HINT = 1.0, 0.5


class Phase(Enum):
    """What the quiz waits for."""

    LOADING = auto()
    ASKING = auto()
    ANSWERED = auto()
    FINISHED = auto()


@dataclass(frozen=True, slots=True)
class Setup:
    """What a quiz is about.

    Args:
        numbers: The cases' numbers in their folder, in the order in which they are asked about.
        seed: Number of the quiz: the same folder, model and number give the same questions.
        learner: Initials, or "".
    """

    numbers: tuple[int, ...]
    seed: int = 1
    learner: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """One row of the table of results. It names no patient: cases are numbered.

    Args:
        case: Number of the case in its folder.
        kind: What was asked about.
        question: The question.
        answer: The learner's answer.
        right_answer: The right answer, or the right ones.
        right: Whether it was right.
        hint: Whether the hint was used.
        seconds: Time from question to answer.
        score_name: What the right answer was measured by: `Dice` or `agreement`.
        model_wrong: Whether a wrong result of the model was shown.
    """

    case: int
    kind: QuestionKind
    question: str
    answer: str
    right_answer: str
    right: bool
    hint: bool
    seconds: float
    score_name: str
    model_wrong: bool

    @property
    def points(self) -> float:
        """1 for a right answer, half of it with the hint."""
        if not self.right:
            return 0.0
        return POINTS_WITH_HINT if self.hint else POINTS


@dataclass(frozen=True, slots=True)
class Skipped:
    """A case without questions.

    Args:
        case: Its number in the folder.
        reason: Why, in a sentence.
    """

    case: int
    reason: str


@dataclass(frozen=True, slots=True)
class Quiz:
    """The state of a quiz.

    Args:
        setup: What it is about.
        position: Index of the current case in `setup.numbers`.
        phase: What it waits for.
        questions: The questions of the current case.
        index: Index of the current question.
        hint: Whether its hint is shown.
        answer: The learner's answer to it; None before that.
        rows: All answers.
        skipped: Cases without questions.
    """

    setup: Setup
    position: int = 0
    phase: Phase = Phase.LOADING
    questions: tuple[Question, ...] = ()
    index: int = 0
    hint: bool = False
    answer: int | None = None
    rows: tuple[Answered, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def number(self) -> int:
        """The number of the current case in its folder."""
        return self.setup.numbers[min(self.position, len(self.setup.numbers) - 1)]

    @property
    def question(self) -> Question | None:
        """The question on screen."""
        if self.phase in (Phase.ASKING, Phase.ANSWERED):
            return self.questions[self.index]
        return None

    @property
    def points(self) -> float:
        """The learner's points so far."""
        return sum(row.points for row in self.rows)

    @property
    def followed_wrong(self) -> tuple[int, int]:
        """How often a wrong result of the model was followed, and how often one was shown."""
        wrong = [row for row in self.rows if row.model_wrong]
        return sum(not row.right for row in wrong), len(wrong)

    def with_questions(self, questions: Sequence[Question]) -> Self:
        """The current case is computed; a case without questions is skipped."""
        if self.phase is not Phase.LOADING:
            return self
        if not questions:
            return self.without_case("It has no question: no withheld sequence changes its result.")
        return replace(self, phase=Phase.ASKING, questions=tuple(questions), index=0)._asking()

    def without_case(self, reason: str) -> Self:
        """The current case cannot be asked about."""
        if self.phase is not Phase.LOADING:
            return self
        skipped = (*self.skipped, Skipped(self.number, reason))
        return replace(self, skipped=skipped)._next_case()

    def hinted(self) -> Self:
        """Show the hint, which costs half the points."""
        return replace(self, hint=True) if self.phase is Phase.ASKING else self

    def answered(self, choice: int, *, seconds: float) -> Self:
        """Take an answer; one that there is not changes nothing."""
        question = self.question
        if question is None or self.phase is not Phase.ASKING:
            return self
        if not 0 <= choice < len(question.choices):
            return self
        row = Answered(
            self.number,
            question.kind,
            question.text,
            question.choices[choice],
            question.right_text,
            question.is_right(choice),
            self.hint,
            seconds,
            question.score_name,
            question.model_wrong,
        )
        return replace(self, phase=Phase.ANSWERED, answer=choice, rows=(*self.rows, row))

    def next(self) -> Self:
        """Go on after an answer: to the next question, the next case, or the end."""
        if self.phase is not Phase.ANSWERED:
            return self
        if self.index + 1 < len(self.questions):
            return replace(self, phase=Phase.ASKING, index=self.index + 1)._asking()
        return self._next_case()

    def ended(self) -> Self:
        """End before the last question; answers so far count."""
        return replace(self, phase=Phase.FINISHED, questions=(), index=0)

    def _asking(self) -> Self:
        return replace(self, hint=False, answer=None)

    def _next_case(self) -> Self:
        if self.position + 1 >= len(self.setup.numbers):
            return self.ended()
        fresh = replace(self, position=self.position + 1, phase=Phase.LOADING, questions=())
        return replace(fresh, index=0)._asking()
