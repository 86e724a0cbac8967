"""The case table in the window: shown, corrected, opened; offered where names leave a doubt."""

from pathlib import Path
from threading import Event

import nibabel as nib
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QTableWidget,
)

from ccsd_app.qt.open_case import preview_reader
from ccsd_app.qt.open_case.case_table import FILE, GRID, STATE, CaseTableDialog
from ccsd_app.qt.open_case.preview_reader import previews
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2023
from ccsd_core.storage.cases.case_offer import case_offer
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.cases.overrides import LabelFile

TIMEOUT_MS = 20_000


@pytest.fixture
def table_of(qtbot):
    def make(path: Path, **more) -> CaseTableDialog:
        dialog = CaseTableDialog(case_offer(inventory(path)), **more)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


@pytest.fixture
def window_on_files(open_window):
    """The window, reading real files from now on."""
    from ccsd_core.storage.cases.case_folder import load_case

    parts = open_window("p_T1+T2")
    parts.engine._load_case = lambda path, files: load_case(path, files=files)
    return parts


def choose(dialog: CaseTableDialog, file: str, role: str) -> None:
    table = dialog.findChild(QTableWidget)
    names = [table.item(row, FILE).text() for row in range(table.rowCount())]
    dialog.findChild(QComboBox, f"role_{names.index(file)}").setCurrentText(role)


def open_button(dialog: CaseTableDialog):
    return dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Open)


def column(dialog: CaseTableDialog, which: int) -> list[str]:
    table = dialog.findChild(QTableWidget)
    return [table.item(row, which).text() for row in range(table.rowCount())]


def image(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(0).normal(100, 5, (24, 28, 20)).astype(np.float32)
    nib.save(nib.Nifti1Image(values, np.eye(4)), path)
    return path


def test_a_doubt_disables_open_and_says_why_until_it_is_settled(table_of, brats_case):
    path = brats_case().path
    dialog = table_of(path)
    assert open_button(dialog).isEnabled()
    assert dialog.files is None

    choose(dialog, f"{path.name}_t1.nii.gz", "T2")

    assert not open_button(dialog).isEnabled()
    assert "are both assigned to T2" in dialog.findChild(QLabel, "case_table_problem").text()
    assert "are both assigned to T2" in open_button(dialog).toolTip()
    choose(dialog, f"{path.name}_t2.nii.gz", "not used")
    assert open_button(dialog).isEnabled()
    assert dialog.files == {Modality.T1: None, Modality.T2: path / f"{path.name}_t1.nii.gz"}


def test_a_sequence_set_aside_gets_a_row_that_says_that_it_is_not_opened(table_of, brats_case):
    path = brats_case().path
    dialog = table_of(path, withheld=[Modality.T1C])
    assert column(dialog, STATE).count("withheld") == 1

    choose(dialog, f"{path.name}_t2.nii.gz", "not used")

    assert column(dialog, FILE)[-1] == "no file"
    assert column(dialog, STATE)[-1] == "not opened"
    choose(dialog, f"{path.name}_t2.nii.gz", "T2")
    assert "not opened" not in column(dialog, STATE)


@pytest.mark.parametrize("name", ["role_0", "label_scheme"])
def test_the_wheel_over_a_choice_does_not_change_it(table_of, brats_case, name):
    dialog = table_of(brats_case().path)
    combo = dialog.findChild(QComboBox, name)
    before, here = combo.currentText(), QPointF(5, 5)
    no_button, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    no_phase = Qt.ScrollPhase.NoScrollPhase
    turn = QPoint(0, -120)

    wheel = QWheelEvent(here, here, QPoint(), turn, no_button, no_key, no_phase, False)
    QApplication.sendEvent(combo, wheel)

    assert combo.currentText() == before


def test_a_folder_whose_names_leave_a_doubt_is_offered_and_the_open_case_stays(
    window_on_files, qtbot, tmp_path
):
    parts = window_on_files
    before = parts.session.state.case
    image(tmp_path / "p" / "AX T1 a.nii")
    image(tmp_path / "p" / "AX T1 b.nii")

    parts.window.open_case(tmp_path / "p")

    qtbot.waitUntil(lambda: parts.window.findChild(CaseTableDialog) is not None, timeout=TIMEOUT_MS)
    dialog = parts.window.findChild(CaseTableDialog)
    error = dialog.findChild(QLabel, "case_table_error")
    assert error.isVisible()
    assert "look like T1" in error.text()
    assert parts.session.state.case is before
    choose(dialog, "AX T1 b.nii", "T1c")
    open_button(dialog).click()
    pair = ModalitySubset.parse("T1+T1c")
    qtbot.waitUntil(lambda: parts.session.state.case.available == pair, timeout=TIMEOUT_MS)
    assert parts.session.state.problem == ""


def test_a_table_that_was_cancelled_is_a_click_away_while_the_message_stands(
    window_on_files, qtbot, tmp_path
):
    parts = window_on_files
    image(tmp_path / "p" / "a.nii")
    fix = parts.window.findChild(QPushButton, "problem_fix")
    assert not fix.isVisible()
    parts.window.open_case(tmp_path / "p")
    qtbot.waitUntil(lambda: parts.window.findChild(CaseTableDialog) is not None)
    parts.window.findChild(CaseTableDialog).reject()
    qtbot.waitUntil(lambda: parts.window.findChild(CaseTableDialog) is None)
    assert "or assign each file in the window under Files…" in parts.session.state.problem

    fix.click()

    dialog = parts.window.findChild(CaseTableDialog)
    assert not open_button(dialog).isEnabled()
    choose(dialog, "a.nii", "T1")
    open_button(dialog).click()
    alone = ModalitySubset.of(Modality.T1)
    qtbot.waitUntil(lambda: parts.session.state.case.available == alone, timeout=TIMEOUT_MS)
    assert not fix.isVisible()


def test_the_open_cases_files_can_be_corrected_and_shown_again_as_corrected(
    window_on_files, qtbot, brats_case
):
    parts, path = window_on_files, brats_case().path
    parts.window.open_case(path)
    qtbot.waitUntil(lambda: parts.session.state.case.id == path.name, timeout=TIMEOUT_MS)

    parts.window.opener.show_table()
    dialog = parts.window.findChild(CaseTableDialog)
    choose(dialog, f"{path.name}_seg.nii.gz", "not used")
    open_button(dialog).click()

    qtbot.waitUntil(lambda: parts.session.state.case.reference is None, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: parts.window.findChild(CaseTableDialog) is None, timeout=TIMEOUT_MS)
    parts.window.opener.show_table()
    again = parts.window.findChild(CaseTableDialog)
    reasons = [row.reason for row in _rows(again) if row.name.endswith("_seg.nii.gz")]
    assert reasons == ["not used: excluded by user"]


def test_a_folder_of_cases_is_a_message_and_no_table(window_on_files, qtbot, brats_case, tmp_path):
    parts = window_on_files
    first = brats_case("BraTS2021_90001", under=tmp_path / "data").path
    brats_case("BraTS2021_90002", under=tmp_path / "data")

    parts.window.open_case(tmp_path / "data")

    qtbot.waitUntil(lambda: parts.session.state.problem != "", timeout=TIMEOUT_MS)
    assert "several cases" in parts.session.state.problem
    assert str(first) in parts.session.state.problem
    assert parts.window.findChild(CaseTableDialog) is None


def test_a_missing_folder_is_a_message_and_no_table(window_on_files, qtbot, tmp_path):
    parts = window_on_files

    parts.window.open_case(tmp_path / "absent")

    qtbot.waitUntil(lambda: "does not exist" in parts.session.state.problem, timeout=TIMEOUT_MS)
    assert parts.window.findChild(CaseTableDialog) is None


def _rows(dialog: CaseTableDialog):
    from ccsd_app.viewmodel.open_case.case_table import case_table

    return case_table(dialog.offer, {}).rows


def test_images_are_distinguished_by_preview_and_values(table_of, qtbot, tmp_path):
    dark, bright = image(tmp_path / "x" / "1.nii.gz"), tmp_path / "x" / "2.nii.gz"
    values = np.zeros((24, 28, 20), np.int16)
    values[4:20, 4:24] = 700
    nib.save(nib.Nifti1Image(values, np.eye(4)), bright)
    cut_off = tmp_path / "x" / "3.nii.gz"
    cut_off.write_bytes(dark.read_bytes()[:3000])

    dialog = table_of(tmp_path / "x")
    table = dialog.findChild(QTableWidget)

    def seen() -> list[bool]:
        icons = [table.item(row, FILE).icon().pixmap(54).toImage() for row in range(3)]
        assert len({icon.size().toTuple() for icon in icons}) == 1, "names start at one place"
        return [icon.pixelColor(icon.rect().center()).alpha() > 0 for icon in icons]

    qtbot.waitUntil(lambda: seen() == [True, True, False], timeout=TIMEOUT_MS)
    assert "values 0 to 700" in column(dialog, GRID)[1]
    assert "values" not in column(dialog, GRID)[2]
    choose(dialog, "3.nii.gz", "T1")
    qtbot.waitUntil(lambda: column(dialog, STATE)[2] == "cannot be used", timeout=TIMEOUT_MS)
    choose(dialog, "2.nii.gz", "T2")
    assert seen() == [True, True, False]


def test_a_closed_table_gets_no_more_previews_of_its_files(table_of, qtbot, tmp_path, monkeypatch):
    closed, message = Event(), Event()

    def slow(path: Path, *, radiological: bool):
        closed.wait()
        try:
            yield from previews(path, radiological=radiological)
        finally:
            message.set()

    monkeypatch.setattr(preview_reader, "previews", slow)
    dialog = table_of(image(tmp_path / "x" / "1.nii.gz").parent)

    dialog.reject()
    closed.set()
    qtbot.waitUntil(message.is_set, timeout=TIMEOUT_MS)

    qtbot.wait(20)
    assert dialog._previews == {}


def test_labels_with_other_numbers_are_opened_once_their_scheme_is_stated(
    window_on_files, qtbot, tmp_path
):
    folder = tmp_path / "own"
    image(folder / "my_t2.nii.gz")
    labels = np.zeros((24, 28, 20), np.uint8)
    labels[5:9, 5:9, 5:9] = 3
    nib.save(nib.Nifti1Image(labels, np.eye(4)), folder / "my_seg.nii.gz")
    parts = window_on_files
    before = parts.session.state.case

    parts.engine.open(folder)
    qtbot.waitUntil(lambda: parts.window.findChild(CaseTableDialog) is not None)
    dialog = parts.window.findChild(CaseTableDialog)
    error = dialog.findChild(QLabel, "case_table_error").text()
    assert "under Files…" in error
    assert "--scheme" not in error
    schemes = dialog.findChild(QComboBox, "label_scheme")
    assert schemes.isVisible()
    assert open_button(dialog).text() == "Try again"
    assert "could not be opened like this" in open_button(dialog).toolTip()
    schemes.setCurrentText("brats2023: 1 necrosis, 2 oedema, 3 enhancing")
    assert open_button(dialog).text() == "Open"
    open_button(dialog).click()

    qtbot.waitUntil(lambda: parts.session.state.case is not before, timeout=TIMEOUT_MS)
    assert parts.session.state.case.scheme is BRATS2023
    message = parts.engine.opened.files
    assert message["labels"] == LabelFile(folder / "my_seg.nii.gz", BRATS2023)
    again = CaseTableDialog(case_offer(inventory(folder), message))
    qtbot.addWidget(again)
    assert again.findChild(QComboBox, "label_scheme").currentData() is BRATS2023
    assert again.files["labels"] == message["labels"]


def test_a_refused_case_is_tried_again_once_its_file_is_repaired(window_on_files, qtbot, tmp_path):
    folder = tmp_path / "own"
    image(folder / "my_t2.nii")
    whole = (folder / "my_t2.nii").read_bytes()
    (folder / "my_t2.nii").write_bytes(whole[: len(whole) // 2])
    parts = window_on_files
    before = parts.session.state.case
    parts.engine.open(folder)
    qtbot.waitUntil(lambda: parts.window.findChild(CaseTableDialog) is not None)
    dialog = parts.window.findChild(CaseTableDialog)

    (folder / "my_t2.nii").write_bytes(whole)
    open_button(dialog).click()

    qtbot.waitUntil(lambda: parts.session.state.case is not before, timeout=TIMEOUT_MS)
    assert parts.session.state.case.available == ModalitySubset.of(Modality.T2)


def test_an_override_of_one_label_file_does_not_apply_to_another(table_of, brats_case, tmp_path):
    path = brats_case().path
    (path / f"{path.name}_other_seg.nii.gz").write_bytes(
        (path / f"{path.name}_seg.nii.gz").read_bytes()
    )
    dialog = table_of(path)
    schemes = dialog.findChild(QComboBox, "label_scheme")
    choose(dialog, f"{path.name}_other_seg.nii.gz", "not used")
    schemes.setCurrentIndex(2)

    choose(dialog, f"{path.name}_seg.nii.gz", "not used")
    choose(dialog, f"{path.name}_other_seg.nii.gz", "expert labels")

    assert schemes.currentData() is None
    assert dialog.files["labels"] == path / f"{path.name}_other_seg.nii.gz"


def test_without_labels_nothing_is_asked_about_them(table_of, brats_case):
    dialog = table_of(brats_case(with_labels=False).path)
    assert not dialog.findChild(QComboBox, "label_scheme").isVisible()
