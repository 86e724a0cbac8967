"""The real main window: panels, keys, errors and closing."""

import multiprocessing
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QPushButton,
    QSlider,
    QTableWidget,
    QTabWidget,
    QToolButton,
)

from ccsd_app.qt.keys import digit_of
from ccsd_app.qt.panels.status_bar import LONG_TEXTS_WIDTH, SHORT_DISCLAIMER
from ccsd_app.scene.planes import Plane
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER
from tests.fixtures.curve_points import place_of_point

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)


def press(window, key, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(window, key, modifiers)


def text(window, name: str) -> str:
    return window.findChild(QLabel, name).text()


def test_the_panels_say_what_is_known_of_the_case(open_window, qtbot):
    window = open_window("seen").window

    assert window.windowTitle() == "seen — CCSD"
    assert text(window, "case_title") == "seen"
    assert text(window, "file_T1C") == "seen_T1C.nii.gz"
    assert text(window, "provenance").startswith("input: FLAIR, T1, T1c, T2 · model: fake-good")
    assert text(window, "disclaimer") == SHORT_DISCLAIMER
    assert window.findChild(QLabel, "disclaimer").toolTip() == DISCLAIMER
    window.resize(LONG_TEXTS_WIDTH, 900)
    qtbot.waitUntil(lambda: text(window, "disclaimer") == DISCLAIMER)
    assert text(window, "WT_score") == "1.000"
    assert not window.findChild(QLabel, "seen_mark").isHidden()
    window.findChild(QTabWidget, "subset_tabs").setCurrentIndex(1)
    assert window.findChild(QTableWidget, "subset_list").rowCount() == 15


@pytest.mark.parametrize("digit", range(1, 5))
def test_a_digit_switches_one_sequence_and_zero_brings_all_back(open_window, digit):
    parts = open_window()
    modality = Modality(digit - 1)

    press(parts.window, Qt.Key(Qt.Key.Key_0 + digit))

    assert parts.session.state.shown == FULL.toggled(modality)
    assert not parts.window.findChild(QCheckBox, f"modality_{modality.name}").isChecked()
    assert text(parts.window, f"status_{modality.name}") == "withheld"
    press(parts.window, Qt.Key.Key_0)
    assert parts.session.state.shown == FULL


def test_the_last_sequence_cannot_be_switched_off_and_says_why(open_window):
    parts = open_window("p_T2")
    box = parts.window.findChild(QCheckBox, "modality_T2")

    press(parts.window, Qt.Key.Key_4)

    assert parts.session.state.used == ModalitySubset.parse("T2")
    assert not box.isEnabled()
    assert "at least one sequence is needed" in box.toolTip()
    assert text(parts.window, "status_FLAIR") == "missing"


def test_a_box_asks_for_the_same_as_its_key(open_window):
    parts = open_window()

    parts.window.findChild(QCheckBox, "modality_T1C").click()

    assert parts.session.state.shown == NO_T1C
    assert text(parts.window, "ET_volume") == "0.0"
    assert text(parts.window, "ET_change").startswith("−")


def test_keys_change_what_is_drawn_and_not_what_the_network_is_given(open_window):
    parts = open_window()
    key, shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier

    press(parts.window, key.Key_2, shift)
    press(parts.window, key.Key_S)
    press(parts.window, key.Key_O)
    press(parts.window, key.Key_BracketRight)
    press(parts.window, key.Key_E)
    state = parts.session.state

    assert state.background is Modality.T1
    assert (state.show_overlay, state.overlay.value) == (False, "outline")
    assert state.opacity == pytest.approx(0.6)
    assert state.show_reference
    assert state.used == FULL
    assert parts.window.findChild(QSlider, "opacity").value() == 60
    assert parts.window.findChild(QToolButton, "background_T1").isChecked()


def test_page_keys_step_through_slices_and_arrows_move_on_the_screen(open_window):
    parts = open_window()
    x, y, z = parts.session.state.cursor_voxel

    press(parts.window, Qt.Key.Key_PageUp)
    assert parts.session.state.cursor_voxel == (x, y, z + 1)
    press(parts.window, Qt.Key.Key_Right)  # radiological: the screen's right is patient left
    assert parts.session.state.cursor_voxel == (x - 1, y, z + 1)
    press(parts.window, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert parts.session.state.cursor_voxel == (x - 1, y + 5, z + 1)


@pytest.mark.parametrize(
    ("platform", "scan_code", "key", "digit"),
    [
        ("xcb", 12, Qt.Key.Key_QuoteDbl, 3),  # AZERTY
        ("xcb", 12, Qt.Key.Key_3, 3),
        ("wayland", 10, Qt.Key.Key_Exclam, 1),  # Shift
        ("windows", 4, Qt.Key.Key_QuoteDbl, 3),
        ("xcb", 40, Qt.Key.Key_3, None),  # a 3 that is elsewhere
        ("offscreen", 0, Qt.Key.Key_3, 3),  # no positions known
        ("xcb", 38, Qt.Key.Key_A, None),
    ],
)
def test_digits_go_by_the_position_of_the_key(platform, scan_code, key, digit):
    event = QKeyEvent(
        QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, scan_code, 0, 0, "", False, 1
    )

    assert digit_of(event, platform) == digit


def test_a_click_in_the_list_goes_to_that_subset(open_window):
    parts = open_window()
    parts.window.findChild(QTabWidget, "subset_tabs").setCurrentIndex(1)
    table = parts.window.findChild(QTableWidget, "subset_list")
    row = FULL.subsets().index(NO_T1C)

    table.cellClicked.emit(row, 0)

    assert parts.session.state.shown == NO_T1C
    assert [table.item(row, c).text() for c in range(5)] == ["●", "●", "○", "●", ""]


def test_a_click_on_a_point_of_the_curve_goes_to_that_subset(open_window, qtbot):
    from ccsd_app.qt.panels.curve_panel import CurvePanelWidget
    from ccsd_app.qt.panels.curve_plot import OFFSET

    parts = open_window()
    panel = parts.window.findChild(CurvePanelWidget, "curve_panel")
    plot = panel.findChild(object, "curve_plot")
    score = parts.session.state.results[NO_T1C].dice[Region.TC]
    where = place_of_point(plot, QPointF(3 + OFFSET[Region.TC], score))

    QTest.mouseMove(plot.viewport(), where)
    QTest.mouseClick(
        plot.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where
    )

    shown = parts.session.state.shown
    assert parts.session.state.results[shown].dice[Region.TC] == score
    assert len(shown) == 3


def test_escape_takes_the_toggle_back_while_its_subset_is_awaited(open_window):
    parts = open_window(model="slow", until="result")

    press(parts.window, Qt.Key.Key_3)
    assert parts.session.state.used == NO_T1C
    assert parts.session.state.shown == FULL
    press(parts.window, Qt.Key.Key_Escape)

    assert parts.session.state.used == FULL


def test_escape_stops_the_remaining_subsets_and_a_button_resumes_them(open_window, qtbot):
    parts = open_window(model="slow", until="result")
    qtbot.waitUntil(lambda: parts.session.state.activity is not None)

    press(parts.window, Qt.Key.Key_Escape)
    resume = parts.window.findChild(QPushButton, "resume")
    assert parts.session.state.stopped
    assert resume.isVisible()

    resume.click()
    qtbot.waitUntil(lambda: parts.session.state.complete, timeout=60_000)
    assert not resume.isVisible()


def test_a_bad_case_is_one_line_and_the_open_one_stays(open_window, qtbot):
    parts = open_window()
    before = parts.session.state.case

    parts.window.open_case(Path("unreadable"))
    qtbot.waitUntil(lambda: bool(parts.session.state.problem))

    assert "choose another folder" in text(parts.window, "problem")
    assert parts.session.state.case is before
    parts.window.findChild(QPushButton, "dismiss").click()
    assert parts.session.state.problem == ""


def test_without_a_model_the_pictures_stay_and_the_reason_is_reported(open_window):
    parts = open_window(model="missing", until="model_problem")

    assert parts.window.isVisible()
    assert "no model 'missing'" in text(parts.window, "problem")
    assert text(parts.window, "model_name") == "None"


def test_a_crash_never_closes_the_window(open_window, qtbot):
    parts = open_window(model="crash", until="stopped")

    assert parts.window.isVisible()
    assert "twice in a row" in text(parts.window, "problem")


def test_one_view_can_have_the_whole_room_and_give_it_back(open_window):
    window = open_window().window
    axial = window.views.slices[Plane.AXIAL]
    small = axial.width()

    QTest.mouseDClick(axial, Qt.MouseButton.LeftButton)
    QTest.qWait(50)
    assert axial.width() > 1.8 * small
    assert not window.views.view3d.isVisible()

    QTest.mouseDClick(axial, Qt.MouseButton.LeftButton)
    QTest.qWait(50)
    assert abs(axial.width() - small) <= 2
    assert window.views.view3d.isVisible()


def test_every_control_has_a_name_for_screen_readers(open_window):
    window = open_window().window
    for kind in (QCheckBox, QToolButton, QSlider, QPushButton):
        for control in window.findChildren(kind):
            if control.objectName().startswith("qt_"):
                continue
            assert control.accessibleName() or getattr(control, "text", str)(), control.objectName()


def test_closing_ends_the_inference_process(open_window):
    parts = open_window(model="slow", until="result")

    parts.window.close()

    assert not [p for p in multiprocessing.active_children() if p.name == "ccsd-inference"]
