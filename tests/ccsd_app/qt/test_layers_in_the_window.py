"""Layers, comparison, mouse and focus in the real window, on the made-up inference process."""

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QToolBar,
    QToolButton,
    QToolTip,
    QWidget,
)

from ccsd_app.qt.slices.legend_bar import LegendLine
from ccsd_app.qt.widgets import theme
from ccsd_app.scene.overlays.overlays import overlay_of
from ccsd_app.scene.planes import Plane
from ccsd_app.session.display import ColourScheme, Layer, MousePreset
from ccsd_app.session.on_demand import PROBABILITIES
from ccsd_app.settings import load_settings
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
TIMEOUT_MS = 20_000
Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


def press(window, *keys):
    for key in keys:
        QTest.keyClick(window, key)


DASHES_PX = 20
"""A line of 40 pixels is dashed."""


def white_pixels(widget: QWidget) -> int:
    picture = widget.grab().toImage()
    colours = (
        picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())
    )
    return sum(min(c.red(), c.green(), c.blue()) > 250 for c in colours)


def legend(window) -> str:
    return window.findChild(LegendLine).text


@pytest.mark.parametrize("layer", [Layer.PROBABILITY, Layer.UNCERTAINTY], ids=lambda x: x.value)
def test_maps_are_fetched_from_the_inference_process_when_they_are_wanted(
    open_window, qtbot, layer
):
    parts = open_window()
    state = parts.session.state
    assert not state.on_demand.of(PROBABILITIES)

    parts.session.become(replace(state, layer=layer))

    qtbot.waitUntil(
        lambda: FULL in parts.session.state.on_demand.of(PROBABILITIES), timeout=TIMEOUT_MS
    )
    assert overlay_of(parts.session.state) is not None
    press(parts.window, Key.Key_3)
    qtbot.waitUntil(
        lambda: NO_T1C in parts.session.state.on_demand.of(PROBABILITIES), timeout=TIMEOUT_MS
    )
    words = parts.window.findChild(QLabel, "probe").text()
    read_out = r"WT probability 0\.90" if layer is Layer.PROBABILITY else r"[0-2]\.\d\d bits"
    assert re.search(read_out, words)


def test_a_layer_chosen_after_a_stop_goes_on_with_what_it_needs(open_window, qtbot):
    parts = open_window(model="slow", until="result")
    press(parts.window, Key.Key_Escape)
    assert parts.session.state.stopped

    press(parts.window, Key.Key_L, Key.Key_L)

    qtbot.waitUntil(
        lambda: FULL in parts.session.state.on_demand.of(PROBABILITIES), timeout=TIMEOUT_MS
    )
    assert not parts.session.state.stopped
    assert not parts.session.state.complete


def test_l_goes_through_all_layers_and_each_says_what_it_is(open_window):
    parts = open_window()
    seen = []
    for _ in Layer:
        press(parts.window, Key.Key_L)
        seen.append(parts.session.state.layer)
        button = parts.window.findChild(QToolButton, "overlay")
        assert button.text() == parts.session.state.layer.value
        assert legend(parts.window)
    assert set(seen) == set(Layer)
    assert seen[-1] is Layer.REGIONS


def test_d_shows_the_change_when_t1c_is_withheld_and_t_chooses_the_region(open_window):
    parts = open_window()
    press(parts.window, Key.Key_3, Key.Key_D)
    while parts.session.state.region is not Region.ET:  # it begins with what changed most
        press(parts.window, Key.Key_T)

    state = parts.session.state
    assert (state.layer, state.region) == (Layer.DIFFERENCE, Region.ET)
    assert "ET only in current · only in reference" in legend(parts.window)
    assert parts.window.findChild(QToolButton, "region").text() == "ET"
    press(parts.window, Key.Key_D)
    assert parts.session.state.layer is Layer.REGIONS


def test_the_difference_can_be_taken_against_the_expert(open_window):
    parts = open_window()
    press(parts.window, Key.Key_D)
    button = parts.window.findChild(QToolButton, "difference_reference")
    assert button.isVisible()
    button.choices_menu.aboutToShow.emit()
    expert = button.choices_menu.actions()[0]

    expert.trigger()

    assert parts.session.state.against_reference
    assert "false negative" in legend(parts.window)
    assert "expert" in button.text()


def test_without_labels_the_expert_is_not_offered(open_window):
    parts = open_window("p_FLAIR+T1+T1c+T2_unlabelled")
    press(parts.window, Key.Key_D)
    button = parts.window.findChild(QToolButton, "difference_reference")
    button.choices_menu.aboutToShow.emit()
    assert len(button.choices_menu.actions()) == 15
    assert not parts.window.findChild(QToolButton, "reference").isEnabled()


def test_two_subsets_stand_side_by_side_with_their_numbers(open_window):
    parts = open_window()
    press(parts.window, Key.Key_3, Key.Key_C)
    views = parts.window.views

    assert all(views.slices[p].isVisible() for p in (Plane.AXIAL, Plane.CORONAL))
    assert all(views.compared_slices[p].isVisible() for p in (Plane.AXIAL, Plane.CORONAL))
    assert views.compared_slices[Plane.AXIAL].scene.picture.overlay.result.subset == FULL
    assert views.slices[Plane.AXIAL].scene.picture.overlay.result.subset == NO_T1C
    assert views.slices[Plane.AXIAL].scene.title.startswith("A · ")
    assert views.compared_slices[Plane.AXIAL].scene.title.startswith("B · ")
    assert parts.window.findChild(QLabel, "compared_ET_0").text() == "0.0"
    assert float(parts.window.findChild(QLabel, "compared_ET_1").text()) > 0

    other = parts.window.findChild(QComboBox, "compared_other")
    pair = ModalitySubset.of(Modality.FLAIR, Modality.T2)
    other.setCurrentIndex(other.findText(pair.label.replace(" ", "")))
    other.activated.emit(other.currentIndex())
    assert views.compared_slices[Plane.AXIAL].scene.picture.overlay.result.subset == pair

    press(parts.window, Key.Key_C)
    assert views.view3d.isVisible()
    assert not views.compared_slices[Plane.AXIAL].isVisible()


def test_in_a_narrow_window_the_compared_subset_stays_readable_beside_what_was_seen(open_window):
    parts = open_window()
    parts.window.resize(1280, 800)
    press(parts.window, Key.Key_C)
    other = parts.window.findChild(QComboBox, "compared_other")
    seen = parts.window.findChild(QLabel, "compared_seen")
    seen.setVisible(True)
    QTest.qWait(50)

    assert other.width() >= other.sizeHint().width()
    assert seen.isVisible()
    assert seen.width() >= seen.sizeHint().width()


def test_both_sides_share_crosshair_zoom_and_position(open_window):
    parts = open_window()
    press(parts.window, Key.Key_3, Key.Key_C)
    ours, theirs = (
        side[Plane.AXIAL]
        for side in (parts.window.views.slices, parts.window.views.compared_slices)
    )

    theirs._zoom(2.0, theirs.rect().center().toPointF())
    assert ours.viewport.zoom == pytest.approx(2.0)
    ours.fit()
    assert theirs.viewport.zoom == pytest.approx(1.0)
    QTest.mouseClick(theirs, LEFT, pos=theirs.rect().center() + QPoint(20, 10))
    assert ours.scene.crosshair == theirs.scene.crosshair
    assert ours.scene.picture.location == theirs.scene.picture.location


def test_the_names_of_two_compared_subsets_fit_the_smallest_window(open_window):
    parts = open_window()
    window = parts.window
    window.setStyleSheet(theme.style_sheet(theme.THEMES[theme.ThemeName.DARK]))
    window.resize(1080, 640)
    window.show()
    QTest.keyClick(window, Qt.Key.Key_3)
    QTest.keyClick(window, Qt.Key.Key_C)
    QTest.qWait(50)

    shown = window.findChild(QLabel, "compared_shown")
    assert shown.text() == "FLAIR+T1+T2"
    assert shown.width() >= shown.fontMetrics().horizontalAdvance(shown.text())
    other = window.findChild(QComboBox, "compared_other")
    assert other.currentText() == "FLAIR+T1+T1c+T2"
    assert other.width() >= other.sizeHint().width()


def test_comparing_leaves_the_keys_with_a_view_where_the_one_that_had_them_is_hidden(
    open_window, qtbot
):
    window = open_window().window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=TIMEOUT_MS)
    window.views.toggle_large(window.views.view3d)
    window.views.enlarge(None)
    window.views.view3d.setFocus()

    press(window, Qt.Key.Key_C)

    assert not window.views.view3d.isVisible()
    assert window.views.isAncestorOf(QApplication.focusWidget())


def test_the_second_plane_of_a_comparison_can_be_chosen(open_window):
    parts = open_window()
    press(parts.window, Key.Key_C)
    parts.window.findChild(QToolButton, "second_sagittal").click()
    assert parts.window.views.compared_slices[Plane.SAGITTAL].isVisible()
    assert not parts.window.views.compared_slices[Plane.CORONAL].isVisible()


def test_enlarging_a_slice_leaves_the_crosshair_where_it_was(open_window):
    parts = open_window()
    axial = parts.window.views.slices[Plane.AXIAL]
    before = parts.session.state.cursor_voxel

    place = axial.rect().center() + QPoint(40, 30)
    QTest.mouseClick(axial, LEFT, pos=place)
    assert parts.session.state.cursor_voxel != before
    clicked = parts.session.state.cursor_voxel
    elsewhere = axial.rect().center() - QPoint(40, 30)
    QTest.mousePress(axial, LEFT, pos=elsewhere)
    QTest.mouseRelease(axial, LEFT, pos=elsewhere)
    QTest.mouseDClick(axial, LEFT, pos=elsewhere)

    assert parts.session.state.cursor_voxel == clicked


def test_escape_leaves_an_enlarged_view_and_arrows_still_work(open_window):
    parts = open_window()
    views = parts.window.views
    views.slices[Plane.AXIAL].setFocus()
    views.toggle_large(views.view3d)
    assert not views.slices[Plane.AXIAL].isVisible()
    before = parts.session.state.cursor_voxel

    press(parts.window.focusWidget(), Key.Key_PageUp)
    assert parts.session.state.cursor_voxel != before
    press(parts.window, Key.Key_Escape)
    assert views.slices[Plane.AXIAL].isVisible()
    after = parts.session.state.cursor_voxel
    press(parts.window.focusWidget(), Key.Key_PageUp)
    assert parts.session.state.cursor_voxel != after


def test_arrows_belong_to_an_open_menu(open_window, qtbot):
    parts = open_window()
    before = parts.session.state.cursor_voxel
    menu = parts.window.findChild(QToolButton, "view").choices_menu
    menu.popup(parts.window.mapToGlobal(QPoint(300, 100)))
    qtbot.waitExposed(menu)

    press(menu, Key.Key_Down, Key.Key_3)

    assert parts.session.state.cursor_voxel == before
    assert parts.session.state.used == FULL
    menu.close()


def test_the_crosshair_can_be_hidden(open_window):
    parts = open_window()
    axial = parts.window.views.slices[Plane.AXIAL]
    before = axial.grab().toImage()
    press(parts.window, Key.Key_X)
    assert axial.grab().toImage() != before
    press(parts.window, Key.Key_X)
    assert axial.grab().toImage() == before


def test_f_fits_and_keeps_the_window_while_r_resets_both(open_window):
    parts = open_window()
    axial = parts.window.views.slices[Plane.AXIAL]
    axial._zoom(3.0, axial.rect().center().toPointF())
    parts.session.become(replace(parts.session.state, windows={Modality.FLAIR: (1.0, 2.0)}))

    press(parts.window, Key.Key_F)
    assert axial.viewport.zoom == pytest.approx(1.0)
    assert parts.session.state.windows
    press(parts.window, Key.Key_R)
    assert not parts.session.state.windows


def drag(view, start: QPoint, end: QPoint):
    QTest.mousePress(view, LEFT, pos=start)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, LEFT, pos=end)


def test_with_the_pacs_preset_a_drag_changes_the_window_and_a_click_moves_the_crosshair(
    open_window,
):
    parts = open_window()
    parts.session.become(replace(parts.session.state, mouse=MousePreset.PACS))
    axial = parts.window.views.slices[Plane.AXIAL]
    centre, before = axial.rect().center(), parts.session.state.cursor_voxel

    drag(axial, centre + QPoint(20, 20), centre + QPoint(60, 40))
    assert parts.session.state.windows
    assert parts.session.state.cursor_voxel == before
    QTest.mouseClick(axial, LEFT, pos=centre + QPoint(40, 20))
    assert parts.session.state.cursor_voxel != before


def test_w_lends_the_left_button_to_the_window_until_it_is_pressed_again(open_window):
    parts = open_window()
    axial = parts.window.views.slices[Plane.AXIAL]
    centre = axial.rect().center()
    press(parts.window, Key.Key_W)
    drag(axial, centre, centre + QPoint(40, 20))
    assert parts.session.state.windows
    press(parts.window, Key.Key_W)
    assert not parts.session.state.window_tool


def test_the_last_sequence_says_why_it_stays_when_its_key_is_pressed(open_window, qtbot):
    parts = open_window("p_T2")
    press(parts.window, Key.Key_4)
    qtbot.waitUntil(lambda: "at least one sequence is needed" in QToolTip.text(), timeout=2000)
    press(parts.window, Key.Key_1)
    qtbot.waitUntil(lambda: "The case has no FLAIR" in QToolTip.text(), timeout=2000)


def test_a_dice_of_one_for_nothing_is_explained(open_window):
    parts = open_window("p_FLAIR+T2")
    assert parts.window.findChild(QLabel, "empty_note").isHidden()
    # the phantom's labels have ET, so only the agreement of an unlabelled case is empty twice
    unlabelled = open_window("p_FLAIR+T2_unlabelled")
    note = unlabelled.window.findChild(QLabel, "empty_note")
    assert note.isVisible()
    assert note.text().startswith("No ET predicted")


def test_mouse_and_colours_are_remembered(open_window, monkeypatch):
    from ccsd_app.qt.startup import application

    parts = open_window()
    old = parts.session.state
    new = replace(old, mouse=MousePreset.PACS, colours=ColourScheme.ITK_SNAP)
    application._save_changes(parts.window.engine, old, new)

    state = application.initial_state(load_settings())
    assert (state.mouse, state.colours) == (MousePreset.PACS, ColourScheme.ITK_SNAP)


@pytest.mark.parametrize("width", [1080, 1280])
def test_the_legend_of_a_difference_side_by_side_ends_with_the_experts_dashes(
    open_window, qtbot, width
):
    parts = open_window()
    parts.window.resize(width, 700)
    press(parts.window, Key.Key_3, Key.Key_C, Key.Key_D)
    line = parts.window.findChild(LegendLine)
    qtbot.waitUntil(lambda: parts.window.width() == width)
    QTest.qWait(50)
    without = white_pixels(line)

    press(parts.window, Key.Key_E)

    assert "expert ET" in line.text, "ET is the region that changed most"
    assert white_pixels(line) > without + DASHES_PX


def test_a_narrow_window_leaves_the_model_out_of_the_status_line_for_the_probe(open_window):
    parts = open_window()
    provenance = parts.window.findChild(QLabel, "provenance")
    assert "model: fake-good" in provenance.text()

    parts.window.resize(1080, 700)

    assert "model" not in provenance.text()
    assert provenance.text().startswith("input: FLAIR, T1, T1c, T2")
    parts.window.resize(1280, 700)
    assert "model: fake-good" in provenance.text()


@pytest.mark.parametrize("width", [1080, 1280, 1440])
def test_nothing_of_the_toolbar_is_out_of_reach(open_window, width):
    parts = open_window()
    parts.window.resize(width, 800)
    press(parts.window, Key.Key_D)
    QTest.qWait(50)
    bar = parts.window.findChild(QWidget, "toolbar")
    hidden = [b.objectName() for b in bar.findChildren(QToolButton) if not b.isVisible()]
    assert [name for name in hidden if not name.startswith("qt_")] == []


@pytest.mark.parametrize("way", ["choose", "escape"])
def test_a_second_row_of_tools_goes_once_something_was_chosen_or_at_escape(open_window, qtbot, way):
    parts = open_window()
    parts.window.resize(1080, 800)
    bar = parts.window.findChild(QToolBar, "toolbar")
    bar.resize(420, bar.height())
    more = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    qtbot.waitUntil(more.isVisible)
    more.click()
    assert more.isChecked()

    if way == "choose":
        bar.findChild(QToolButton, "view").menu().actions()[0].trigger()
    else:
        press(parts.window, Key.Key_Escape)

    qtbot.waitUntil(lambda: not more.isChecked())


def test_the_chosen_background_stays_chosen_when_it_is_clicked_again(open_window):
    parts = open_window()
    button = parts.window.findChild(QToolButton, "background_FLAIR")

    button.click()

    assert button.isChecked()
    parts.window.findChild(QToolButton, "background_T2").click()
    assert not button.isChecked()
