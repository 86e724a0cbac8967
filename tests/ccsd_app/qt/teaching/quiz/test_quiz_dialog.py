"""The quiz in the real window, on the made-up inference process."""

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QTableWidget, QWidget

from ccsd_app.qt.help.commands import commands_of, matching
from ccsd_app.qt.teaching.quiz.quiz_dialog import QuizDialog
from ccsd_app.viewmodel.teaching.quiz.question import QuestionKind
from ccsd_app.viewmodel.teaching.quiz.quiz import Phase
from ccsd_core.domain.modality import Modality, ModalitySubset

TIMEOUT_MS = 60_000
Key = Qt.Key
NAMES = ("a_FLAIR+T1+T1c+T2", "b-unreadable", "c_FLAIR+T1c_unlabelled")


@pytest.fixture
def folder(tmp_path) -> Path:
    """Three folders that look like cases; the made-up reader goes by their names."""
    place = tmp_path / "lesson"
    for name in NAMES:
        (place / name).mkdir(parents=True)
        for sequence in ("flair", "t1ce"):
            (place / name / f"{name}_{sequence}.nii.gz").touch()
    return place


def find(dialog, name, kind=QWidget):
    found = dialog.findChild(kind, name)
    assert found is not None, name
    return found


def text(dialog, name) -> str:
    label = find(dialog, name, QLabel)
    return label.text() if label.isVisible() else ""


def click(dialog, name) -> None:
    button = find(dialog, name, QPushButton)
    assert button.isEnabled(), name
    button.click()


def open_quiz(parts) -> QuizDialog:
    command, *_ = matching(commands_of(parts.window), "start a quiz")
    command.run()
    return parts.window.findChild(QuizDialog)


def wait_for_question(dialog, qtbot):
    def asking() -> bool:
        view = dialog._model.view
        return view is not None and view.quiz.phase in (Phase.ASKING, Phase.FINISHED)

    qtbot.waitUntil(asking, timeout=TIMEOUT_MS)
    return dialog._model.view.quiz.question


@pytest.mark.journey
def test_a_folder_of_cases_becomes_a_quiz_with_a_table_of_results(
    open_window, folder, qtbot, tmp_path, monkeypatch
):
    parts = open_window("before")
    parts.session.become(parts.session.state.toggled(Modality.T2))
    dialog = open_quiz(parts)
    dialog.start_page.search_in(folder)
    assert text(dialog, "quiz_found") == "3 cases found"
    find(dialog, "quiz_initials").setText("AB")
    click(dialog, "quiz_start")

    question = wait_for_question(dialog, qtbot)
    assert question.kind is QuestionKind.WITHHELD
    assert text(dialog, "quiz_place") == "Case 1 of 3 · question 1 of 4"
    assert text(dialog, "quiz_picture_1_title") == "One sequence withheld"
    assert text(dialog, "quiz_hint_text") == text(dialog, "quiz_explanation") == ""
    pictures = dialog._questions.pictures
    assert pictures.pictures[0].scene.picture.overlay != pictures.pictures[1].scene.picture.overlay
    QTest.keyClick(dialog, Key.Key_H)
    assert text(dialog, "quiz_hint_text").startswith("Hint: Volumes: WT from")
    QTest.keyClick(dialog, Key(ord("1") + min(question.right)))
    assert text(dialog, "quiz_verdict") == "Right (half a point, because of the hint)."
    assert "was withheld. Without" in text(dialog, "quiz_explanation")
    assert text(dialog, "quiz_points") == "0.5 of 1 points"

    QTest.keyClick(dialog, Key.Key_Return)
    question = wait_for_question(dialog, qtbot)
    assert question.kind is QuestionKind.REGION
    assert not find(dialog, "quiz_picture_1").isVisible()
    wrong = next(i for i in range(len(question.choices)) if i not in question.right)
    click(dialog, f"quiz_answer_{wrong + 1}")
    assert text(dialog, "quiz_verdict").startswith("Not right: the answer is")
    assert find(dialog, "quiz_picture_1").isVisible()
    assert find(dialog, f"quiz_answer_{wrong + 1}", QPushButton).text().endswith("✗")

    asked = 2
    while True:
        QTest.keyClick(dialog, Key.Key_Return)
        question = wait_for_question(dialog, qtbot)
        if question is None:
            break
        asked += 1
        QTest.keyClick(dialog, Key(ord("1") + min(question.right)))
    assert asked >= 5
    assert text(dialog, "quiz_result").startswith(f"{asked - 1.5:g} of {asked} points")
    assert "Case 2 was skipped. B-unreadable cannot be read" in text(dialog, "quiz_notes")
    table = find(dialog, "quiz_table", QTableWidget)
    assert table.rowCount() == asked
    assert [table.item(1, column).text() for column in (0, 4)] == ["1", "wrong"]
    assert {table.item(row, 0).text() for row in range(asked)} == {"1", "3"}

    assert find(dialog, "quiz_close", QPushButton).text() == "Close without saving"
    QTest.keyClick(dialog, Key.Key_Escape)
    assert dialog.isVisible(), "Esc would lose the results"
    target = tmp_path / "quiz-AB.csv"
    monkeypatch.setattr(
        QFileDialog,
        "getSaveFileName",
        lambda *_: (str(target.with_suffix("")), "CSV table (*.csv)"),
    )
    click(dialog, "quiz_save")
    rows = list(csv.DictReader(target.read_text("utf-8").splitlines()))
    assert len(rows) == asked
    assert rows[0]["learner"] == "AB"
    assert rows[0]["points"] == "0.5"
    assert not any(name in target.read_text("utf-8") for name in NAMES)

    click(dialog, "quiz_close")
    state = lambda: parts.session.state  # noqa: E731
    qtbot.waitUntil(lambda: state().complete and state().case.id == "before", timeout=TIMEOUT_MS)
    assert state().used == ModalitySubset.full().toggled(Modality.T2)
    assert not state().guess.on


def test_esc_ends_the_quiz_while_a_case_is_computed_and_what_was_open_comes_back(
    open_window, folder, qtbot
):
    parts = open_window("before", model="slow")
    dialog = open_quiz(parts)
    dialog.start_page.search_in(folder)
    click(dialog, "quiz_start")
    qtbot.waitUntil(
        lambda: "subsets are computed" in text(dialog, "quiz_loading"), timeout=TIMEOUT_MS
    )
    before = parts.session.state
    QTest.keyClick(parts.window, Key.Key_3)
    assert parts.session.state.used == before.used, "keys of the window do nothing meanwhile"
    QTest.keyClick(dialog, Key.Key_Escape)
    assert text(dialog, "quiz_result") == "No question was answered."
    QTest.keyClick(dialog, Key.Key_Escape)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: parts.session.state.case.id == "before", timeout=TIMEOUT_MS)


def test_the_overlay_slice_and_background_of_the_pictures_can_be_changed(
    open_window, folder, qtbot
):
    parts = open_window("before")
    dialog = open_quiz(parts)
    dialog.start_page.search_in(folder)
    click(dialog, "quiz_start")
    wait_for_question(dialog, qtbot)
    picture = dialog._questions.pictures.pictures[0]
    first = picture.scene
    QTest.keyClick(dialog, Key.Key_S)
    assert picture.scene.picture.overlay != first.picture.overlay
    QTest.keyClick(dialog, Key.Key_PageUp)
    assert picture.scene.picture.location.index == first.picture.location.index + 1
    find(dialog, "quiz_background_T1C").click()
    assert picture.scene.title == "Axial · T1c"
    dialog.close()
    qtbot.waitUntil(lambda: parts.session.state.case.id == "before", timeout=TIMEOUT_MS)


def test_a_folder_without_cases_says_so_and_cannot_be_started(open_window, tmp_path):
    dialog = open_quiz(open_window())
    dialog.start_page.search_in(tmp_path)
    assert "no case found in" in text(dialog, "quiz_found")
    assert not find(dialog, "quiz_start", QPushButton).isEnabled()
    QTest.keyClick(dialog, Key.Key_Escape)
    assert not dialog.isVisible()
