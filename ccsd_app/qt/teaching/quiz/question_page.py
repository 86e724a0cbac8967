"""The page of one question: pictures, question, answers, hint and explanation.

case 1 of 3, question 2 of 4                                   [End quiz]
 picture            picture
 background · overlay · slice · legend
 question
 [1 FLAIR] [2 T1] [3 T1c] [4 T2]   [Hint (H)]
 hint, verdict and explanation                              [Next (Return)]
"""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ccsd_app.qt.teaching.quiz.quiz_pictures import QuizPictures
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.viewmodel.teaching.quiz.question import MOST_CHOICES, Question
from ccsd_app.viewmodel.teaching.quiz.quiz import Phase, Quiz
from ccsd_app.viewmodel.teaching.quiz.quiz_model import QuizModel, QuizView
from ccsd_app.viewmodel.teaching.quiz.results_table import points_text, verdict

TEXT_HEIGHT = 92
"""Room for hint and explanation, so that the answers do not move."""


class QuestionPage(QWidget):
    """Draws the current question of a quiz; the answers have keys 1 to 4."""

    def __init__(self, model: QuizModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._place = label(role="heading", name="quiz_place")
        self._points = label(role="heading", name="quiz_points")
        self.pictures = QuizPictures()
        self._question = label(role="title", name="quiz_question", wrap=True)
        self._answers = [
            push_button("", f"quiz_answer_{n + 1}", partial(model.answer, n))
            for n in range(MOST_CHOICES)
        ]
        self._hint = push_button(
            "Hint (H)", "quiz_hint", model.hint, hint="A right answer then counts half a point"
        )
        self._next = push_button("Next (Return)", "quiz_next", model.next)
        self._loading = label(role="title", name="quiz_loading", wrap=True)
        self._loading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint_text = label(role="dim", name="quiz_hint_text", wrap=True)
        self._verdict = label(role="badge", name="quiz_verdict", wrap=True)
        self._explanation = label(name="quiz_explanation", wrap=True)
        end = push_button("End quiz (Esc)", "quiz_end", model.end)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._place)
        head.addWidget(self._points)
        head.addStretch(1)
        head.addWidget(end)
        answers = QHBoxLayout()
        answers.setSpacing(6)
        for button in self._answers:
            answers.addWidget(button)
        answers.addStretch(1)
        answers.addWidget(self._hint)
        answers.addWidget(self._next)
        texts = QWidget()
        texts.setMinimumHeight(TEXT_HEIGHT)
        texts.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        inside = QVBoxLayout(texts)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        for text in (self._hint_text, self._verdict, self._explanation):
            inside.addWidget(text)
        inside.addStretch(1)
        self._asked = QWidget()
        asked = QVBoxLayout(self._asked)
        asked.setContentsMargins(0, 0, 0, 0)
        asked.setSpacing(8)
        asked.addWidget(self.pictures, 1)
        asked.addWidget(self._question)
        asked.addLayout(answers)
        asked.addWidget(texts)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._loading, 1)
        layout.addWidget(self._asked, 1)

    def show_view(self, view: QuizView) -> None:
        """Show a question, or that the next case is being computed."""
        quiz, question = view.quiz, view.quiz.question
        self._points.setText(_points(quiz))
        self._place.setText(_place(quiz))
        self._loading.setText(view.loading)
        self._loading.setVisible(question is None)
        self._asked.setVisible(question is not None)
        if question is not None and view.state is not None:
            self._show_question(view, question)

    def _show_question(self, view: QuizView, question: Question) -> None:
        quiz = view.quiz
        answered = quiz.phase is Phase.ANSWERED
        assert view.state is not None
        self.pictures.show_question(question, view.state, revealed=answered)
        self._question.setText(question.text)
        for index, button in enumerate(self._answers):
            there = index < len(question.choices)
            button.setVisible(there)
            button.setEnabled(not answered)
            if there:
                mark = _mark(question, index, quiz.answer) if answered else ""
                button.setText(f"{index + 1}  {question.choices[index]}{mark}")
        self._hint.setVisible(not answered)
        self._hint.setEnabled(not quiz.hint)
        self._next.setVisible(answered)
        self._hint_text.setText(f"Hint: {question.hint}")
        self._hint_text.setVisible(quiz.hint)
        self._verdict.setText(verdict(quiz.rows[-1]) if answered else "")
        self._explanation.setText(question.explanation if answered else "")
        for text in (self._verdict, self._explanation):
            text.setVisible(answered)


def _mark(question: Question, index: int, answer: int | None) -> str:
    if question.is_right(index):
        return "  ✓"
    return "  ✗" if index == answer else ""


def _place(quiz: Quiz) -> str:
    place = f"Case {quiz.position + 1} of {len(quiz.setup.numbers)}"
    if quiz.question is None:
        return place
    return f"{place} · question {quiz.index + 1} of {len(quiz.questions)}"


def _points(quiz: Quiz) -> str:
    return f"{points_text(quiz.points)} of {len(quiz.rows)} points" if quiz.rows else ""
