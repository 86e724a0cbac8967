"""Opening by dialog and by dropping, and bugs that must not close the window."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit

from ccsd_app.qt.open_files import OpenFiles
from ccsd_app.session.session import Session
from ccsd_core.domain.modality import Modality


def test_the_dialog_opens_only_when_a_file_is_chosen(qtbot):
    dialog = OpenFiles()
    qtbot.addWidget(dialog)
    box = dialog.findChild(QDialogButtonBox)
    button = box.button(QDialogButtonBox.StandardButton.Open)
    assert not button.isEnabled()

    dialog.findChild(QLineEdit, "path_T1C").setText("/data/x/strange name.nii.gz")
    dialog.findChild(QLineEdit, "path_T2").setText("  ")

    assert button.isEnabled()
    assert dialog.files == {Modality.T1C: Path("/data/x/strange name.nii.gz")}
    assert dialog.folder == Path("/data/x")


def test_a_dropped_folder_is_opened(open_window, qtbot):
    parts = open_window("p_T1+T2")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/data/q_FLAIR")])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )

    parts.window.dropEvent(event)

    qtbot.waitUntil(lambda: parts.session.state.case.id == "q_FLAIR", timeout=20_000)
    qtbot.waitUntil(lambda: parts.session.state.complete, timeout=60_000)


def test_a_bug_is_told_in_one_line_and_the_trace_goes_to_stderr(capsys):
    from ccsd_app.qt.application import _tell_bug

    session = Session()
    error = ValueError("one\ntwo")

    _tell_bug(session, ValueError, error, None)

    assert session.state.problem == "internal error, please report it: ValueError: one"
    assert "ValueError: one" in capsys.readouterr().err
