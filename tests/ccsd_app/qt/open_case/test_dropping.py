"""Files dragged over the window and dropped on it."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QDialogButtonBox

from ccsd_app.qt.open_case.case_table import CaseTableDialog
from ccsd_app.qt.open_case.drop_frame import DropFrame
from ccsd_core.domain.modality import Modality, ModalitySubset

NO_KEY, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


def carrying(*paths: Path | str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(window, *paths: Path | str) -> None:
    data = carrying(*paths)
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, LEFT, NO_KEY))


def drag(window, data: QMimeData) -> bool:
    event = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, LEFT, NO_KEY)
    event.setAccepted(False)
    window.dragEnterEvent(event)
    return event.isAccepted()


def ends(case, *suffixes: str) -> list[Path]:
    return [case.path / f"{case.path.name}_{suffix}.nii.gz" for suffix in suffixes]


@pytest.fixture
def window_on(open_window, qtbot, fake_worker, monkeypatch):
    """A window on a phantom that reads real files from then on."""
    from ccsd_core.storage.cases.case_folder import load_case

    parts = open_window("p_T1+T2")
    parts.engine._load_case = lambda path, files: load_case(path, files=files)
    return parts


def test_a_dropped_folder_is_opened(open_window, qtbot, tmp_path):
    parts = open_window("p_T1+T2")
    (tmp_path / "q_FLAIR").mkdir()

    drop(parts.window, tmp_path / "q_FLAIR")

    qtbot.waitUntil(lambda: parts.session.state.case.id == "q_FLAIR", timeout=20_000)
    qtbot.waitUntil(lambda: parts.session.state.complete, timeout=60_000)


def test_one_dropped_sequence_is_a_case_of_one(window_on, qtbot, brats_case):
    parts = window_on

    drop(parts.window, *ends(brats_case(), "t1ce"))

    only = ModalitySubset.of(Modality.T1C)
    qtbot.waitUntil(lambda: parts.session.state.case.available == only, timeout=20_000)


def test_several_dropped_files_are_recognised_and_nothing_else_is_taken(
    window_on, qtbot, brats_case
):
    parts = window_on

    drop(parts.window, *ends(brats_case(), "t2", "flair"))

    pair = ModalitySubset.parse("FLAIR+T2")
    qtbot.waitUntil(lambda: parts.session.state.case.available == pair, timeout=20_000)
    assert parts.session.state.case.reference is None


def test_files_whose_names_say_nothing_are_asked_about_and_opened_as_answered(
    window_on, qtbot, brats_case
):
    parts = window_on
    t1, t2 = ends(brats_case(), "t1", "t2")
    one, two = t1.rename(t1.parent / "scan_a.nii.gz"), t2.rename(t2.parent / "scan_b.nii.gz")

    drop(parts.window, two, one)

    dialog = parts.window.findChild(CaseTableDialog)
    button = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Open)
    assert not button.isEnabled()
    boxes = dialog._combos
    boxes[0].setCurrentText("T1")
    boxes[1].setCurrentText("T1c")
    button.click()

    pair = ModalitySubset.parse("T1+T1c")
    qtbot.waitUntil(lambda: parts.session.state.case.available == pair, timeout=20_000)
    sources = parts.session.state.case.sources
    assert [sources[m].path for m in pair] == [one, two]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["notes.txt"], "notes.txt is neither a NIfTI nor a DICOM file"),
        (["gone.nii"], "gone.nii no longer exists"),
        (["a/", "b/"], "2 items were dropped, 2 of them folders"),
        (["a.txt", "b.json"], "None of the 2 files is a NIfTI or DICOM file"),
    ],
    ids=["no image", "gone", "two folders", "no images"],
)
def test_what_is_of_no_use_is_reported_and_the_open_case_stays(
    open_window, tmp_path, names, message
):
    parts = open_window("p_T1+T2")
    before = parts.session.state.case
    for name in names:
        if name.endswith("/"):
            (tmp_path / name).mkdir()
        elif not name.startswith("gone"):
            (tmp_path / name).touch()

    drop(parts.window, *(tmp_path / name for name in names))

    assert message in parts.session.state.problem
    assert "drop the folder of one case" in parts.session.state.problem
    assert parts.session.state.case is before


def test_while_it_is_dragged_the_window_says_what_dropping_does(open_window, tmp_path):
    window = open_window("p_T1+T2").window
    (tmp_path / "patient 7").mkdir()

    assert drag(window, carrying(tmp_path / "patient 7"))

    frame = window.findChild(DropFrame)
    assert frame.isVisible()
    assert frame.text() == "Drop to open patient 7"
    window.dragLeaveEvent(QDragLeaveEvent())
    assert not frame.isVisible()


def test_dragged_text_is_not_taken(open_window):
    window = open_window("p_T1+T2").window
    text = QMimeData()
    text.setText("hello")

    assert not drag(window, text)
