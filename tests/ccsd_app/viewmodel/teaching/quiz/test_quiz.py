"""The run of a quiz, its points, its files, and cases that fail."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from ccsd_app.session.session import Session
from ccsd_app.session.state import Activity
from ccsd_app.viewmodel.teaching.quiz.chosen_cases import chosen_cases
from ccsd_app.viewmodel.teaching.quiz.question import QuestionKind
from ccsd_app.viewmodel.teaching.quiz.questions import questions_of
from ccsd_app.viewmodel.teaching.quiz.quiz import Phase, Quiz, Setup
from ccsd_app.viewmodel.teaching.quiz.quiz_model import QuizModel
from ccsd_app.viewmodel.teaching.quiz.results_table import (
    COLUMNS,
    results_csv,
    results_json,
    results_table,
    verdict,
)


def right(question) -> int:
    return min(question.right)


def wrong(question) -> int:
    return next(i for i in range(len(question.choices)) if i not in question.right)


@pytest.fixture
def questions(full_state):
    return questions_of(full_state, seed=1, number=1)


def played(questions, *choose, hint=()) -> Quiz:
    """A quiz of one case in which each question was answered by one of the functions."""
    quiz = Quiz(Setup((4,), seed=9, learner="AB")).with_questions(questions)
    for index, choice in enumerate(choose):
        quiz = quiz.hinted() if index in hint else quiz
        quiz = quiz.answered(choice(quiz.question), seconds=2.0 + index).next()
    return quiz


def test_a_right_answer_counts_one_half_of_it_with_the_hint_and_a_wrong_one_nothing(questions):
    quiz = played(questions, right, right, wrong, right, hint=[1])
    assert [row.points for row in quiz.rows] == [1, 0.5, 0, 1]
    assert quiz.points == 2.5
    assert quiz.phase is Phase.FINISHED
    assert [row.hint for row in quiz.rows] == [False, True, False, False]
    assert verdict(quiz.rows[2]) == f"Not right: the answer is {questions[2].right_text}."


def test_each_tied_answer_is_right(questions):
    tied = replace(questions[0], right=frozenset({0, 2}))
    for choice in (0, 2):
        quiz = Quiz(Setup((1,))).with_questions([tied]).answered(choice, seconds=1)
        assert quiz.rows[0].right
        assert quiz.rows[0].right_answer == "FLAIR or T1c"


def test_an_answer_is_taken_once_and_only_if_there_is_such_a_choice(questions):
    quiz = Quiz(Setup((1,))).with_questions(questions)
    assert quiz.answered(7, seconds=1) is quiz
    assert quiz.next() is quiz
    answered = quiz.answered(right(quiz.question), seconds=1)
    assert answered.answered(wrong(quiz.question), seconds=1) is answered
    assert answered.hinted() is answered


def test_a_case_that_cannot_be_asked_about_is_skipped_and_the_next_one_follows(questions):
    quiz = Quiz(Setup((2, 5))).without_case("It cannot be read.")
    assert (quiz.number, quiz.phase) == (5, Phase.LOADING)
    quiz = quiz.with_questions([])
    assert quiz.phase is Phase.FINISHED
    assert [one.case for one in quiz.skipped] == [2, 5]
    assert "Case 2 was skipped. It cannot be read." in results_table(quiz).notes


def test_the_file_has_a_row_for_each_question_and_names_nobody(questions):
    quiz = played(questions, right, wrong, right, right)
    quiz = replace(quiz, skipped=quiz.without_case("x").skipped)
    text = results_csv(quiz, model="light 01234567")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == COLUMNS
    assert [row["right"] for row in rows] == ["yes", "no", "yes", "yes"]
    assert {row["case"] for row in rows} == {"4"}
    assert {row["learner"] for row in rows} == {"AB"}
    assert float(rows[3]["seconds"]) == 5.0
    assert rows[1]["right_answer"] == questions[1].right_text
    content = json.loads(results_json(quiz, model="light 01234567"))
    assert content["points"] == 3
    assert [row["right"] for row in content["questions"]] == [True, False, True, True]
    assert "phantom" not in text + json.dumps(content)


def test_reasons_of_skipped_cases_stay_out_of_the_file_because_they_may_name_files():
    quiz = Quiz(Setup((3,))).without_case("Miller_John.nii.gz cannot be read.")
    content = results_json(quiz, model="m")
    assert json.loads(content)["skipped"] == [3]
    assert "Miller" not in content


def test_the_table_says_how_often_a_wrong_result_was_followed(questions):
    follow = next(q for q in questions if q.kind is QuestionKind.FOLLOW)
    misleading = replace(follow, model_wrong=True, right=frozenset({1}))
    for choices, told in (
        ([0], "once, and you followed it."),
        ([1], "once, and you did not follow it."),
        ([0, 1, 0], "3 times, and you followed 2 of them."),
    ):
        quiz = Quiz(Setup((1,))).with_questions([misleading] * len(choices))
        for choice in choices:
            quiz = quiz.answered(choice, seconds=1).next()
        assert told in results_table(quiz).notes[0]
    assert results_table(played(questions[:1], right)).notes == ()


def test_cases_are_drawn_by_the_number_of_the_quiz():
    assert chosen_cases(9, 9, seed=1) == tuple(range(1, 10))
    drawn = chosen_cases(30, 5, seed=1)
    assert len(set(drawn)) == 5
    assert drawn == chosen_cases(30, 5, seed=1) != chosen_cases(30, 5, seed=2)


class Cases:
    """Opens made-up cases: with all results, or with a problem."""

    def __init__(self, session: Session, states: dict[str, object]) -> None:
        self.session, self.states, self.opened = session, states, []

    def __call__(self, path: Path, *, then) -> None:
        self.opened.append(path.name)
        found = self.states[path.name]
        before = replace(self.session.state, problem="", activity=Activity("opening", 0, 0))
        self.session.become(before)
        if isinstance(found, str):
            self.session.become(replace(self.session.state.with_problem(found), activity=None))
        else:
            self.session.become(replace(found, results={}, guess=self.session.state.guess))
            then()
            self.session.become(replace(found, guess=self.session.state.guess))


def test_cases_are_opened_one_after_the_other_and_a_broken_one_is_skipped(full_state):
    session, now = Session(full_state), [0.0]
    cases = Cases(session, {"a": full_state, "b": "b cannot be read", "c": full_state})
    model = QuizModel(session, cases, clock=lambda: now[0])
    views = []
    model.changed.connect(views.append)
    model.start([Path("a"), Path("b"), Path("c")], Setup((1, 2, 3)))
    assert session.state.guess.on
    for case in (1, 3):
        for _ in range(4):
            assert model.view.quiz.number == case
            now[0] += 3
            model.answer(right(model.view.quiz.question))
            now[0] += 100
            model.next()
    assert cases.opened == ["a", "b", "c"]
    quiz = model.view.quiz
    assert quiz.phase is Phase.FINISHED
    assert {row.seconds for row in quiz.rows} == {3.0}
    assert [(one.case, one.reason) for one in quiz.skipped] == [(2, "B cannot be read")]
    assert "Case 1 of 3: 0 of 15 subsets are computed" in [view.loading for view in views]
    assert quiz.points == len(quiz.rows) == 8


def test_a_model_that_cannot_be_loaded_ends_the_quiz_with_the_reason(full_state):
    session = Session(full_state)
    model = QuizModel(session, lambda path, then: None)
    model.start([Path("a"), Path("b")], Setup((1, 2)))
    session.become(replace(session.state, model_problem="no weights here"))
    assert model.view.quiz.phase is Phase.FINISHED
    assert model.view.quiz.skipped[0].reason == "No weights here"
