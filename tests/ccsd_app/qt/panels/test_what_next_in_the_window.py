"""What next? in the real window: minutes are entered, sorted by, undone and remembered."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QTabWidget, QToolButton

from ccsd_app.qt.startup.application import initial_state
from ccsd_app.session.scan_minutes import DEFAULT_MINUTES, stored_minutes
from ccsd_app.settings import Settings, load_settings, save_settings
from ccsd_core.domain.modality import Modality, ModalitySubset


def box(window, modality) -> QDoubleSpinBox:
    return window.findChild(QDoubleSpinBox, f"minutes_{modality.name}")


def test_digits_typed_as_minutes_change_no_sequence_and_can_be_undone(open_window):
    parts = open_window()
    window, session = parts.window, parts.session
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    pair = ModalitySubset.of(Modality.T1, Modality.T2)
    session.become(session.state.using(pair))
    tabs = window.findChild(QTabWidget, "subset_tabs")
    tabs.setCurrentIndex([tabs.tabText(n) for n in range(tabs.count())].index("What next?"))
    window.findChild(QToolButton, "next_by_minute").click()
    minutes = box(window, Modality.T1C)
    minutes.setFocus()
    minutes.selectAll()
    assert minutes.hasFocus()
    QTest.keyClicks(minutes, "42")
    QTest.keyClick(minutes, Qt.Key.Key_Return)

    assert session.state.scan_minutes == {**DEFAULT_MINUTES, Modality.T1C: 42.0}
    assert session.state.used == pair, "2 and 4 are not keys while a number is entered"
    assert box(window, Modality.T1C).value() == 42.0
    window.findChild(QToolButton, "undo").click()
    assert session.state.scan_minutes == DEFAULT_MINUTES
    assert box(window, Modality.T1C).value() == DEFAULT_MINUTES[Modality.T1C]


def test_minutes_are_remembered_and_unknown_ones_ignored(tmp_path, monkeypatch):
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    mine = {**DEFAULT_MINUTES, Modality.FLAIR: 6.5}
    save_settings(Settings(scan_minutes=stored_minutes(mine)))
    assert initial_state(load_settings()).scan_minutes == mine
    odd = Settings(scan_minutes={"DWI": 3.0, "T2": -1.0})
    assert initial_state(odd).scan_minutes == {**DEFAULT_MINUTES, Modality.T2: 0.5}
    assert initial_state(Settings()).scan_minutes == DEFAULT_MINUTES
