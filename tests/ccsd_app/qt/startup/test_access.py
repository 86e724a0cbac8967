"""For everyone: what a screen reader gets, and the window by keys alone with a visible focus."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from ccsd_app.qt.startup.application import assemble
from ccsd_core.domain.modality import ModalitySubset

TIMEOUT_MS = 60_000
Key = Qt.Key
Role = QAccessible.Role
CONTROLS = {
    Role.Button,
    Role.PushButton,
    Role.ButtonMenu,
    Role.ButtonDropDown,
    Role.CheckBox,
    Role.RadioButton,
    Role.ComboBox,
    Role.Slider,
    Role.SpinBox,
    Role.EditableText,
    Role.List,
    Role.Table,
    Role.PageTab,
}
STOPS = 120
"""More than the controls that Tab visits."""


def tree(interface: QAccessibleInterface, depth: int = 0):
    """The interface and all below it, as a screen reader meets them."""
    yield interface
    if depth < 40:
        for at in range(interface.childCount()):
            child = interface.child(at)
            if child is not None and child.isValid():
                yield from tree(child, depth + 1)


def test_a_screen_reader_gets_a_name_for_every_control_of_the_window(open_window):
    window = open_window().window
    found = list(tree(QAccessible.queryAccessibleInterface(window)))
    controls = [one for one in found if one.role() in CONTROLS and not one.state().invisible]
    nameless = [
        (one.role().name, one.object().objectName() if one.object() is not None else "")
        for one in controls
        if not one.text(QAccessible.Text.Name).strip()
    ]
    assert len(controls) > 40
    assert nameless == []


def test_tab_visits_the_controls_and_each_shows_that_it_has_the_focus(open_window, qtbot):
    window = open_window().window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=TIMEOUT_MS)
    seen: list[QWidget] = []
    unseen: list[str] = []
    for _ in range(STOPS):
        QTest.keyClick(QApplication.focusWidget() or window, Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus in seen:
            break
        seen.append(focus)
        with_focus = focus.grab().toImage()
        focus.clearFocus()
        without = focus.grab().toImage()
        focus.setFocus(Qt.FocusReason.TabFocusReason)
        if with_focus == without:
            unseen.append(f"{type(focus).__name__} {focus.objectName()}")

    names = [widget.objectName() for widget in seen]
    assert {"open", "export", "measure_distance", "modality_T1C", "slice_axial"} <= set(names)
    assert names.index("open") < names.index("modality_T1C")  # from top left on
    assert unseen == []


def test_open_toggle_compare_and_export_by_keys_alone(open_window, qtbot, tmp_path, monkeypatch):
    parts = open_window()
    window, session = parts.window, parts.session
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=TIMEOUT_MS)
    out = tmp_path / "labels.nii.gz"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(out), ""))

    def press(key: Key, held=Qt.KeyboardModifier.NoModifier) -> None:
        target = QApplication.activePopupWidget() or QApplication.focusWidget() or window
        QTest.keyClick(target, key, held)

    press(Key.Key_3)
    no_t1c = ModalitySubset.parse("FLAIR+T1+T2")
    qtbot.waitUntil(lambda: session.state.shown == no_t1c, timeout=TIMEOUT_MS)
    press(Key.Key_C)
    assert session.state.side_by_side
    press(Key.Key_C)
    press(Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None, timeout=TIMEOUT_MS)
    press(Key.Key_Return)  # the first entry: the label map
    qtbot.waitUntil(out.exists, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: not window.exporter.run.busy, timeout=TIMEOUT_MS)
    assert QApplication.focusWidget() is not None


def test_a_first_case_is_opened_from_the_empty_window_by_keys_alone(
    fake_worker, qtbot, tmp_path, monkeypatch
):
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    parts = assemble(program="fake_worker", read_case=fake_worker.load_case)
    window, folder = parts.window, tmp_path / "p"
    folder.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(folder))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=TIMEOUT_MS)
    parts.engine.start("good", "cpu")
    for _ in range(STOPS):
        QTest.keyClick(QApplication.focusWidget() or window, Key.Key_Tab)
        focus = QApplication.focusWidget()
        if focus is not None and focus.objectName() == "open":
            break
    assert focus.objectName() == "open"
    seen: list[str] = []

    def choose_folder() -> None:
        menu = QApplication.activePopupWidget()
        while menu.activeAction() is None or menu.activeAction().objectName() != "open_folder":
            QTest.keyClick(menu, Key.Key_Down)
        seen.append(menu.activeAction().text())
        QTest.keyClick(menu, Key.Key_Return)

    QTimer.singleShot(500, choose_folder)  # the menu has an event loop of its own
    QTest.keyClick(focus, Key.Key_Space)

    qtbot.waitUntil(lambda: parts.session.state.case is not None, timeout=TIMEOUT_MS)
    assert seen
    assert QApplication.focusWidget() is not None
    window.close()
    window.deleteLater()
