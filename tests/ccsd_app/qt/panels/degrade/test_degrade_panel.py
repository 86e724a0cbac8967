"""The panel that degrades sequences, in the real window on the made-up inference process."""

import json

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QSlider

from ccsd_app.export.stamp import Stamp
from ccsd_app.qt.help.commands import commands_of
from ccsd_app.qt.panels.degrade.severity_slider import SETTLED_MS
from ccsd_app.scene.planes import Plane
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.storage.label_maps.segmentation_file import is_prediction

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
TIMEOUT_MS = 60_000
Action = QSlider.SliderAction


class Panel:
    """The open panel of a desk."""

    def __init__(self, desk) -> None:
        self._desk, self.window, self.session = desk, desk.window, desk.session
        self.window.show()
        QTest.keyClick(self.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)

    def until(self, condition) -> None:
        self._desk.qtbot.waitUntil(condition, timeout=TIMEOUT_MS)

    def slider(self, kind: str) -> QSlider:
        return self.window.findChild(QSlider, f"degrade_{kind}")

    def move(self, kind: str, action: Action = Action.SliderToMaximum) -> None:
        self.slider(kind).triggerAction(action)
        value = self.slider(kind).value() / 10
        self.until(lambda: self.asked(kind) == value)
        self.settle()

    def asked(self, kind: str) -> float:
        return self.session.state.degradations.severity(Modality.T1C, kind)

    def settle(self) -> None:
        def available() -> bool:
            s = self.session.state
            return s.degradations == s.applied and s.shown == s.used and s.problem == ""

        self.until(available)

    def click(self, name: str) -> None:
        button = self.window.findChild(QAbstractButton, name)
        assert button.isEnabled(), name
        button.click()

    def text(self, name: str) -> str:
        return self.window.findChild(QLabel, name).text()


@pytest.fixture
def panel(desk) -> Panel:
    at = desk()
    made = Panel(at)
    made.until(lambda: made.session.state.complete)
    return made


def test_a_slider_degrades_the_sequence_and_everything_says_so(panel):
    clean = panel.session.state.results[FULL]
    before = panel.session.state.case.volumes[Modality.T1C].array.copy()

    panel.move("noise")

    state = panel.session.state
    assert panel.text("amount_noise") == "30 %"
    assert not np.array_equal(state.case.volumes[Modality.T1C].array, before)
    assert panel.window.views.slices[Plane.AXIAL].scene.degraded == ("T1c degraded",)
    QTest.keyClick(panel.window, Qt.Key.Key_3, Qt.KeyboardModifier.ShiftModifier)
    scene = panel.window.views.slices[Plane.AXIAL].scene
    assert scene.degraded == ("T1c degraded:", "noise 30 %")
    assert scene.picture.background is state.case.volumes[Modality.T1C]
    assert scene.provenance.startswith("input: FLAIR, T1, T1c [degraded: noise 30 %], T2")
    assert panel.text("provenance").startswith(scene.input_text)
    assert panel.text("status_T1C") == "degraded"
    assert panel.text("degrade_name_0") == "With T1c, degraded"
    assert panel.text("degrade_verdict").startswith(
        "Giving T1c to the model is still better: mean Dice"
    )
    assert state.full_result is clean

    panel.click("degrade_reset")
    assert panel.session.state.results[FULL] is clean
    assert np.array_equal(panel.session.state.case.volumes[Modality.T1C].array, before)
    assert panel.text("status_T1C") == "present"
    assert not panel.window.views.slices[Plane.AXIAL].scene.degraded


def test_several_sliders_add_up_and_undo_takes_back_the_last(panel):
    panel.move("noise", Action.SliderPageStepAdd)
    panel.move("blur", Action.SliderPageStepAdd)
    assert panel.session.state.applied.text == "T1c: blur 2 mm, noise 3 %"

    undo = panel.window.findChild(QAbstractButton, "undo")
    assert undo.toolTip() == "Undo: degrade T1c: blur 2 mm (Ctrl+Z)"
    undo.click()
    panel.settle()
    assert panel.session.state.applied.text == "T1c: noise 3 %"
    assert panel.slider("blur").value() == 0

    panel.click("degrade_reset_all")
    panel.settle()
    assert not panel.session.state.applied
    assert panel.text("amount_noise") == "off"


def test_a_slider_that_is_being_dragged_requests_nothing(panel):
    slider = panel.slider("blur")
    for _ in range(5):
        slider.triggerAction(Action.SliderSingleStepAdd)
        QTest.qWait(SETTLED_MS // 5)
        assert not panel.session.state.degradations
    panel.until(lambda: panel.asked("blur") == 0.5)


def test_the_curve_is_computed_on_demand_described_in_words_and_cancelled(panel):
    panel.move("noise")
    box = panel.window.findChild(QComboBox, "degrade_curve_kind")
    assert box.currentText() == "Noise"  # the slider moved last
    assert not panel.window.findChild(QLabel, "degrade_crossing").isVisible()

    panel.click("degrade_curve")
    panel.click("degrade_curve_cancel")
    assert panel.session.state.curve_wanted is None
    panel.settle()

    panel.click("degrade_curve")
    panel.until(panel.window.findChild(QLabel, "degrade_crossing").isVisible)
    assert "keeping T1c is better" in panel.text("degrade_crossing")
    panel.move("noise", Action.SliderPageStepSub)  # the curve is of all severities: it stays
    assert panel.window.findChild(QLabel, "degrade_crossing").isVisible()


def test_exports_say_what_was_degraded(panel, desk):
    panel.move("noise")
    panel.click("degrade_curve")
    panel.until(panel.window.findChild(QLabel, "degrade_crossing").isVisible)
    panel.until(lambda: panel.session.state.complete)
    at = panel._desk

    at.choose("label_map")
    at.choose("numbers")
    at.choose("tables")

    folder = at.folder
    (image,) = folder.glob("*.nii.gz")
    assert is_prediction(image)
    import nibabel

    header = nibabel.load(image).header
    assert b"DEGRADED" in header["descrip"].tobytes()
    assert b"T1c [degraded: noise 30 %]" in header.extensions[0].get_content()
    sidecar = json.loads(image.with_name(image.name.replace(".nii.gz", ".json")).read_text())
    entry = {"sequence": "T1c", "kind": "noise", "severity": 5.0}
    assert sidecar["degraded"] == [entry | {"amount": "sigma 30 % of the mean brain intensity"}]
    numbers = json.loads(next(folder.glob("*numbers.json")).read_text())
    assert numbers["degraded"] == sidecar["degraded"]
    (curve,) = numbers["degradation_curves"]
    assert list(curve["severities"]) == ["0", "1", "2", "3", "4", "5"]
    assert curve["in_words"] == panel.text("degrade_crossing")
    table = next(folder.glob("*numbers.csv")).read_text().splitlines()
    column = table[0].split(",").index("degraded")
    assert {row.split(",")[column] for row in table[1:]} == {"T1c:noise=5"}
    scores = next(folder.glob("*_degradation.csv")).read_text().splitlines()
    assert len(scores) == 1 + 7 * 3  # six severities and withheld, three regions
    caption = " ".join(Stamp.of(panel.session.state).caption)
    assert "T1c [degraded: noise 30 %]" in caption


def test_the_panel_opens_from_menu_button_and_list_of_commands_and_closes(panel):
    def visible() -> bool:
        return panel.slider("noise").isVisible()

    assert visible()
    panel.click("degrade_close")
    assert not visible()
    panel.click("degrade")
    assert visible()
    action = panel.window.findChild(QAction, "degrade_a_sequence")
    assert action.isChecked()
    action.trigger()
    assert not visible()
    assert not action.isChecked()
    (command,) = [c for c in commands_of(panel.window) if c.title == "View › Degrade a sequence…"]
    command.run()
    assert visible()


def test_the_dose_is_of_t1c_alone_and_a_withheld_sequence_has_no_curve(panel):
    panel.click("degrade_FLAIR")
    assert not panel.slider("dose").isEnabled()
    assert "only be reduced for T1c" in panel.slider("dose").toolTip()
    panel.click("degrade_T1C")
    assert panel.slider("dose").isEnabled()
    QTest.keyClick(panel.window, Qt.Key.Key_3)
    panel.settle()
    button = panel.window.findChild(QAbstractButton, "degrade_curve")
    assert not button.isEnabled()
    assert button.toolTip() == "T1c is withheld: give it to the model first"
