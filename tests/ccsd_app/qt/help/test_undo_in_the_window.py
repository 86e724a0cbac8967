"""Undo and redo in the real window: keys, buttons, messages."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton

from ccsd_app.qt.help.keys_dialog import KEYS
from ccsd_app.session.display import Layer
from ccsd_core.domain.modality import Modality, ModalitySubset

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)


def press(window, key, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(window, key, modifiers)


def button(window, name: str) -> QToolButton:
    return window.findChild(QToolButton, name)


def test_ctrl_z_takes_changes_back_one_by_one_by_name_and_ctrl_shift_z_does_them_again(open_window):
    parts = open_window()
    window, session = parts.window, parts.session
    assert not button(window, "undo").isEnabled()

    press(window, Qt.Key.Key_3)
    press(window, Qt.Key.Key_D)
    assert button(window, "undo").toolTip() == "Undo: show difference (Ctrl+Z)"
    press(window, Qt.Key.Key_Z, CTRL)
    assert session.state.layer is Layer.REGIONS
    assert session.state.shown == NO_T1C
    assert window.statusBar().currentMessage() == "Undone: show difference"
    assert button(window, "undo").toolTip() == "Undo: withhold T1c (Ctrl+Z)"
    assert button(window, "redo").toolTip() == "Redo: show difference (Ctrl+Shift+Z)"

    button(window, "undo").click()
    assert session.state.shown == FULL
    press(window, Qt.Key.Key_Z, CTRL)
    assert window.statusBar().currentMessage() == "Nothing to undo"

    press(window, Qt.Key.Key_Z, CTRL | SHIFT)
    assert session.state.shown == NO_T1C
    press(window, Qt.Key.Key_Y, CTRL)
    assert session.state.layer is Layer.DIFFERENCE
    assert not button(window, "redo").isEnabled()
    assert any(keys == "Ctrl+Z" for keys, _ in KEYS)


def test_a_stray_click_that_loses_the_tumour_is_taken_back(open_window):
    parts = open_window()
    at_the_tumour = parts.session.state.cursor_voxel
    view = parts.window.views.hovered
    QTest.mouseClick(parts.window.views.slices[view], Qt.MouseButton.LeftButton)
    for _ in range(3):
        press(parts.window, Qt.Key.Key_PageUp)
    assert parts.session.state.cursor_voxel != at_the_tumour

    press(parts.window, Qt.Key.Key_Z, CTRL)

    assert parts.session.state.cursor_voxel == at_the_tumour


def test_undoing_asks_again_for_a_result_that_was_given_up(open_window, qtbot, tmp_path):
    log = tmp_path / "log"
    parts = open_window(model=f"endless:{log}", until="result")
    session = parts.session
    press(parts.window, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: log.exists() and str(NO_T1C) in log.read_text(), timeout=10_000)

    press(parts.window, Qt.Key.Key_Escape)
    assert session.state.used == FULL
    assert not button(parts.window, "undo").isEnabled()  # nothing came of it
    press(parts.window, Qt.Key.Key_3)
    press(parts.window, Qt.Key.Key_Z, CTRL)
    assert session.state.used == session.state.shown == FULL


def test_a_played_removal_is_undone_at_once(open_window, qtbot):
    parts = open_window()
    parts.window.path_player.set_speed(2.0)
    press(parts.window, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: len(parts.session.state.used) == 1, timeout=20_000)
    assert button(parts.window, "undo").toolTip() == "Undo: stepwise removal (Ctrl+Z)"

    press(parts.window, Qt.Key.Key_Z, CTRL)

    assert parts.session.state.used == FULL
    press(parts.window, Qt.Key.Key_Z, CTRL)
    assert parts.session.state.removal.kind is None


def test_another_case_leaves_nothing_to_undo(open_window, qtbot):
    parts = open_window()
    press(parts.window, Qt.Key.Key_3)

    parts.window.open_case(Path("other"))
    qtbot.waitUntil(lambda: parts.session.state.case.id == "other", timeout=20_000)

    assert not button(parts.window, "undo").isEnabled()


def test_ctrl_z_in_a_line_of_text_is_the_text_s(open_window, qtbot):
    parts = open_window()
    press(parts.window, Qt.Key.Key_3)
    line = QLineEdit(parts.window)
    line.show()
    parts.window.activateWindow()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)

    QTest.keyClick(line, Qt.Key.Key_Z, CTRL)

    assert parts.session.state.used == NO_T1C
