"""The dialog of the quiz, over the whole window: first page, questions, results.

It is modal: nothing in the window can be looked up meanwhile, and no other case be opened.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from ccsd_app.qt.keys import digit_of, key_of
from ccsd_app.qt.teaching.quiz.question_page import QuestionPage
from ccsd_app.qt.teaching.quiz.results_page import ResultsPage
from ccsd_app.qt.teaching.quiz.start_page import StartPage
from ccsd_app.viewmodel.teaching.quiz.quiz import Phase, Quiz, Setup
from ccsd_app.viewmodel.teaching.quiz.quiz_model import QuizModel, QuizView


class QuizDialog(QDialog):
    """Runs a quiz.

    Args:
        model: The quiz.
        window: The window that it covers.
        model_name: Returns the name of the model and the start of its hash.
        folder: Returns the folder in which dialogs start.
        begun: Called when the first case is about to be opened.
    """

    def __init__(
        self,
        model: QuizModel,
        window: QWidget,
        *,
        model_name: Callable[[], str],
        folder: Callable[[], Path],
        begun: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self.setObjectName("quiz_dialog")
        self.setWindowTitle("Quiz")
        self.resize(window.size())
        self._model = model
        self._begun = begun
        self.start_page = StartPage(self._begin, self.reject, folder)
        self._questions = QuestionPage(model)
        self.results = ResultsPage(self.accept, model_name, folder)
        self._pages = QStackedWidget()
        for page in (self.start_page, self._questions, self.results):
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.addWidget(self._pages)
        model.changed.connect(self._show)

    @property
    def quiz(self) -> Quiz | None:
        """The running quiz; None before it begins."""
        view = self._model.view
        return None if view is None else view.quiz

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer with 1 to 4, H, Return; look with S, PgUp and PgDn."""
        if self._pages.currentWidget() is not self._questions or not self._act(event):
            super().keyPressEvent(event)

    def reject(self) -> None:
        """Esc: end the quiz, then close; results that are not saved stay on screen."""
        view = self._model.view
        if view is not None and view.quiz.phase is not Phase.FINISHED:
            self._model.end()
        elif view is None or self.results.saved:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The button of the title bar closes in any case."""
        event.accept()
        self.done(0)

    def _begin(self, paths: list[Path], setup: Setup) -> None:
        self._begun()
        self._model.start(paths, setup)

    def _act(self, event: QKeyEvent) -> bool:
        shift_only = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if shift_only:
            return False
        platform = QGuiApplication.platformName()
        digit = digit_of(event, platform)
        key = key_of(event, platform)
        if digit and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._model.answer(digit - 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._model.next()
        elif key == Qt.Key.Key_H:
            self._model.hint()
        elif key == Qt.Key.Key_S:
            self._questions.pictures.toggle_overlay()
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._questions.pictures.step(1 if key == Qt.Key.Key_PageUp else -1)
        else:
            return False
        return True

    def _show(self, view: QuizView) -> None:
        if view.quiz.phase is Phase.FINISHED:
            if self._pages.currentWidget() is not self.results:
                self.results.show_quiz(view.quiz)
                self._pages.setCurrentWidget(self.results)
            return
        self._questions.show_view(view)
        if self._pages.currentWidget() is not self._questions:
            self._pages.setCurrentWidget(self._questions)
            self.setFocus()
