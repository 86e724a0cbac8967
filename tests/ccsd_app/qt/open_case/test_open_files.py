"""Opening by dialog, and bugs that must not close the window."""

from pathlib import Path

from PySide6.QtWidgets import QDialogButtonBox, QLineEdit

from ccsd_app.qt.open_case.open_files import OpenFiles
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


def test_the_dialogs_files_go_with_the_folder_of_the_first(qtbot):
    dialog = OpenFiles()
    qtbot.addWidget(dialog)

    dialog.findChild(QLineEdit, "path_T2").setText("/data/b/t2.nii")
    dialog.findChild(QLineEdit, "path_T1").setText("/data/a/t1.nii")

    assert dialog.folder == Path("/data/a")


def test_a_bug_is_reported_in_one_line_and_the_trace_goes_to_stderr(capsys):
    from ccsd_app.qt.startup.application import _report_bug

    session = Session()
    error = ValueError("one\ntwo")

    _report_bug(session, ValueError, error, None)

    assert session.state.problem == "internal error, please report it: ValueError: one"
    assert "ValueError: one" in capsys.readouterr().err
