"""The guided tour in the real window, on the made-up inference process."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QListView,
    QPushButton,
    QSlider,
    QTabWidget,
    QToolButton,
    QWidget,
)

from ccsd_app.qt.panels.curve_plot import CurvePlotWidget
from ccsd_app.qt.startup.application import _offer_tour_once
from ccsd_app.qt.teaching.tour_place import popup_position
from ccsd_app.qt.widgets import theme
from ccsd_app.scene.planes import Plane
from ccsd_app.session.display import Layer
from ccsd_app.settings import load_settings
from ccsd_app.viewmodel.panels.paths import PathKind
from ccsd_app.viewmodel.teaching.guess_panel import GuessModel
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from tests.fixtures.curve_points import place_of_point

FULL = ModalitySubset.full()
Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
SIZES = ((1440, 900), (1280, 800), (1080, 640))
TOTAL = 12


def find(window, name, kind=QWidget):
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def press(window, name):
    QTest.mouseClick(find(window, name, QPushButton), LEFT)


def number(window) -> int:
    return window.teaching.tour.popup.number


def text(window, name) -> str:
    return find(window, name, QLabel).text()


def go_to(window, step):
    """Begin, and go on to a step by Next."""
    window.teaching.tour.start()
    go_on_to(window, step)


def go_on_to(window, step):
    while number(window) < step:
        press(window, "tour_next")


@pytest.fixture
def active_window(open_window, qtbot):
    """Without a window manager nobody gives a window the keyboard."""
    window = open_window().window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=60_000)
    return window


def on_window(window, widget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_each_step_points_at_a_widget_that_is_there_and_in_sight(open_window, qtbot, size):
    parts = open_window()
    window = parts.window
    window.resize(*size)
    window.setStyleSheet('QFrame[role="popup"] { border: 3px solid; }')  # it needs room, too
    window.teaching.tour.start()
    popup, frame = find(window, "tour_popup"), find(window, "tour_frame")
    narrow = find(window, "qt_toolbar_ext_button").isVisible()
    for step in range(1, TOTAL + 1):
        QTest.qWait(30)
        assert number(window) == step
        target = find(window, window.teaching.tour.popup.target)
        if not target.isVisible():
            assert narrow
            target = find(window, "qt_toolbar_ext_button")
        assert target.isVisible()
        assert popup.isVisible()
        assert frame.isVisible()
        assert window.rect().contains(popup.geometry())
        assert frame.geometry().intersects(on_window(window, target))
        assert not popup.geometry().intersects(frame.geometry())
        assert find(window, "tour_number", QLabel).text() == f"{step} of {TOTAL}"
        assert popup.height() >= popup.layout().totalHeightForWidth(popup.width())
        press(window, "tour_next")
    assert window.teaching.tour.popup is None
    assert not popup.isVisible()
    assert not frame.isVisible()


def click_a_point(window):
    plot = window.findChild(CurvePlotWidget)
    points = plot.points[0]
    spot = next(p for p in points.points() if len(p.data()) == 1)
    place = place_of_point(plot, spot.pos())
    QTest.mouseMove(plot.viewport(), place)
    QTest.mouseClick(plot.viewport(), LEFT, pos=place)


def click_a_cell(window):
    view = find(window, "grid_cells", QListView)
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(view.model().index(1, 0)).center())


def step_down(window):
    window.path_player.choose(PathKind.GREATEST_LOSS)
    find(window, "path_ahead", QToolButton).click()


def click_add(window):
    QTest.mouseClick(find(window, "add_T1C", QToolButton), LEFT)


def degrade(window):
    find(window, "degrade", QAbstractButton).click()
    find(window, "degrade_noise", QSlider).triggerAction(QSlider.SliderAction.SliderPageStepAdd)


ASKED = [
    (3, lambda window: QTest.keyClick(window, Key.Key_3), "T1c is withheld."),
    (3, lambda window: find(window, "modality_T1C", QCheckBox).click(), "T1c is withheld."),
    (5, click_a_point, "is shown."),
    (6, lambda window: QTest.keyClick(window, Key.Key_P), "The current step is"),
    (6, step_down, "The current step is"),
    (7, click_a_cell, "is shown."),
    (8, lambda window: QTest.keyClick(window, Key.Key_C), "A is on the left, B on the right."),
    (8, lambda window: find(window, "compare", QToolButton).click(), "A is on the left"),
    (9, lambda window: QTest.keyClick(window, Key.Key_D), "The overlay shows the difference"),
    (10, click_add, "is shown."),
    (11, degrade, "is simulated."),
]
SHOWN = {step for step, _, _ in ASKED}
"""What Return does by itself. Step 10 has something to add, as the walk has left some out."""
WAYS = ["key 3", "box", "point", "key P", "step", "cell", "key C", "compare", "key D", "add"]
WAYS += ["slider"]


@pytest.mark.parametrize(("step", "act", "done_text"), ASKED, ids=WAYS)
def test_what_was_done_stays_and_is_explained(open_window, qtbot, step, act, done_text):
    window = open_window().window
    go_to(window, step)
    if step == 10:
        QTest.keyClick(window, Key.Key_3)
    QTest.qWait(30)
    asked = text(window, "tour_text")
    assert find(window, "tour_ask", QLabel).isVisible()
    assert not find(window, "tour_did", QLabel).isVisible()

    act(window)

    qtbot.waitUntil(lambda: find(window, "tour_did", QLabel).isVisible(), timeout=5000)
    assert number(window) == step
    assert text(window, "tour_did").startswith("✓ ")
    assert done_text in text(window, "tour_did")
    assert text(window, "tour_text") != asked
    assert not find(window, "tour_ask", QLabel).isVisible()
    press(window, "tour_next")
    assert number(window) == step + 1


def test_the_tour_shows_all_views_and_enlarges_the_one_that_was_again(open_window):
    window = open_window().window
    axial = window.views.slices[Plane.AXIAL]
    window.views.toggle_large(axial)

    window.teaching.tour.start()
    assert window.views.large is None
    assert all(view.isVisible() for view in window.views.slices.values())

    window.teaching.tour.end()
    assert window.views.large is axial
    assert not window.views.view3d.isVisible()


def test_what_is_done_already_shows_its_outcome_at_once(open_window):
    window = open_window().window
    go_to(window, 7)
    QTest.keyClick(window, Key.Key_C)
    press(window, "tour_next")
    assert number(window) == 8
    assert not find(window, "tour_ask", QLabel).isVisible()
    assert text(window, "tour_did") == "✓ A is on the left, B on the right."


def test_every_step_that_asks_is_known(open_window):
    window = open_window().window
    asking = set()
    window.teaching.tour.start()
    QTest.keyClick(window, Key.Key_2)
    for step in range(1, TOTAL + 1):
        go_on_to(window, step)
        if window.teaching.tour.popup.instruction:
            asking.add(step)
    assert asking == {step for step, _, _ in ASKED}


def test_a_stepwise_removal_pauses_when_its_step_is_left(open_window, qtbot):
    window = open_window().window
    go_to(window, 6)
    QTest.keyClick(window, Key.Key_P)
    qtbot.waitUntil(lambda: bool(window.teaching.tour.popup.done_text), timeout=5000)
    assert window.path_player.view.setup.playing
    press(window, "tour_next")
    assert not window.path_player.view.setup.playing
    assert not window.teaching.tour.popup.done_text


def as_the_user_likes_it(parts):
    """Everything that the tour touches, in another way than it needs it."""
    window = parts.window
    QTest.keyClick(window, Key.Key_4)
    state = parts.session.state.comparing(ModalitySubset.of(Modality.T1))
    parts.session.become(
        replace(
            state,
            layer=Layer.CONSENSUS,
            region=Region.TC,
            show_overlay=False,
            side_by_side=True,
            visible=frozenset({Region.WT}),
        )
    )
    find(window, "subset_tabs", QTabWidget).setCurrentIndex(1)
    window.path_player.choose(PathKind.RANDOM)


def test_the_tour_begins_with_what_its_text_is_about(open_window):
    parts = open_window()
    as_the_user_likes_it(parts)
    parts.window.teaching.tour.start()
    state = parts.session.state
    assert state.used == state.shown == FULL
    assert state.layer is Layer.REGIONS
    assert state.show_overlay
    assert state.visible == frozenset(Region)
    assert not state.side_by_side
    assert state.compared_subset == FULL
    assert "restores your settings" in text(parts.window, "tour_text")


@pytest.mark.parametrize("way", ["escape", "end", "done"])
def test_the_end_puts_back_what_the_user_had(open_window, way):
    parts = open_window()
    window = parts.window
    as_the_user_likes_it(parts)
    before = parts.session.state
    go_to(window, 3)
    QTest.keyClick(window, Key.Key_3)
    QTest.keyClick(window, Key.Key_T)
    go_on_to(window, 10)
    parts.session.become(parts.session.state.with_cursor((3, 4, 5)))
    assert find(window, "subset_tabs", QTabWidget).currentIndex() == 3

    if way == "escape":
        QTest.keyClick(window, Key.Key_Escape)
    elif way == "end":
        find(window, "tour_end", QToolButton).click()
    else:
        go_on_to(window, TOTAL)
        press(window, "tour_next")

    assert window.teaching.tour.popup is None
    assert not find(window, "tour_popup").isVisible()
    now = parts.session.state
    assert now == before, "the crosshair, too, which the tour had moved to the tumour"
    assert find(window, "subset_tabs", QTabWidget).currentIndex() == 1
    assert window.path_player.view.setup.kind is PathKind.RANDOM
    assert window.path_player.view.setup.seed == 1


def test_guessing_goes_on_after_the_tour(open_window):
    parts = open_window()
    GuessModel(parts.session).toggle()
    guess = parts.session.state.guess
    go_to(parts.window, 3)
    QTest.keyClick(parts.window, Key.Key_3)
    assert parts.window.teaching.tour.popup.done_text, "nothing is hidden during the tour"
    QTest.keyClick(parts.window, Key.Key_Escape)
    assert parts.session.state.guess == guess


def test_the_window_is_usable_below_the_frame(open_window):
    parts = open_window()
    window = parts.window
    go_to(window, 1)
    box = find(window, "modality_T2", QCheckBox)
    at = box.mapTo(window, QPoint(8, box.height() // 2))
    assert window.childAt(at) is box
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    assert Modality.T2 not in parts.session.state.used


def test_back_goes_back_and_stops_at_the_first_step(open_window):
    window = open_window().window
    go_to(window, 2)
    press(window, "tour_back")
    assert number(window) == 1
    assert not find(window, "tour_back", QPushButton).isEnabled()


def test_the_cost_is_ranked_by_score_as_guess_first_does(open_window):
    parts = open_window()
    window = parts.window
    go_to(window, 3)
    QTest.keyClick(window, Key.Key_3)
    state = parts.session.state
    volumes = {**state.result.volumes_ml, Region.WT: state.result.volumes_ml[Region.WT] + 90}
    scores = {Region.WT: 0.95, Region.TC: 0.41, Region.ET: 0.6}
    result = replace(state.result, volumes_ml=volumes, dice=scores)
    parts.session.become(state.with_result(result))
    press(window, "tour_next")
    message = text(window, "tour_text")
    assert message.startswith("TC drops most (−0.590).\nDice and volume in mL:\nWT  1.000 → 0.950")
    full = state.full_result.volumes_ml[Region.WT]
    assert f"{full:.1f} → {volumes[Region.WT]:.1f}" in message
    assert "Slices and 3-D view" in message


def test_the_cost_without_labels_is_reported_in_agreement(open_window):
    window = open_window("p_FLAIR+T2_unlabelled").window
    go_to(window, 3)
    QTest.keyClick(window, Key.Key_4)
    press(window, "tour_next")
    assert "Agreement and volume in mL:" in text(window, "tour_text")


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_no_heading_is_cut_by_the_frame(open_window, size):
    window = open_window().window
    window.resize(*size)
    window.teaching.tour.start()
    popup, frame = find(window, "tour_popup"), find(window, "tour_frame")
    for _ in range(TOTAL):
        QTest.qWait(30)
        lines = frame.mask().translated(frame.pos())
        for label in window.findChildren(QLabel):
            if label.isVisible() and label.text() and not popup.isAncestorOf(label):
                words = on_window(window, label)
                if label.property("role") == "heading":
                    cut = lines.intersected(words)
                    assert cut.isEmpty(), (number(window), label.text())
        press(window, "tour_next")


@pytest.mark.parametrize("size", SIZES[:2], ids=str)
def test_the_popup_does_not_cover_what_its_text_is_about(open_window, size):
    window = open_window().window
    window.setStyleSheet(theme.style_sheet(theme.THEMES[theme.ThemeName.DARK]))
    window.resize(*size)
    window.teaching.tour.start()
    popup = find(window, "tour_popup")
    for step in range(1, TOTAL + 1):
        QTest.qWait(30)
        for name in window.teaching.tour.popup.keep_visible:
            widget = find(window, name)
            if widget.isVisible() and step != TOTAL:
                assert not popup.geometry().intersects(on_window(window, widget)), (step, name)
        if step == 3:
            QTest.keyClick(window, Key.Key_3)
        if step == 8:
            QTest.keyClick(window, Key.Key_C)
        press(window, "tour_next")


def test_next_stays_where_it_is_while_the_popup_does(open_window):
    window = open_window().window
    window.setStyleSheet(theme.style_sheet(theme.THEMES[theme.ThemeName.DARK]))
    window.resize(1280, 800)
    window.teaching.tour.start()
    popup, button = find(window, "tour_popup"), find(window, "tour_next")
    places = set()
    for step in range(1, 5):
        go_on_to(window, step)
        QTest.qWait(30)
        places.add((popup.pos().toTuple(), on_window(window, button).getRect()))
        if step == 3:
            QTest.keyClick(window, Key.Key_3)
            QTest.qWait(30)
            places.add((popup.pos().toTuple(), on_window(window, button).getRect()))
    assert len(places) == 1
    inside = {on_window(popup, button).getRect()}
    while number(window) < TOTAL:
        press(window, "tour_next")
        inside.add(on_window(popup, button).getRect())
    assert len(inside) == 1
    assert popup.rect().contains(on_window(popup, button))


@pytest.mark.parametrize(
    ("key", "place"),
    [(Key.Key_Return, "slice"), (Key.Key_Enter, "nowhere"), (Key.Key_Space, "at once")],
    ids=["Return", "Enter", "Space"],
)
def test_the_keyboard_alone_shows_everything_there_is(active_window, qtbot, key, place):
    window = active_window
    window.teaching.tour.start()
    shown = dict.fromkeys(range(1, TOTAL + 1), 0)
    while window.teaching.tour.popup is not None:
        step = number(window)
        shown[step] += 1
        if place == "slice":
            QTest.mouseClick(window.views.slices[Plane.CORONAL], LEFT)
        elif place == "nowhere":
            window.setFocus()
            window.clearFocus()
        if shown[step] > 1:  # what it asks for was done by the first press
            qtbot.waitUntil(lambda: bool(window.teaching.tour.popup.done_text), timeout=20_000)
        QTest.keyClick(QApplication.focusWidget() or window, key)
    assert shown == {step: 2 if step in SHOWN else 1 for step in shown}
    assert "(Return)" in find(window, "tour_next", QPushButton).text()


@pytest.mark.parametrize("step", sorted({step for step, _, _ in ASKED}))
def test_show_me_does_what_the_step_asks_for(open_window, qtbot, step):
    window = open_window().window
    go_to(window, step)
    if step == 10:
        QTest.keyClick(window, Key.Key_3)
    assert find(window, "tour_show", QPushButton).isVisible()
    assert text(window, "tour_ask")
    assert find(window, "tour_next", QPushButton).text() == "Next"

    find(window, "tour_show").setFocus()
    press(window, "tour_show")
    window.teaching.tour.perform()  # again, before the result is there

    qtbot.waitUntil(lambda: bool(window.teaching.tour.popup.done_text), timeout=20_000)
    assert number(window) == step
    assert not find(window, "tour_show", QPushButton).isVisible()
    assert find(window, "tour_next", QPushButton).text() == "Next (Return)"


def test_return_does_what_the_button_with_the_focus_says(active_window):
    window = active_window
    go_to(window, 3)
    assert QApplication.focusWidget().objectName() == "tour_show"

    find(window, "tour_next").setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)

    assert number(window) == 4
    assert find(window, "modality_T1C", QCheckBox).isChecked()


def test_keys_that_something_else_needs_are_its_own(active_window):
    window = active_window
    go_to(window, 1)
    box = find(window, "modality_T2", QCheckBox)
    box.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(box, Key.Key_Space)
    assert number(window) == 1
    assert not box.isChecked()


def test_a_list_needs_return_until_its_cell_is_chosen(active_window):
    window = active_window
    go_to(window, 7)
    cells = find(window, "grid_cells", QListView)
    cells.setFocus(Qt.FocusReason.TabFocusReason)
    cells.setCurrentIndex(cells.model().index(1, 0))
    QTest.keyClick(cells, Key.Key_Return)
    assert number(window) == 7
    assert window.teaching.tour.popup.done_text
    QTest.keyClick(cells, Key.Key_Return)
    assert number(window) == 8


def test_tab_reaches_every_button_of_the_popup(active_window):
    window = active_window
    go_to(window, 2)
    reached = []
    for _ in range(3):
        reached.append(QApplication.focusWidget().objectName())
        QTest.keyClick(QApplication.focusWidget(), Key.Key_Backtab)
    assert reached == ["tour_next", "tour_back", "tour_end"]
    find(window, "tour_back").setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)
    assert number(window) == 1


def test_tab_comes_to_the_popup_from_anywhere(active_window):
    window = active_window
    go_to(window, 2)
    popup = find(window, "tour_popup")
    window.views.slices[Plane.AXIAL].setFocus()
    passed = []
    while not popup.isAncestorOf(QApplication.focusWidget()) and len(passed) < 80:
        passed.append(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Key.Key_Tab)

    assert popup.isAncestorOf(QApplication.focusWidget()), [w.objectName() for w in passed]


def test_the_focus_is_given_back(active_window):
    window = active_window
    view = window.views.slices[Plane.SAGITTAL]
    view.setFocus()
    go_to(window, 3)
    QTest.keyClick(window, Key.Key_Escape)
    assert QApplication.focusWidget() is view


def test_the_words_name_what_the_window_has(open_window):
    window = open_window().window
    tabs = find(window, "subset_tabs", QTabWidget)
    names = {tabs.tabText(index) for index in range(tabs.count())}
    words = " ".join(popup.text for popup in window.teaching.tour.popups())
    assert "the table names" not in words
    assert {"Table", "Criticality"} <= names
    assert "tab Table" in words
    assert "tab Criticality" in words
    assert TOTAL == len({popup.number for popup in window.teaching.tour.popups()}) <= 12


@pytest.mark.parametrize(("case", "key"), [("p_FLAIR+T2_unlabelled", "4"), ("p_T1+T1c", "3")])
def test_the_tour_fits_cases_that_lack_sequences(open_window, case, key):
    window = open_window(case).window
    go_to(window, 3)
    assert window.teaching.tour.popup.instruction == f"Press {key}."
    texts = []
    while window.teaching.tour.popup:
        texts.append(window.teaching.tour.popup.text)
        press(window, "tour_next")
    assert ("Dice" in " ".join(texts)) == ("unlabelled" not in case)


def test_a_single_sequence_is_not_asked_to_be_left_out(open_window):
    window = open_window("p_T2").window
    asking = set()
    window.teaching.tour.start()
    while window.teaching.tour.popup:
        if window.teaching.tour.popup.instruction:
            asking.add(number(window))
        press(window, "tour_next")
    assert asking == {8, 9, 11}


def test_another_case_is_nothing_that_was_done(open_window):
    parts = open_window()
    go_to(parts.window, 5)
    case = replace(parts.session.state.case, id="another")
    parts.session.become(parts.session.state.opened(case))
    assert number(parts.window) == 5
    assert not parts.window.teaching.tour.popup.done_text
    QTest.keyClick(parts.window, Key.Key_Escape)
    assert parts.session.state.used == FULL


def test_help_begins_the_tour_once_a_case_is_open(open_window):
    parts = open_window("unreadable", until="problem")
    entries = {a.objectName(): a for a in find(parts.window, "help").choices_menu.actions()}
    assert not entries["start_tour"].isEnabled()
    parts = open_window()
    menu = find(parts.window, "help").choices_menu
    menu.aboutToShow.emit()
    entries = {a.objectName(): a for a in menu.actions()}
    entries["start_tour"].trigger()
    assert number(parts.window) == 1


def test_the_tour_is_offered_once_and_never_forced(open_window):
    parts = open_window()
    offer = find(parts.window, "tour_offer")
    assert not offer.isVisible()
    _offer_tour_once(parts.window)
    assert offer.isVisible()
    assert "not for diagnosis" in offer.findChild(QLabel, "first_notice").text()
    assert parts.window.teaching.tour.popup is None
    find(parts.window, "no_tour", QToolButton).click()
    assert not offer.isVisible()
    assert load_settings().tour_offered
    _offer_tour_once(parts.window)
    assert not offer.isVisible()


def test_the_offer_is_taken_with_a_click(open_window):
    parts = open_window()
    _offer_tour_once(parts.window)
    press(parts.window, "take_tour")
    assert number(parts.window) == 1
    assert not find(parts.window, "tour_offer").isVisible()


def test_a_popup_stays_in_the_window_and_off_its_target():
    for side in [20, 200, 700]:
        for top in range(0, 800, 150):
            for left in range(0, 1200, 150):
                room, popup = QRect(6, 6, 1268, 788), QSize(260, 220)
                target = QRect(left, top, side, side) & QRect(0, 0, 1280, 800)
                stands = QRect(popup_position(target, popup, room), popup)
                assert room.contains(stands), (left, top, side)
                assert not stands.intersects(target), (left, top, side)


def test_the_tour_of_a_raw_case_shows_its_preparation_and_brings_back_the_prepared_images(
    open_window, qtbot
):
    parts = open_window("raw")
    window, session = parts.window, parts.session
    tour = window.teaching.tour
    before = session.state
    assert before.preparation is not None
    go_to(window, 2)
    popup = tour.popup
    assert (popup.target, popup.total) == ("preparation_banner", TOTAL + 1)
    assert "Prepared: registered" in popup.text
    assert find(window, popup.target).isVisible()
    assert popup.instruction == "Click Original."
    find(window, "shown_on_original", QToolButton).click()
    assert session.state.on_scanned
    assert tour.popup.number == 2
    assert tour.popup.done_text == "The results are shown on the slices as scanned."
    press(window, "tour_next")
    assert tour.popup.title == "What the model predicts"

    tour.end()
    assert not session.state.on_scanned
    assert session.state.case is before.case
    assert session.state.cursor_voxel == before.cursor_voxel
    assert session.state.used == before.used


def test_a_tour_on_the_slices_as_scanned_ends_there(open_window):
    parts = open_window("raw")
    session, tour = parts.session, parts.window.teaching.tour
    session.become(session.state.shown_on(scanned=True).with_cursor((3, 4, 5)))
    tour.start()
    assert not session.state.on_scanned
    tour.end()
    assert session.state.on_scanned
    assert session.state.cursor_voxel == (3, 4, 5)
