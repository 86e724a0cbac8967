"""Runs a quiz on a folder of cases: opens one after the other, and asks once it is computed.

    start ──▶ open case ──▶ session: results ──▶ questions ──▶ answers ──▶ next case … ──▶ results

While it runs, "Guess first" hides results in the window behind the dialog.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from psygnal import Signal

from ccsd_app.session.guess import Guess
from ccsd_app.session.preparation import Stage
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.sentence import message
from ccsd_app.viewmodel.teaching.quiz.questions import questions_of
from ccsd_app.viewmodel.teaching.quiz.quiz import Phase, Quiz, Setup


class OpenCase(Protocol):
    """Opens a case; calls `then` once it is read. A failure is the state's `problem`."""

    def __call__(self, path: Path, *, then: Callable[[], None]) -> None: ...


@dataclass(frozen=True, slots=True)
class QuizView:
    """What the dialog shows.

    Args:
        quiz: The quiz.
        loading: What is being computed, while the next case is.
        state: The open case, which the pictures are drawn from; None while it is loading.
    """

    quiz: Quiz
    loading: str = ""
    state: State | None = None


class QuizModel:
    """The quiz of one dialog.

    Args:
        session: The window's session, in which the cases are opened.
        open_case: Opens a case.
        clock: Returns the time in seconds.
    """

    changed = Signal(QuizView)

    def __init__(
        self,
        session: Session,
        open_case: OpenCase,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._open_case = open_case
        self._clock = clock
        self._paths: tuple[Path, ...] = ()
        self._opened = False
        self._asked_at = 0.0
        self._view: QuizView | None = None
        session.changed.connect(self._on_session_changed)

    @property
    def view(self) -> QuizView | None:
        """What the dialog shows; None before the start."""
        return self._view

    def start(self, paths: Sequence[Path], setup: Setup) -> None:
        """Begin with the first case.

        Args:
            paths: The cases, one for each number of the setup.
            setup: What the quiz is about.
        """
        assert len(paths) == len(setup.numbers) > 0
        self._paths = tuple(paths)
        state = self._session.state
        self._session.become(replace(state, guess=replace(Guess(), on=True)))
        self._become(Quiz(setup))
        self._open()

    def hint(self) -> None:
        """Show the hint."""
        if self._view is not None:
            self._become(self._view.quiz.hinted())

    def answer(self, choice: int) -> None:
        """Take an answer, by its index."""
        if self._view is not None:
            seconds = self._clock() - self._asked_at
            self._become(self._view.quiz.answered(choice, seconds=seconds))

    def next(self) -> None:
        """Go on after an answer."""
        if self._view is None:
            return
        quiz = self._view.quiz.next()
        self._become(quiz)
        if quiz.phase is Phase.LOADING:
            self._open()

    def end(self) -> None:
        """End the quiz; the results so far are shown."""
        if self._view is not None:
            self._become(self._view.quiz.ended())

    def close(self) -> None:
        """Stop listening: the dialog is closed."""
        self._session.changed.disconnect(self._on_session_changed)

    def _open(self) -> None:
        assert self._view is not None
        self._opened = False
        self._open_case(self._paths[self._view.quiz.position], then=self._on_opened)

    def _on_opened(self) -> None:
        self._opened = True
        self._look(self._session.state)

    def _on_session_changed(self, old: State, new: State) -> None:
        self._look(new)

    def _look(self, state: State) -> None:
        """While a case is loading: see whether it is computed, or has failed."""
        if self._view is None or self._view.quiz.phase is not Phase.LOADING:
            return
        quiz = self._view.quiz
        if state.model_problem:
            self._become(quiz.without_case(message(state.model_problem)).ended())
            return
        failure = failure_of(state, opened=self._opened)
        if failure:
            quiz = quiz.without_case(failure)
        elif self._opened and state.complete and state.model is not None:
            questions = questions_of(state, seed=quiz.setup.seed, number=quiz.number)
            quiz = quiz.with_questions(questions)
        else:
            self._show(QuizView(quiz, loading_text(quiz, state, opened=self._opened)))
            return
        self._become(quiz)
        if quiz.phase is Phase.LOADING:
            self._open()

    def _become(self, quiz: Quiz) -> None:
        before = None if self._view is None else self._view.quiz
        asking = quiz.phase in (Phase.ASKING, Phase.ANSWERED)
        if quiz.phase is Phase.ASKING and quiz.question is not (before and before.question):
            self._asked_at = self._clock()
        loading = loading_text(quiz, self._session.state, opened=False)
        self._show(QuizView(quiz, loading, self._session.state if asking else None))

    def _show(self, view: QuizView) -> None:
        old, self._view = self._view, view
        if old is None or (old.quiz, old.loading) != (view.quiz, view.loading):
            self.changed.emit(view)


def failure_of(state: State, *, opened: bool) -> str:
    """Why a case cannot be asked about; "" while it may still be computed.

    Args:
        state: The window's state.
        opened: Whether the case was read.
    """
    if not opened:
        failed = bool(state.problem) and state.activity is None
        return message(state.problem.splitlines()[-1]) if failed else ""
    if state.stage in (Stage.FAILED, Stage.CANCELLED):
        return message(state.preparation_problem) or "Its preparation was cancelled."
    if state.stopped and not state.complete:
        problem = state.problem.splitlines()
        return message(problem[-1]) if problem else "Computing was stopped."
    return ""


def loading_text(quiz: Quiz, state: State, *, opened: bool) -> str:
    """`Case 2 of 3: computing FLAIR + T1, 9 of 15 subsets are ready`."""
    if quiz.phase is not Phase.LOADING:
        return ""
    head = f"Case {quiz.position + 1} of {len(quiz.setup.numbers)}"
    if not opened or state.case is None:
        return f"{head} is being opened…"
    what = "" if state.activity is None else f"{state.activity.what}; "
    total = len(state.case.available.subsets())
    return f"{head}: {what}{len(state.results)} of {total} subsets are computed"
