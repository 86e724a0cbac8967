"""Guess first in the real window, on the made-up inference process."""

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QTabWidget, QToolButton, QWidget

from ccsd_app.qt.panels.curve_plot import CurvePlotWidget
from ccsd_app.qt.panels.subset_grid import CELL_ROLE
from ccsd_app.qt.slices.legend_bar import LegendLine
from ccsd_app.qt.view3d.view3d import Status
from ccsd_app.qt.widgets.labels import ElidedLabel
from ccsd_app.scene.planes import Plane
from ccsd_app.session.display import Layer
from ccsd_app.session.hidden import HIDDEN, SUBSTITUTED, hidden, without_hidden
from ccsd_app.viewmodel.exporting.export_menu import computed_subsets
from ccsd_app.viewmodel.panels.paths import PathKind
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def guessing(open_window):
    """A window whose user guesses first; everything is computed."""
    parts = open_window()
    entry(parts.window).trigger()
    return parts


def entry(window):
    actions = find(window, "help").choices_menu.actions()
    return next(action for action in actions if action.objectName() == "guess_first")


def find(window, name, kind=QWidget):
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def text(window, name) -> str:
    return find(window, name, QLabel).text()


def answer(window, name):
    QTest.mouseClick(find(window, f"guess_{name}", QPushButton), LEFT)


def cells(window) -> dict:
    view = find(window, "grid_cells")
    rows = (view.model().index(row, 0) for row in range(view.model().rowCount()))
    return {cell.subset: cell for cell in (row.data(CELL_ROLE) for row in rows)}


def points(window) -> set:
    plot = window.findChild(CurvePlotWidget)
    return {spot.data() for item in plot.points for spot in item.points()}


def scene_of(window):
    return window.views.slices[Plane.AXIAL].scene


def picture(window):
    return scene_of(window).picture


def test_nothing_is_asked_unless_it_is_switched_on(open_window):
    window = open_window().window
    QTest.keyClick(window, Key.Key_3)
    assert not find(window, "guess_panel").isVisible()
    assert not entry(window).isChecked()
    assert text(window, "ET_volume") == "0.0"


def test_a_left_out_sequence_is_asked_about_before_anything_shows(guessing):
    window = guessing.window
    QTest.keyClick(window, Key.Key_3)

    assert find(window, "guess_panel").isVisible()
    assert text(window, "guess_text") == "T1c withheld. Which score drops most?"
    assert guessing.session.state.shown == NO_T1C
    assert points(window) == {FULL}
    assert {s for s, cell in cells(window).items() if cell.score or cell.volume} == {FULL}
    assert cells(window)[NO_T1C].status == "hidden"
    window.findChild(QTabWidget, "subset_tabs").setCurrentIndex(3)
    assert text(window, "next_note") == HIDDEN.capitalize()
    assert not find(window, "guess_ET_0", QLabel).isVisible()


@pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs an X display (xvfb-run)")
def test_what_there_is_to_lose_stays_in_sight_while_one_guesses(guessing):
    window = guessing.window
    full = guessing.session.state.full_result
    legend = window.findChild(LegendLine).text
    QTest.keyClick(window, Key.Key_3)

    assert picture(window).overlay.result is full
    scene = window.views.slices[Plane.AXIAL].scene
    assert scene.badge == SUBSTITUTED
    assert scene.provenance.startswith("input: FLAIR, T1, T1c, T2 ·")
    assert "withheld" not in scene.provenance
    assert text(window, "provenance").startswith("input: FLAIR, T1, T1c, T2 ·")
    assert window.findChild(LegendLine).text == legend
    for region in Region:
        volume = find(window, f"{region.name}_volume", QLabel)
        assert volume.text() == f"{full.volumes_ml[region]:.1f}"
        assert not volume.isEnabled(), "it is not what the toggles ask for"
    message = text(window, "guess_meanwhile")
    assert message.startswith("Shown: all sequences (FLAIR + T1 + T1c + T2).")
    assert HIDDEN in message

    answer(window, "ET")
    assert scene_of(window).badge == ""
    assert "T1c withheld" in scene_of(window).provenance
    assert not find(window, "guess_meanwhile", QLabel).isVisible()


def test_what_stands_in_is_distinguished_from_what_is_awaited(open_window, qtbot):
    parts = open_window(model="slow", until="result")
    entry(parts.window).trigger()
    QTest.keyClick(parts.window, Key.Key_3)
    assert parts.session.state.shown == FULL
    assert scene_of(parts.window).badge == SUBSTITUTED
    qtbot.waitUntil(lambda: parts.session.state.shown == NO_T1C, timeout=20_000)
    assert scene_of(parts.window).badge == SUBSTITUTED
    assert picture(parts.window).overlay.result is parts.session.state.full_result


def test_how_many_agree_says_what_is_hidden(guessing):
    window = guessing.window
    guessing.session.become(guessing.session.state.with_layer(Layer.CONSENSUS))
    assert HIDDEN in window.findChild(LegendLine).text
    assert "computed" not in window.findChild(LegendLine).text


def test_a_guess_that_nothing_is_lost_is_answered_in_english(guessing):
    QTest.keyClick(guessing.window, Key.Key_3)
    answer(guessing.window, "NONE")
    expected = "There is a drop: ET drops most (−1.000)."
    assert text(guessing.window, "guess_text") == expected


@pytest.mark.parametrize("size", [(1440, 900), (1280, 800)], ids=str)
@pytest.mark.parametrize("kind", [PathKind.GREATEST_LOSS, PathKind.RANDOM])
def test_the_curves_words_are_not_cut(guessing, size, kind):
    window = guessing.window
    window.resize(*size)
    window.path_player.choose(kind)
    QTest.qWait(30)
    hint = find(window, "curve_hint", ElidedLabel)
    assert "14 of 15" in hint.text()
    assert "dotted" in hint.text()
    room = hint.contentsRect().width()
    assert hint.fontMetrics().horizontalAdvance(hint.text()) <= room


def test_surfaces_are_hidden_and_revealed(guessing, qtbot):
    window, view3d = guessing.window, guessing.window.views.view3d
    qtbot.waitUntil(lambda: view3d.status is Status.LIVE and view3d.up_to_date, timeout=60_000)
    assert view3d.actor_names == ("ET", "TC", "WT", "brain")
    QTest.keyClick(window, Key.Key_3)
    qtbot.waitUntil(lambda: view3d.up_to_date, timeout=20_000)
    assert view3d.actor_names == ("ET", "TC", "WT", "brain"), "as with everything given"
    answer(window, "TC")
    qtbot.waitUntil(lambda: view3d.up_to_date, timeout=20_000)
    assert view3d.actor_names == ("TC", "WT", "brain")


def test_thumbnails_are_hidden_and_revealed(open_window, qtbot):
    parts = open_window()
    window, model = parts.window, find(parts.window, "grid_cells").model()
    qtbot.waitUntil(lambda: model.picture(NO_T1C) is not None, timeout=20_000)
    drawn = model.picture(NO_T1C)
    entry(window).trigger()
    qtbot.waitUntil(lambda: model.picture(NO_T1C) != drawn, timeout=20_000)
    QTest.keyClick(window, Key.Key_3)
    answer(window, "JUST_SHOW")
    qtbot.waitUntil(lambda: model.picture(NO_T1C) == drawn, timeout=20_000)


def test_an_answer_reveals_everything_about_this_subset_alone(guessing):
    window = guessing.window
    QTest.keyClick(window, Key.Key_3)
    answer(window, "ET")

    assert text(window, "guess_text") == "Correct: ET drops most (−1.000)."
    assert text(window, "guess_tally") == "1 of 1 correct"
    assert text(window, "guess_ET_1") == "1.000 → 0.000"
    result, full = (guessing.session.state.results[s] for s in (NO_T1C, FULL))
    for region in Region:
        before, after = full.volumes_ml[region], result.volumes_ml[region]
        assert text(window, f"guess_{region.name}_2") == f"{before:.1f} → {after:.1f}"
    assert find(window, "guess_ET_0", QLabel).isVisible()
    assert not find(window, "guess_WT", QPushButton).isVisible()
    assert picture(window).overlay.result is result
    assert text(window, "ET_volume") == "0.0"
    assert points(window) == {FULL, NO_T1C}
    assert {s for s, cell in cells(window).items() if cell.score} == {FULL, NO_T1C}


@pytest.mark.parametrize(("name", "tally"), [("WT", "0 of 1 correct"), ("JUST_SHOW", "")])
def test_wrong_guesses_count_and_mere_looking_does_not(guessing, name, tally):
    window = guessing.window
    QTest.keyClick(window, Key.Key_3)
    answer(window, name)
    assert text(window, "guess_tally") == tally
    assert "ET drops most (−1.000)." in text(window, "guess_text")
    assert picture(window).overlay is not None


def test_a_revealed_subset_is_not_asked_about_again(guessing):
    window = guessing.window
    QTest.keyClick(window, Key.Key_3)
    answer(window, "NONE")
    QTest.keyClick(window, Key.Key_0)
    QTest.keyClick(window, Key.Key_3)
    assert picture(window).overlay is not None
    assert not find(window, "guess_WT", QPushButton).isVisible()
    QTest.keyClick(window, Key.Key_4)
    assert text(window, "guess_text").startswith("T1c and T2 withheld.")
    assert picture(window).overlay.result is guessing.session.state.full_result


def test_buttons_wait_until_the_result_is_there(open_window, qtbot):
    parts = open_window(model="slow", until="result")
    window = parts.window
    entry(window).trigger()
    QTest.keyClick(window, Key.Key_3)
    button = find(window, "guess_ET", QPushButton)
    assert button.isVisible()
    assert not button.isEnabled()
    assert find(window, "guess_wait", QLabel).isVisible()
    qtbot.waitUntil(button.isEnabled, timeout=20_000)
    assert picture(window).overlay.result is parts.session.state.full_result


@pytest.mark.parametrize("way", ["menu", "panel"])
def test_switching_it_off_shows_everything(guessing, way):
    window = guessing.window
    QTest.keyClick(window, Key.Key_3)
    if way == "menu":
        entry(window).trigger()
    else:
        find(window, "guess_off", QToolButton).click()
    assert not find(window, "guess_panel").isVisible()
    assert not entry(window).isChecked()
    assert picture(window).overlay is not None
    assert len(points(window)) == 15
    assert all(cell.score for cell in cells(window).values())
    assert not hidden(guessing.session.state)


def test_the_other_side_of_a_comparison_hides_what_is_hidden(guessing):
    window = guessing.window
    guessing.session.become(guessing.session.state.comparing(NO_T1C))
    QTest.keyClick(window, Key.Key_C)
    other = window.views.compared_slices[Plane.AXIAL].scene
    assert other.picture.overlay is None
    assert other.badge == HIDDEN.capitalize()
    assert picture(window).overlay is not None
    assert text(window, "compared_pending") == HIDDEN.capitalize()


def test_what_is_hidden_cannot_be_exported(guessing):
    window = guessing.window
    QTest.keyClick(window, Key.Key_3)
    assert window.exporter.actions.offer().count == 1
    assert computed_subsets(without_hidden(guessing.session.state)) == (FULL,)
    assert without_hidden(guessing.session.state).shown == FULL


@pytest.mark.parametrize("size", [(1280, 800), (1080, 640)], ids=str)
def test_the_guess_panel_fits_into_the_case_panel(guessing, size):
    window = guessing.window
    window.resize(*size)
    QTest.keyClick(window, Key.Key_3)
    answer(window, "ET")
    QTest.qWait(30)
    guess, panel = find(window, "guess_panel"), find(window, "case_panel")
    assert guess.width() <= panel.viewport().width()
    assert guess.minimumSizeHint().width() <= guess.width()
    assert guess.visibleRegion().boundingRect().height() == guess.height()


@pytest.mark.parametrize("withheld", [False, True], ids=["nothing asked", "a question open"])
def test_p_says_in_the_status_line_why_nothing_can_be_played(guessing, withheld):
    window, message = guessing.window, []
    window.statusBar().messageChanged.connect(message.append)
    if withheld:
        QTest.keyClick(window, Key.Key_3)
    used = guessing.session.state.used

    QTest.keyClick(window, Key.Key_P)

    assert message[-1].startswith("Stepwise removal is not possible: ")
    assert ("Answer the question first" in message[-1]) is withheld
    assert guessing.session.state.used == used


def test_p_says_nothing_where_it_plays_or_pauses(open_window):
    window, message = open_window().window, []
    window.statusBar().messageChanged.connect(message.append)
    for playing in (True, False):
        QTest.keyClick(window, Key.Key_P)
        assert window.path_player.view.setup.playing is playing
    assert not [words for words in message if "no walk" in words]
