"""The guided tour in the real window, on the made-up inference process."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QListView, QPushButton, QToolButton, QWidget

from ccsd_app.qt.application import _offer_the_tour_once
from ccsd_app.qt.curve_plot import CurvePlotWidget
from ccsd_app.qt.tour_card import place_beside
from ccsd_app.session.look import Layer
from ccsd_app.settings import load_settings
from ccsd_core.domain.modality import Modality, ModalitySubset

FULL = ModalitySubset.full()
Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
SIZES = ((1440, 900), (1280, 800), (1080, 640))
TOTAL = 10


def find(window, name, kind=QWidget):
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def press(window, name):
    QTest.mouseClick(find(window, name, QPushButton), LEFT)


def number(window) -> int:
    return window.teaching.tour.card.number


def go_to(window, step):
    """Begin, and go on to a step by Next."""
    window.teaching.tour.start()
    while number(window) < step:
        press(window, "tour_next")


def on_window(window, widget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_each_step_points_at_a_widget_that_is_there_and_in_sight(open_window, qtbot, size):
    parts = open_window()
    window = parts.window
    window.resize(*size)
    window.setStyleSheet('QFrame[role="card"] { border: 3px solid; }')  # it needs room, too
    window.teaching.tour.start()
    card, frame = find(window, "tour_card"), find(window, "tour_frame")
    narrow = find(window, "qt_toolbar_ext_button").isVisible()
    for step in range(1, TOTAL + 1):
        QTest.qWait(30)
        assert number(window) == step
        target = find(window, window.teaching.tour.card.target)
        if not target.isVisible():
            assert narrow
            target = find(window, "qt_toolbar_ext_button")
        assert target.isVisible()
        assert card.isVisible()
        assert frame.isVisible()
        assert window.rect().contains(card.geometry())
        assert frame.geometry().intersects(on_window(window, target))
        assert not card.geometry().intersects(on_window(window, target))
        assert find(window, "tour_number", QLabel).text() == f"{step} of {TOTAL}"
        assert card.height() >= card.layout().totalHeightForWidth(card.width())
        press(window, "tour_next")
    assert window.teaching.tour.card is None
    assert not card.isVisible()
    assert not frame.isVisible()


def click_a_point(window):
    plot = window.findChild(CurvePlotWidget)
    points = plot.points[0]
    spot = next(p for p in points.points() if len(p.data()) == 1)
    place = plot.mapFromScene(points.mapToScene(spot.pos()))
    QTest.mouseMove(plot.viewport(), place)
    QTest.mouseClick(plot.viewport(), LEFT, pos=place)


def click_a_cell(window):
    view = find(window, "grid_cells", QListView)
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(view.model().index(1, 0)).center())


def click_add(window):
    QTest.mouseClick(find(window, "add_T1C", QToolButton), LEFT)


@pytest.mark.parametrize(
    ("step", "act"),
    [
        (3, lambda window: QTest.keyClick(window, Key.Key_3)),
        (3, lambda window: find(window, "modality_T1C", QCheckBox).click()),
        (5, click_a_point),
        (6, click_a_cell),
        (7, lambda window: QTest.keyClick(window, Key.Key_C)),
        (7, lambda window: find(window, "compare", QToolButton).click()),
        (8, lambda window: QTest.keyClick(window, Key.Key_D)),
        (9, click_add),
    ],
    ids=["key 3", "tick box", "point", "cell", "key C", "compare", "key D", "add"],
)
def test_a_step_goes_on_by_itself_when_it_was_done(open_window, qtbot, step, act):
    parts = open_window()
    window = parts.window
    if step == 9:
        QTest.keyClick(window, Key.Key_3)
    go_to(window, step)
    QTest.qWait(30)
    assert find(window, "tour_ask", QLabel).isVisible()

    act(window)

    qtbot.waitUntil(lambda: number(window) == step + 1, timeout=5000)


def test_every_step_that_asks_is_one_that_goes_on_by_itself(open_window):
    window = open_window().window
    asking = set()
    window.teaching.tour.start()
    QTest.keyClick(window, Key.Key_2)
    for step in range(1, TOTAL + 1):
        go_to(window, step)
        if window.teaching.tour.card.ask:
            asking.add(step)
    assert asking == {3, 5, 6, 7, 8, 9}


def test_what_is_done_already_is_not_asked_for(open_window):
    window = open_window().window
    QTest.keyClick(window, Key.Key_C)
    go_to(window, 7)
    assert not find(window, "tour_ask", QLabel).isVisible()
    QTest.keyClick(window, Key.Key_C)
    assert number(window) == 7


@pytest.mark.parametrize("way", ["escape", "end"])
def test_leaving_the_tour_changes_nothing(open_window, way):
    parts = open_window()
    window = parts.window
    go_to(window, 3)
    QTest.keyClick(window, Key.Key_3)
    QTest.keyClick(window, Key.Key_C)
    before = parts.session.state

    if way == "escape":
        QTest.keyClick(window, Key.Key_Escape)
    else:
        find(window, "tour_end", QToolButton).click()

    assert parts.session.state is before
    assert window.teaching.tour.card is None
    assert not find(window, "tour_card").isVisible()


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


def test_the_cost_is_told_in_the_cases_own_numbers(open_window):
    parts = open_window()
    window = parts.window
    go_to(window, 3)
    QTest.keyClick(window, Key.Key_3)
    state = parts.session.state
    found = {r: (state.full_result.volumes_ml[r], v) for r, v in state.result.volumes_ml.items()}
    most = max(found, key=lambda r: abs(found[r][0] - found[r][1]))
    before, after = found[most]
    expected = f"{most.name} changed most, from {before:.1f} to {after:.1f} mL"
    assert expected in find(window, "tour_text", QLabel).text()


@pytest.mark.parametrize(("case", "key"), [("p_FLAIR+T2_unlabelled", "4"), ("p_T1+T1C", "3")])
def test_the_tour_fits_cases_that_lack_sequences(open_window, case, key):
    window = open_window(case).window
    go_to(window, 3)
    assert window.teaching.tour.card.ask == f"Press {key}."
    texts = []
    while window.teaching.tour.card:
        texts.append(window.teaching.tour.card.text)
        press(window, "tour_next")
    assert ("Dice" in " ".join(texts)) == ("unlabelled" not in case)


def test_a_single_sequence_is_not_asked_to_be_left_out(open_window):
    window = open_window("p_T2").window
    asking = set()
    window.teaching.tour.start()
    while window.teaching.tour.card:
        if window.teaching.tour.card.ask:
            asking.add(number(window))
        press(window, "tour_next")
    assert asking == {7, 8}


def test_another_case_is_nothing_that_was_done(open_window):
    parts = open_window()
    go_to(parts.window, 5)
    case = replace(parts.session.state.case, id="another")
    parts.session.become(parts.session.state.opened(case))
    assert number(parts.window) == 5


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
    _offer_the_tour_once(parts.window)
    assert offer.isVisible()
    assert parts.window.teaching.tour.card is None
    find(parts.window, "no_tour", QToolButton).click()
    assert not offer.isVisible()
    assert load_settings().tour_offered
    _offer_the_tour_once(parts.window)
    assert not offer.isVisible()


def test_the_offer_is_taken_with_a_click(open_window):
    parts = open_window()
    _offer_the_tour_once(parts.window)
    press(parts.window, "take_tour")
    assert number(parts.window) == 1
    assert not find(parts.window, "tour_offer").isVisible()


def test_the_difference_stays_when_the_tour_has_ended(open_window):
    parts = open_window()
    go_to(parts.window, 8)
    QTest.keyClick(parts.window, Key.Key_D)
    QTest.keyClick(parts.window, Key.Key_Escape)
    assert parts.session.state.layer is Layer.DIFFERENCE


@pytest.mark.parametrize("left", range(0, 1200, 150))
@pytest.mark.parametrize("top", range(0, 800, 150))
@pytest.mark.parametrize("side", [20, 200, 700])
def test_a_card_stays_in_the_window_and_off_its_target(left, top, side):
    room, card = QRect(6, 6, 1268, 788), QSize(256, 180)
    target = QRect(left, top, side, side) & QRect(0, 0, 1280, 800)
    stands = QRect(place_beside(target, card, room), card)
    assert room.contains(stands)
    assert not stands.intersects(target)
