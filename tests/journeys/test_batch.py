"""A folder of cases is segmented in the real window; one is broken, one lacks a sequence."""

import csv
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QPushButton, QTableView

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.storage.label_maps.segmentation_file import is_as_written

TIMEOUT_MS = 240_000
NAMES = ("BraTS2021_91001", "BraTS2021_91002", "BraTS2021_91003")
WHOLE, BROKEN, NO_T1C = NAMES


@pytest.fixture
def folder(case_folder, tmp_path) -> Path:
    folder = tmp_path / "cases"
    for name in NAMES:
        (folder / name).mkdir(parents=True)
        for file in case_folder.iterdir():
            shutil.copy(file, folder / name / file.name.replace(case_folder.name, name))
    t1 = folder / BROKEN / f"{BROKEN}_t1.nii.gz"
    t1.write_bytes(t1.read_bytes()[:5000])
    (folder / NO_T1C / f"{NO_T1C}_t1ce.nii.gz").unlink()
    return folder


def texts(table: QTableView) -> list[dict[str, str]]:
    """The cells as they are shown, in the order shown."""
    model = table.model()
    titles = [
        model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())
    ]
    return [
        {title: model.index(row, column).data() for column, title in enumerate(titles)}
        for row in range(model.rowCount())
    ]


def click_heading(table: QTableView, title: str) -> None:
    header = table.horizontalHeader()
    (column,) = (
        column
        for column in range(table.model().columnCount())
        if table.model().headerData(column, Qt.Orientation.Horizontal) == title
    )
    point = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=point)


@pytest.mark.journey
def test_a_folder_is_segmented_sorted_exported_and_a_case_of_it_opened(
    open_desk, case_folder, model_folder, folder, tmp_path, monkeypatch, qtbot
):
    desk = open_desk(case_folder, str(model_folder))
    desk.wait_for(ModalitySubset.full())
    desk.window.findChild(QAction, "segment_folder").trigger()
    dialog = desk.window.findChild(QDialog, "batch_dialog")
    table = dialog.findChild(QTableView, "batch_table")
    click = lambda name: dialog.findChild(QPushButton, name).click()  # noqa: E731
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))

    click("choose_batch_folder")
    qtbot.waitUntil(lambda: len(texts(table)) == 3, timeout=TIMEOUT_MS)
    assert [row["Sequences"] for row in texts(table)] == [
        "FLAIR, T1, T1c, T2",
        "FLAIR, T1, T1c, T2",
        "FLAIR, T1, T2",
    ]
    click("start_batch")
    assert dialog.running
    qtbot.waitUntil(lambda: not dialog.running, timeout=TIMEOUT_MS)

    assert dialog.findChild(QLabel, "batch_headline").text() == "3 cases: 2 segmented, 1 failed"
    whole, broken, no_t1c = texts(table)
    assert [row["State"] for row in (whole, broken, no_t1c)] == ["Done", "Failed", "Done"]
    assert f"{BROKEN}_t1.nii.gz" in broken["Notes"]
    assert broken["WT mL"] == broken["Dice WT"] == ""
    assert 0 < float(whole["Dice WT"]) <= 1
    assert "Agr. WT" not in whole
    state = desk.session.state
    assert whole["WT mL"] == f"{state.results[state.used].volumes_ml[0]:.1f}"
    out = tmp_path / "cases_labels"
    assert sorted(path.name for path in out.iterdir()) == [f"{WHOLE}.nii.gz", f"{NO_T1C}.nii.gz"]
    assert is_as_written(out / f"{WHOLE}.nii.gz")

    click_heading(table, "WT mL")
    by_volume = [row["Case"] for row in texts(table)]
    click_heading(table, "WT mL")
    assert by_volume[-1] == BROKEN
    assert [row["Case"] for row in texts(table)] == [*reversed(by_volume[:2]), BROKEN]

    click_heading(table, "Case")
    table.selectRow(2)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.session.state.case.id == NO_T1C, timeout=TIMEOUT_MS)
    assert not dialog.running

    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "t.csv"), ""))
    click("export_batch")
    rows = list(csv.DictReader((tmp_path / "t.csv").read_text("utf-8").splitlines()))
    assert [row["case"] for row in rows] == list(NAMES)
    assert [row["state"] for row in rows] == ["done", "failed", "done"]
    assert float(rows[0]["volume_WT_ml"]) == pytest.approx(float(whole["WT mL"]), abs=0.05)
    assert rows[1]["volume_WT_ml"] == ""
    assert f"{BROKEN}_t1.nii.gz" in rows[1]["error"]
    assert str(tmp_path) not in (tmp_path / "t.csv").read_text("utf-8")
    assert rows[2]["input"] == "FLAIR, T1, T2 · T1c missing"
    click("close_batch")
    qtbot.waitUntil(lambda: desk.window.findChild(QDialog, "batch_dialog") is None)
