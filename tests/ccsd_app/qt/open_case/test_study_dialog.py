"""The list of DICOM studies: what it shows of each, and which one is opened."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QPushButton, QTableWidget

from ccsd_app.qt.open_case.study_dialog import StudyDialog
from ccsd_core.dicom.study_choice import SeveralStudiesError, StudyChoice
from ccsd_core.domain.modality import Modality
from ccsd_core.progress import Progress

PAIR = (Modality.FLAIR, Modality.T2)
CHOICES = (
    StudyChoice("DICOM-1", "2026-01-02", 1, 12, PAIR, "a/1.dcm"),
    StudyChoice("DICOM-2", "", 2, 1, (), "b/1.dcm"),
)


@pytest.fixture
def shown(qtbot):
    def show(choices):
        dialog = StudyDialog(choices)
        qtbot.addWidget(dialog)
        dialog.open()
        table = dialog.findChild(QTableWidget)
        texts = [
            [table.item(row, column).text() for column in range(table.columnCount())]
            for row in range(table.rowCount())
        ]
        return dialog, table, texts

    return show


def test_each_study_is_reported_with_patient_date_series_and_sequences(shown):
    dialog, _table, texts = shown(CHOICES)
    assert texts == [
        ["DICOM-1", "patient 1", "2026-01-02", "12", "FLAIR, T2", "such as a/1.dcm"],
        ["DICOM-2", "patient 2", "not stated", "1", "none recognised", "such as b/1.dcm"],
    ]
    headline = dialog.findChild(QLabel, "study_headline").text()
    assert headline == "There are 2 studies of 2 patients here: choose the one to open."


def test_of_one_patient_the_list_has_no_column_of_patients(shown):
    _dialog, table, _texts = shown(CHOICES[:1])
    assert table.columnCount() == 5


def test_the_chosen_study_is_opened(shown, qtbot):
    dialog, table, _texts = shown(CHOICES)
    table.selectRow(1)
    buttons = dialog.findChild(QDialogButtonBox)
    with qtbot.waitSignal(dialog.chosen) as message:
        qtbot.mouseClick(
            buttons.button(QDialogButtonBox.StandardButton.Open), Qt.MouseButton.LeftButton
        )
    assert message.args == ["DICOM-2"]


def test_the_window_asks_which_study_and_can_ask_again(open_window, qtbot):
    parts = open_window("p_T1+T2")

    def find(path, *, study=None):
        yield Progress(0, 1, "reading headers")
        if study is None:
            raise SeveralStudiesError(CHOICES)
        return path.with_name("q_FLAIR")

    parts.engine._find_case = find
    parts.window.open_case(Path("disc"))
    qtbot.waitUntil(lambda: parts.window.findChild(StudyDialog) is not None, timeout=20_000)
    parts.window.findChild(StudyDialog).reject()
    again = parts.window.findChild(QPushButton, "problem_fix")
    assert again.text() == "Choose study…"
    qtbot.waitUntil(lambda: parts.window.findChild(StudyDialog) is None, timeout=20_000)
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)

    parts.window.findChild(StudyDialog).accept()

    qtbot.waitUntil(lambda: parts.session.state.case.id == "q_FLAIR", timeout=20_000)
    qtbot.waitUntil(lambda: parts.session.state.complete, timeout=60_000)
