"""A raw case in the real window: prepared by the (made-up) inference process, or not."""

import json

import nibabel
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QLabel,
    QPushButton,
    QToolButton,
)

from ccsd_app.export.label_maps import label_map
from ccsd_app.scene.slices.before_after import Comparison
from ccsd_app.session.preparation import Stage
from ccsd_app.settings import load_settings
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.preparation.adjustments import Adjustments, Step
from ccsd_core.preparation.rigid import Nudge
from ccsd_core.progress import drain

TIMEOUT_MS = 60_000


def picture_after(dialog: QDialog) -> bytes:
    """The pixels of the picture after registration."""
    image = dialog.findChild(QLabel, "preparation_after").pixmap().toImage()
    return bytes(image.constBits())


class Panel:
    """What the lines under the case's name say, and their buttons."""

    def __init__(self, parts, qtbot) -> None:
        self.parts, self.qtbot = parts, qtbot

    def text(self, name: str) -> str:
        found = self.parts.window.findChild(QLabel, name)
        return found.text() if found.isVisible() else ""

    def button(self, name: str) -> QPushButton:
        return self.parts.window.findChild(QPushButton, name)

    def press(self, name: str) -> None:
        assert self.button(name).isVisible()
        self.qtbot.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def until(self, stage: Stage) -> None:
        self.qtbot.waitUntil(lambda: self.state.stage is stage, timeout=TIMEOUT_MS)

    @property
    def state(self):
        return self.parts.session.state


@pytest.fixture
def opened(open_window, qtbot):
    return lambda name, until: Panel(open_window(name, until=until), qtbot)


def test_a_raw_case_is_shown_at_once_and_its_prepared_images_with_results_later(
    opened, fake_worker
):
    panel = opened("raw_FLAIR+T2", "case")
    assert panel.state.case.grid.shape == fake_worker.RAW_SHAPE

    panel.qtbot.waitUntil(lambda: panel.state.complete, timeout=TIMEOUT_MS)

    assert panel.state.case.grid.shape == fake_worker.SHAPE
    assert panel.state.case.id == "raw_FLAIR+T2"
    assert str(panel.parts.engine.opened.path) == "raw_FLAIR+T2"
    assert len(panel.state.results) == 3
    assert panel.text("preparation_text") == (
        "Prepared: registered T2 (3.2 mm) · brain mask 1,420 mL · 2 mm grid"
    )
    assert panel.text("preparation_warnings").startswith("T2 shows only 80 % of the brain")
    assert panel.text("case_notes") == "", "what the lines say is not said twice"


def test_esc_keeps_the_raw_case_without_results_and_a_button_begins_again(opened, fake_worker):
    panel = opened("raw-slow", "case")
    panel.until(Stage.RUNNING)
    panel.qtbot.waitUntil(
        lambda: panel.state.activity is not None and "registering" in panel.state.activity.what,
        timeout=TIMEOUT_MS,
    )
    assert panel.text("activity") == "registering T2 · about 18 s left"

    panel.qtbot.keyClick(panel.parts.window, Qt.Key.Key_Escape)

    panel.until(Stage.CANCELLED)
    assert panel.state.case.grid.shape == fake_worker.RAW_SHAPE
    assert not panel.state.results
    assert "the preparation was cancelled" in panel.text("preparation_text")
    panel.press("preparation_again")
    panel.qtbot.waitUntil(
        lambda: panel.state.activity is not None and "registering" in panel.state.activity.what,
        timeout=TIMEOUT_MS,
    )


def test_a_failure_names_the_way_out_and_the_user_may_go_on_without(opened, fake_worker):
    panel = opened("raw-without-library", "preparation_problem")

    assert panel.state.problem == (
        "The case could not be prepared: finding the brain needs deepbet: "
        "pip install 'ccsd[scanner]'"
    )
    panel.press("preparation_without")
    panel.qtbot.waitUntil(lambda: panel.state.complete, timeout=TIMEOUT_MS)

    assert panel.state.case.grid.shape == fake_worker.RAW_SHAPE
    assert panel.text("preparation_text").startswith("As scanned, not prepared")


def test_what_was_chosen_while_it_was_prepared_is_chosen_afterwards(opened):
    panel = opened("raw", "case")
    pair = ModalitySubset.parse("FLAIR+T2")
    panel.parts.session.become(panel.state.using(pair))

    panel.qtbot.waitUntil(lambda: panel.state.complete, timeout=TIMEOUT_MS)

    assert panel.state.stage is Stage.DONE
    assert panel.state.used == panel.state.shown == pair


def test_details_show_numbers_and_pictures_and_prepare_again_by_hand_and_undo(opened, qtbot):
    panel = opened("raw_FLAIR+T2", "complete")
    panel.press("preparation_details")
    dialog = panel.parts.window.findChild(QDialog, "preparation_dialog")
    messages = [one.text() for one in dialog.findChildren(QLabel)]
    assert "1,420 mL (plausible: 900 to 2,000 mL)" in messages
    assert "shift 3.2 mm, rotation 0.5°; mutual information 0.100 → 0.200" in messages
    pictures = [dialog.findChild(QLabel, f"preparation_{w}") for w in ("before", "after")]
    assert all(not picture.pixmap().isNull() for picture in pictures)
    dialog.findChild(QComboBox, "preparation_reference").setCurrentText("T2")
    dialog.findChild(QCheckBox, "preparation_skip_REGISTRATION").setChecked(True)
    dialog.findChild(QDoubleSpinBox, "preparation_margin").setValue(-2)
    dialog.findChild(QCheckBox, "preparation_bias").setChecked(True)
    dialog.findChild(QComboBox, "preparation_sequence").setCurrentText("T2")
    before = picture_after(dialog)
    dialog.findChild(QDoubleSpinBox, "preparation_shift_front").setValue(6)
    dialog.findChild(QDoubleSpinBox, "preparation_turn_top").setValue(2.5)
    assert picture_after(dialog) != before, "a movement by hand is seen at once"
    panel.press("preparation_redo")
    panel.until(Stage.RUNNING)

    panel.qtbot.waitUntil(lambda: panel.state.complete, timeout=TIMEOUT_MS)

    nudges = {Modality.T2: Nudge((0, 6, 0), (0, 0, 2.5))}
    by_hand = Adjustments(
        Modality.T2, frozenset({Step.REGISTRATION}), nudges, mask_mm=-2, bias=True
    )
    assert panel.state.preparation.adjustments == by_hand
    assert "registered" not in panel.text("preparation_text")
    qtbot.waitUntil(lambda: panel.parts.window.findChild(QDialog, "preparation_dialog") is None)
    panel.press("preparation_details")
    panel.press("preparation_undo")
    panel.qtbot.waitUntil(lambda: panel.state.stage is Stage.RUNNING, timeout=TIMEOUT_MS)
    panel.qtbot.waitUntil(lambda: panel.state.complete, timeout=TIMEOUT_MS)
    assert panel.state.preparation.adjustments == Adjustments()


def test_results_are_shown_on_the_original_slices_and_back(opened, fake_worker, qtbot):
    panel = opened("raw_FLAIR+T2", "complete")
    before = panel.state
    original = panel.parts.window.findChild(QToolButton, "shown_on_original")

    qtbot.mouseClick(original, Qt.MouseButton.LeftButton)

    state = panel.state
    assert state.case.grid.shape == fake_worker.RAW_SHAPE
    assert (state.used, state.shown, set(state.results)) == (
        before.used,
        before.shown,
        set(before.results),
    )
    world = before.case.grid.world_from(before.cursor_voxel)
    assert np.allclose(state.case.grid.world_from(state.cursor_voxel), world, atol=2)
    for subset, result in state.results.items():
        truth = fake_worker.regions(subset)[0][::2]
        nested = NestedLabels(result.nested_labels, result.offset_voxel)
        drawn = nested.within((0, 0, 0), fake_worker.RAW_SHAPE) > 0
        assert 2 * (truth & drawn).sum() / (truth.sum() + drawn.sum()) > 0.9

    prepared = panel.parts.window.findChild(QToolButton, "shown_on_prepared")
    qtbot.mouseClick(prepared, Qt.MouseButton.LeftButton)

    assert panel.state.case is before.case
    assert panel.state.results == before.results


def test_a_label_map_goes_back_to_the_grid_that_the_scanner_gave(opened, fake_worker, tmp_path):
    panel = opened("raw_FLAIR+T2", "complete")

    drain(label_map(panel.state, panel.state.case.available, tmp_path / "l.nii.gz"))

    image = nibabel.load(tmp_path / "l.nii.gz")
    assert image.shape == fake_worker.RAW_SHAPE
    truth = fake_worker.regions(panel.state.case.available)[0][::2]
    drawn = np.asarray(image.dataobj) > 0
    assert 2 * (truth & drawn).sum() / (truth.sum() + drawn.sum()) > 0.9
    beside = json.loads((tmp_path / "l.json").read_text())
    assert beside["preparation"]["reference"]["sequence"] == "FLAIR"
    assert beside["images"].startswith("prepared before the model saw it: ")


def test_the_view_menu_decides_whether_raw_cases_are_prepared(opened, fake_worker, qtbot):
    panel = opened("p", "complete")
    assert panel.text("preparation_text") == "", "a case that needs nothing has no such lines"
    panel.parts.window.findChild(QAction, "prepare_raw_cases").trigger()
    assert not panel.state.prepare

    panel.parts.window.open_case(panel.parts.engine.opened.path.with_name("raw"))
    panel.qtbot.waitUntil(
        lambda: panel.state.case.id == "raw" and panel.state.complete, timeout=TIMEOUT_MS
    )

    assert panel.state.case.grid.shape == fake_worker.RAW_SHAPE
    assert panel.state.stage is Stage.NONE


def test_the_choice_is_a_preference_that_is_kept(tmp_path, monkeypatch):
    from dataclasses import replace

    from ccsd_app.qt.startup.application import _save_changes, initial_state
    from ccsd_app.session.state import State

    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))

    _save_changes(None, State(), replace(State(), prepare=False))

    assert not initial_state(load_settings()).prepare


@pytest.mark.parametrize("comparison", list(Comparison), ids=lambda c: c.name.lower())
def test_one_click_shows_registration_and_mask_in_another_way(opened, qtbot, comparison):
    panel = opened("raw_FLAIR+T2", "complete")
    panel.press("preparation_details")
    dialog = panel.parts.window.findChild(QDialog, "preparation_dialog")
    button = dialog.findChild(QToolButton, f"preparation_view_{comparison.name}")
    first = picture_after(dialog)

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    assert button.isChecked()
    assert (picture_after(dialog) == first) == (comparison is Comparison.CHECKERBOARD)


def test_the_reference_cannot_be_moved_by_hand(opened):
    panel = opened("raw_FLAIR+T2", "complete")
    panel.press("preparation_details")
    dialog = panel.parts.window.findChild(QDialog, "preparation_dialog")
    dialog.findChild(QComboBox, "preparation_sequence").setCurrentText("FLAIR")
    assert not dialog.findChild(QDoubleSpinBox, "preparation_shift_right").isEnabled()
    assert dialog.findChild(QLabel, "preparation_move").text() == "FLAIR is the reference"
