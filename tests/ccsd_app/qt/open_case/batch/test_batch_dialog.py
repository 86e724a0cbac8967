"""The dialog of a batch: choices, what is enabled, closing while cases are segmented, export."""

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTableView,
)

from ccsd_app.qt.open_case.batch.batch_dialog import BatchDefaults, BatchDialog
from ccsd_app.worker import batch_protocol as protocol
from ccsd_app.worker.protocol import Limits
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.storage.cases.case_list import ListedCase
from tests.ccsd_app.fakes.batch_client import BatchClient

FULL = ModalitySubset.full()
CORRECTIONS = {"/data/cases/a": {Modality.T1: Path("/data/cases/a/x.nii")}}
CASES = [ListedCase(name, Path("/data/cases") / name, tuple(FULL)) for name in ("a", "b")]


@pytest.fixture
def dialog(qtbot, tmp_path):
    clients, opened = [], []

    def connect(on_event):
        clients.append(BatchClient(on_event))
        return clients[0]

    defaults = BatchDefaults(None, "cpu", True, Limits(threads=2), tmp_path, lambda: CORRECTIONS)
    dialog = BatchDialog(defaults, opened.append, connect=connect)
    qtbot.addWidget(dialog, before_close_func=lambda _: clients[0].close())
    dialog.show()
    dialog.client, dialog.opened = clients[0], opened
    return dialog


def child(dialog, kind, name):
    return dialog.findChild(kind, name)


def with_cases(dialog, out: str = "/data/out"):
    dialog.batch.show(CASES)
    child(dialog, QLineEdit, "batch_out").setText(out)
    return child(dialog, QPushButton, "start_batch")


def answer(text: str) -> None:
    """Click a button of the question that comes next."""

    def click() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(button for button in box.buttons() if button.text() == text).click()

    QTimer.singleShot(50, click)


def test_the_files_that_were_chosen_in_the_window_are_used(dialog):
    with_cases(dialog).click()
    assert dialog.client.requests[0].corrections == CORRECTIONS


def test_start_needs_cases_and_a_folder_for_the_label_maps(dialog):
    start = child(dialog, QPushButton, "start_batch")
    assert not start.isEnabled()
    with_cases(dialog, out="")
    assert not start.isEnabled()
    with_cases(dialog)
    assert start.isEnabled()


def test_what_is_chosen_is_what_is_asked_for_and_cannot_be_changed_meanwhile(dialog):
    start = with_cases(dialog)
    subset = child(dialog, QComboBox, "batch_subset")
    subset.setCurrentIndex(subset.findText("Only FLAIR + T2"))
    skip = child(dialog, QCheckBox, "batch_skip")
    skip.setChecked(False)

    start.click()

    (request,) = dialog.client.requests
    assert [case.name for case in request.cases] == ["a", "b"]
    assert request.subset == ModalitySubset.parse("FLAIR+T2")
    assert (request.out, request.skip_existing) == (Path("/data/out"), False)
    assert (request.model, request.device, request.limits.threads) == (None, "cpu", 2)
    assert not subset.isEnabled()
    assert not skip.isEnabled()
    assert not start.isEnabled()
    assert child(dialog, QPushButton, "stop_batch").isEnabled()


def test_a_subset_adds_columns_of_agreement(dialog):
    with_cases(dialog)
    model = child(dialog, QTableView, "batch_table").model()
    before = model.columnCount()
    child(dialog, QComboBox, "batch_subset").setCurrentIndex(2)
    assert model.columnCount() == before + 3


def test_closing_asks_while_cases_are_segmented_and_going_on_loses_nothing(dialog):
    with_cases(dialog).click()

    answer("Continue")
    dialog.close()
    assert dialog.isVisible()
    assert dialog.running

    answer("Stop and close")
    dialog.close()
    assert not dialog.isVisible()
    assert not dialog.running


def test_a_problem_of_the_whole_folder_is_shown_and_start_can_be_pressed_again(dialog):
    start = with_cases(dialog)
    start.click()
    dialog.client.play(protocol.BatchFailed("/out is a file: choose a folder"))

    assert child(dialog, QLabel, "batch_problem").text() == "/out is a file: choose a folder"
    assert start.isEnabled()


def test_the_reason_of_the_selected_case_is_shown_in_full_below_the_table(dialog):
    with_cases(dialog).click()
    failed = CASES[1].path
    dialog.client.on_event(protocol.CaseStarted(failed))
    dialog.client.on_event(protocol.CaseFailed(failed, f"{failed / 't1.nii'} is empty"))
    notes = child(dialog, QLabel, "batch_notes")
    assert not notes.isVisible()

    child(dialog, QTableView, "batch_table").selectRow(1)

    assert notes.isVisible()
    assert notes.text() == "b: t1.nii is empty"


def test_a_folder_without_cases_is_reported(dialog, tmp_path, monkeypatch, qtbot):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    child(dialog, QPushButton, "choose_batch_folder").click()

    problem = child(dialog, QLabel, "batch_problem")
    qtbot.waitUntil(lambda: problem.text().startswith("No case found in"))


def test_the_table_can_be_exported_before_anything_is_segmented(dialog, tmp_path):
    with_cases(dialog)
    dialog.export(tmp_path / "t.csv")
    rows = list(csv.DictReader((tmp_path / "t.csv").read_text("utf-8").splitlines()))
    assert [(row["case"], row["state"]) for row in rows] == [("a", "waiting"), ("b", "waiting")]


def test_every_field_and_button_has_a_name_for_screen_readers(dialog):
    for kind in (QLineEdit, QComboBox, QTableView):
        assert all(widget.accessibleName() for widget in dialog.findChildren(kind)), kind
    texts = [
        button.accessibleName() or button.text() for button in dialog.findChildren(QPushButton)
    ]
    assert all(texts)
    assert len(texts) == len(set(texts))
