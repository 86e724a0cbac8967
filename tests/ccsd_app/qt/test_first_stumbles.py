"""What made a radiologist stumble at the first try: no way back, and numbers trusted too much."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLabel, QToolButton

from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.slice_scene import BACKGROUND_ONLY
from ccsd_app.session.preparation import Stage
from ccsd_app.viewmodel.panels.case_panel import NOT_A_DETECTOR
from ccsd_core.domain.modality import Modality, ModalitySubset

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_g_and_its_button_lead_back_to_the_tumour(open_window):
    parts = open_window()
    window, session = parts.window, parts.session
    at_the_tumour = session.state.result.middle_voxel

    for way in (
        lambda: QTest.keyClick(window, Qt.Key.Key_G),
        window.findChild(QToolButton, "to_tumour").click,
    ):
        session.become(session.state.with_cursor((0, 0, 0)))
        way()
        assert session.state.cursor_voxel == at_the_tumour

    session.become(replace(session.state.with_cursor((0, 0, 0)), results={}))
    QTest.keyClick(window, Qt.Key.Key_G)
    assert session.state.cursor_voxel == (0, 0, 0)
    assert window.statusBar().currentMessage() == "There is no segmentation yet"


def test_the_tour_begins_at_the_tumour_and_ends_where_the_user_was(open_window):
    parts = open_window()
    session = parts.session
    session.become(session.state.with_cursor((0, 0, 0)))

    parts.window.teaching.tour.start()
    assert session.state.cursor_voxel == session.state.result.middle_voxel
    parts.window.teaching.tour.end()
    assert session.state.cursor_voxel == (0, 0, 0)


def test_the_window_says_that_the_model_is_no_detector(open_window):
    window = open_window().window

    message = window.findChild(QLabel, "not_a_detector")
    assert message.text() == NOT_A_DETECTOR
    assert message.isVisible()


def test_a_head_with_its_skull_has_a_banner_until_it_is_prepared_or_the_user_hides_it(open_window):
    parts = open_window()
    session = parts.session
    banner = parts.window.findChild(QFrame, "input_banner")
    assert banner.isHidden()
    case = replace(session.state.case, notes=("FLAIR may not be skull-stripped: strip it",))
    state = replace(session.state, case=case)

    session.become(replace(state, stage=Stage.WITHOUT))
    assert banner.isVisible()
    assert NOT_A_DETECTOR in banner.findChild(QLabel).text()
    session.become(replace(state, stage=Stage.DONE))
    assert banner.isHidden()
    session.become(replace(state, stage=Stage.WITHOUT))
    parts.window.findChild(QToolButton, "dismiss_banner").click()
    assert banner.isHidden()
    session.become(replace(state, stage=Stage.WITHOUT, show_crosshair=False))
    assert banner.isHidden()
    session.become(replace(state, stage=Stage.WITHOUT, case=replace(case, id="next")))
    assert banner.isVisible()


def test_a_withheld_sequence_as_background_says_that_the_model_was_not_given_it(open_window):
    parts = open_window()
    view = parts.window.views.slices[Plane.AXIAL]
    QTest.keyClick(parts.window, Qt.Key.Key_3, SHIFT)
    assert view.scene.background_note == ()
    given = view.image()

    QTest.keyClick(parts.window, Qt.Key.Key_3)

    assert parts.session.state.shown == ModalitySubset.full().toggled(Modality.T1C)
    assert view.scene.background_note == BACKGROUND_ONLY
    assert view.image() != given
    QTest.keyClick(parts.window, Qt.Key.Key_1, SHIFT)
    assert view.scene.background_note == ()
