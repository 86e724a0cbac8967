"""Commands, About, log and report of the real window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
)

from ccsd_app.qt.help.about import AboutDialog
from ccsd_app.qt.help.commands import commands_of
from ccsd_app.qt.help.event_log import FILES_KEPT
from ccsd_app.qt.help.guide_dialog import GuideDialog
from ccsd_app.qt.help.installed import installed
from ccsd_app.qt.startup.application import _report_bug
from ccsd_app.session.display import Layer
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import CaseError
from ccsd_core.version import VERSION

CTRL = Qt.KeyboardModifier.ControlModifier
NO_T1C = ModalitySubset.full().toggled(Modality.T1C)


def shown(window, name: str) -> QDialog:
    (dialog,) = (d for d in window.findChildren(QDialog, name) if d.isVisible())
    return dialog


def search(window, text: str) -> tuple[QLineEdit, list[str]]:
    QTest.keyClick(window, Qt.Key.Key_K, CTRL)
    dialog = shown(window, "command_dialog")
    line = dialog.findChild(QLineEdit)
    QTest.keyClicks(line, text)
    found = dialog.findChild(QListWidget)
    return line, [found.item(row).text() for row in range(found.count())]


def test_a_command_is_found_by_its_words_and_run_by_return(open_window, qtbot):
    parts = open_window()
    window, session = parts.window, parts.session

    line, found = search(window, "compare")
    assert found[0].startswith("Compare")
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.state.side_by_side)

    line, found = search(window, "T1c")
    assert any(text.startswith("Withhold T1c from the model (3)") for text in found)
    assert any(text.startswith("Show T1c as background") for text in found)
    line.clear()
    QTest.keyClicks(line, "flair + t1 + t2")
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.state.used == NO_T1C)

    line, found = search(window, "difference")
    QTest.keyClick(line, Qt.Key.Key_Down)
    QTest.keyClick(line, Qt.Key.Key_Up)
    assert "Difference" in found[0]
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.state.layer is Layer.DIFFERENCE)

    line, found = search(window, "export")
    assert sum("export" in text.lower() for text in found) >= 5
    line.clear()
    QTest.keyClicks(line, "no such thing")
    assert search_text(window) == ["No matching command"]
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert shown(window, "command_dialog").isVisible()


def search_text(window) -> list[str]:
    found = shown(window, "command_dialog").findChild(QListWidget)
    return [found.item(row).text() for row in range(found.count())]


def test_what_cannot_be_done_is_listed_last_and_does_nothing(open_window):
    parts = open_window("p_T2_unlabelled")

    line, found = search(parts.window, "expert")

    assert found
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert not parts.session.state.show_reference


def test_every_command_has_a_name_and_no_name_comes_twice(open_window):
    commands = commands_of(open_window().window)

    titles = [command.title for command in commands]
    assert len(titles) > 60
    assert all(title.strip() for title in titles)
    assert len(set(titles)) == len(titles)
    assert "Open › Demo case" in titles


def test_about_shows_versions_licences_and_the_card_of_the_model(open_window, monkeypatch):
    parts = open_window()
    monkeypatch.setattr(parts.engine, "_model", None)
    made = []
    monkeypatch.setattr(AboutDialog, "exec", lambda dialog, *_: made.append(dialog))

    parts.window.findChild(QAction, "about").trigger()

    (dialog,) = made
    versions = dialog.findChild(QPlainTextEdit, "about_versions").toPlainText()
    assert versions.startswith(f"CCSD {VERSION}")
    assert all(p.version and p.name in versions for p in installed())
    assert {"torch", "numpy", "PySide6-Essentials"} <= {p.name for p in installed()}
    unstated = [p.name for p in installed() if not p.licence]
    assert unstated == []
    assert "# " in dialog.findChild(QPlainTextEdit, "about_card").toPlainText()


def test_log_and_report_name_no_patient_and_can_be_read_copied_and_saved(
    open_window, monkeypatch, tmp_path
):
    parts = open_window("Muller-Hans")
    window, session = parts.window, parts.session
    log_folder = tmp_path / "log"
    log_folder.mkdir()
    for number in range(FILES_KEPT + 5):
        (log_folder / f"window-2000{number:02}.log").touch()
    window.log.keep_in(log_folder)
    session.become(session.state.toggled(Modality.T1C))
    session.become(
        session.state.with_problem("/data/Muller-Hans_T1.nii.gz of muller-hans cannot be read")
    )
    try:
        raise CaseError("Muller-Hans is broken")
    except CaseError as error:
        _report_bug(session, CaseError, error, None, log=window.log.write)

    window.findChild(QAction, "show_diagnostics").trigger()
    dialog = shown(window, "diagnostics")
    report = dialog.findChild(QPlainTextEdit, "diagnostic_report").toPlainText()

    assert "muller" not in report.lower()
    assert "sequences given to the model: FLAIR + T1 + T2" in report
    assert "CaseError: … is broken" in report
    assert "FLAIR + T1 + T1c + T2, 24 × 28 × 20 voxels of 2 × 2 × 2 mm" in report
    assert f"CCSD {VERSION}" in report
    assert "theme: " in report
    assert "recent_cases" not in report
    files = sorted(log_folder.iterdir())
    assert len(files) == FILES_KEPT
    assert "muller" not in files[-1].read_text().lower()

    dialog.findChild(QPushButton, "diagnostic_copy").click()
    assert QApplication.clipboard().text() == report
    out = tmp_path / "report.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    dialog.findChild(QPushButton, "diagnostic_save").click()
    assert out.read_text() == report


@pytest.mark.parametrize("name", ["show_commands", "show_diagnostics", "show_preferences"])
def test_texts_of_the_dialogs_have_names_for_a_screen_reader(open_window, name):
    window = open_window().window
    window.findChild(QAction, name).trigger()
    (dialog,) = (d for d in window.findChildren(QDialog) if d.isVisible())
    for kind in (QPlainTextEdit, QLineEdit, QListWidget):
        for widget in dialog.findChildren(kind):
            if widget.objectName() != "qt_spinbox_lineedit":
                assert widget.accessibleName(), widget.objectName()


def test_the_guide_is_opened_once_and_then_comes_to_the_front(open_window):
    parts = open_window(until="case")

    parts.window.dialogs.show_guide()
    parts.window.dialogs.show_guide()

    assert len(parts.window.findChildren(GuideDialog)) == 1
