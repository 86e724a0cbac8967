"""T1c is degraded in the real window: image, result, captions, curve; reset and undo."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QSlider

from ccsd_app.scene.planes import Plane
from ccsd_core.domain.modality import Modality, ModalitySubset

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
TIMEOUT_MS = 240_000


def click(desk, name: str) -> None:
    button = desk.window.findChild(QAbstractButton, name)
    assert button.isEnabled(), name
    button.click()


def settle(desk, qtbot) -> None:
    """Wait until what was asked for is on screen, and every subset of it computed."""
    state = lambda: desk.session.state  # noqa: E731
    qtbot.waitUntil(
        lambda: (
            bool(state().problem)
            or (state().degradations == state().applied and state().shown == state().used)
        ),
        timeout=TIMEOUT_MS,
    )
    assert state().problem == ""


@pytest.mark.journey
def test_less_contrast_agent_changes_the_result_and_a_reset_brings_it_back(
    open_desk, case_folder, model_folder, qtbot
):
    desk = open_desk(case_folder, str(model_folder))
    desk.wait_for(FULL)
    qtbot.waitUntil(lambda: desk.session.state.complete, timeout=TIMEOUT_MS)
    clean, image = desk.session.state.results[FULL], desk.session.state.case
    QTest.keyClick(desk.window, Qt.Key.Key_3, Qt.KeyboardModifier.ShiftModifier)
    before = desk.slices()

    QTest.keyClick(desk.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    slider = desk.window.findChild(QSlider, "degrade_dose")
    assert slider.isVisible()
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert desk.text("amount_dose") == "0 %"
    qtbot.waitUntil(lambda: bool(desk.session.state.degradations), timeout=TIMEOUT_MS)
    settle(desk, qtbot)

    assert desk.session.state.applied.text == "T1c: dose 0 %"
    scene = desk.window.views.slices[Plane.AXIAL].scene
    assert scene.degraded == ("T1c degraded:", "dose 0 %")
    assert desk.text("provenance").startswith("input: FLAIR, T1, T1c [degraded: dose 0 %], T2")
    assert desk.text("status_T1C") == "degraded"
    degraded = desk.session.state.results[FULL]
    assert not np.array_equal(degraded.nested_labels, clean.nested_labels)
    assert desk.session.state.full_result is clean
    assert desk.session.state.results[NO_T1C] is desk.session.state.undegraded_results[NO_T1C]
    assert any((desk.slices()[p] != before[p]).any() for p in Plane)
    assert "without T1c" in desk.text("degrade_verdict")

    click(desk, "degrade_curve")
    words = desk.window.findChild(QLabel, "degrade_crossing")
    qtbot.waitUntil(words.isVisible, timeout=TIMEOUT_MS)
    assert "T1c" in words.text()

    click(desk, "degrade_reset")
    settle(desk, qtbot)
    assert desk.session.state.case is image
    assert desk.session.state.results[FULL] is clean
    assert all(np.array_equal(desk.slices()[p], before[p]) for p in Plane)

    click(desk, "undo")
    settle(desk, qtbot)
    assert desk.session.state.applied.text == "T1c: dose 0 %"
    assert desk.session.state.results[FULL] is degraded
