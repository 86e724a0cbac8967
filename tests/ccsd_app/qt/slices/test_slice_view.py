"""The slice view, as a widget under the mouse."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from ccsd_app.qt.slices.slice_view import SliceView
from ccsd_app.scene.palette import region_colours
from ccsd_app.scene.planes import Plane
from ccsd_app.session.display import ColourScheme
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region

REGION_COLOURS = region_colours(ColourScheme.OKABE_ITO)
EVERY_PLANE = [pytest.param(p, id=p.value) for p in Plane]
LEFT, MIDDLE, RIGHT = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.RightButton,
)
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session(marked_state):
    return Session(marked_state)


@pytest.fixture
def show(qtbot, session):
    """Shows the view of a plane and waits until it is on screen."""

    def make(plane: Plane = Plane.AXIAL, session: Session = session) -> SliceView:
        view = SliceView(session, plane)
        qtbot.addWidget(view)
        view.resize(420, 380)
        view.show()
        qtbot.waitExposed(view)
        return view

    return make


def pixels(view: SliceView) -> np.ndarray:
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def count_of(image: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((np.abs(image - colour).max(axis=2) < 6).sum())


def widget_point(view: SliceView, point_voxel) -> QPointF:
    column, row = view.scene.picture.location.geometry.pixel_from_voxel(point_voxel)
    return QPointF(*view.placement().point_from_pixel(column + 0.5, row + 0.5))


def send(view, kind, point, button, held, modifiers):
    event = QMouseEvent(
        kind, point, view.mapToGlobal(point), button, held, modifiers or Qt.KeyboardModifier(0)
    )
    QApplication.sendEvent(view, event)


def drag(view, start, end, button, modifiers=None):
    send(view, QEvent.Type.MouseButtonPress, start, button, button, modifiers)
    send(view, QEvent.Type.MouseMove, end, Qt.MouseButton.NoButton, button, modifiers)
    send(view, QEvent.Type.MouseButtonRelease, end, button, Qt.MouseButton.NoButton, modifiers)


def wheel(view, delta, modifiers=None, at=None):
    point = at or QPointF(view.rect().center())
    event = QWheelEvent(
        point,
        view.mapToGlobal(point),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        modifiers or Qt.KeyboardModifier(0),
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


@pytest.mark.parametrize("plane", EVERY_PLANE)
def test_a_click_moves_the_crosshair_to_the_voxel_under_the_pointer(show, session, plane):
    view = show(plane)
    target = [12, 18, 8]
    target[plane.normal_axis] = session.state.cursor_voxel[plane.normal_axis]
    point = widget_point(view, target)
    drag(view, point, point, LEFT)
    assert session.state.cursor_voxel == tuple(target)


def test_dragging_moves_the_crosshair_along_and_all_views_follow(show, session):
    axial, coronal = show(Plane.AXIAL), show(Plane.CORONAL)
    drag(axial, widget_point(axial, (4, 4, 6)), widget_point(axial, (13, 21, 6)), LEFT)
    assert session.state.cursor_voxel == (13, 21, 6)
    assert coronal.scene.picture.location.index == 21


def test_a_click_beside_the_volume_keeps_the_crosshair_inside(show, session):
    view = show()
    drag(view, QPointF(0, 0), QPointF(0, 0), LEFT)
    x, y, _ = session.state.cursor_voxel
    assert (x, y) == (19, 25)  # radiological: the upper left corner is right and anterior


@pytest.mark.parametrize("plane", EVERY_PLANE)
def test_the_wheel_turns_one_slice_a_notch(show, session, plane):
    view = show(plane)
    before = session.state.cursor_voxel[plane.normal_axis]
    wheel(view, 120)
    wheel(view, 60)
    wheel(view, 60)
    assert session.state.cursor_voxel[plane.normal_axis] == before + 2
    wheel(view, -120)
    assert session.state.cursor_voxel[plane.normal_axis] == before + 1


def test_ctrl_wheel_zooms_about_the_pointer_and_leaves_the_slice(show, session):
    view, state = show(), session.state
    point = widget_point(view, (5, 20, 6))
    wheel(view, 240, CTRL, at=point)
    assert view.viewport.zoom > 1.2
    moved = widget_point(view, (5, 20, 6)) - point
    assert abs(moved.x()) + abs(moved.y()) < 1e-6
    assert session.state is state


@pytest.mark.parametrize(
    ("button", "modifiers"), [(MIDDLE, None), (LEFT, SHIFT)], ids=["middle", "shift left"]
)
def test_panning_takes_the_slice_along_with_the_pointer(show, session, button, modifiers):
    view, state = show(), session.state
    before = widget_point(view, (5, 20, 6))
    drag(view, QPointF(100, 100), QPointF(130, 80), button, modifiers)
    assert widget_point(view, (5, 20, 6)).toTuple() == pytest.approx(
        (before + QPointF(30, -20)).toTuple()
    )
    assert session.state is state


def test_right_drag_upwards_zooms_in(show):
    view = show()
    drag(view, QPointF(200, 200), QPointF(200, 150), RIGHT)
    assert view.viewport.zoom > 1


def test_ctrl_shift_drag_changes_the_window_and_r_takes_it_back(show, session, qtbot):
    view = show()
    low, high = view.scene.picture.window
    drag(view, QPointF(100, 100), QPointF(180, 100), LEFT, CTRL | SHIFT)
    wider = view.scene.picture.window
    assert wider[0] < low
    assert wider[1] > high
    drag(view, QPointF(100, 100), QPointF(100, 160), LEFT, CTRL | SHIFT)
    assert sum(view.scene.picture.window) < sum(wider)
    qtbot.keyClick(view, Qt.Key.Key_R)
    assert view.scene.picture.window == (low, high)


def test_a_double_click_asks_to_be_maximised(show, qtbot):
    view = show()
    with qtbot.waitSignal(view.maximise_requested, timeout=1000):
        qtbot.mouseDClick(view, LEFT)


@pytest.mark.parametrize("plane", EVERY_PLANE)
@pytest.mark.parametrize(
    ("key", "across", "down"),
    [
        (Qt.Key.Key_Left, -1, 0),
        (Qt.Key.Key_Right, 1, 0),
        (Qt.Key.Key_Up, 0, -1),
        (Qt.Key.Key_Down, 0, 1),
    ],
    ids=["left", "right", "up", "down"],
)
def test_arrows_move_the_crosshair_the_way_they_point(show, qtbot, plane, key, across, down):
    view = show(plane)
    column, row = view.scene.crosshair
    qtbot.keyClick(view, key)
    assert view.scene.crosshair == (column + across, row + down)


def test_page_keys_turn_slices_and_shift_turns_five(show, session, qtbot):
    view = show()
    qtbot.keyClick(view, Qt.Key.Key_PageUp)
    assert session.state.cursor_voxel[2] == 7
    qtbot.keyClick(view, Qt.Key.Key_PageDown, SHIFT)
    assert session.state.cursor_voxel[2] == 2


def test_r_fits_the_slice_again(show, qtbot):
    view = show()
    wheel(view, 240, CTRL)
    drag(view, QPointF(100, 100), QPointF(150, 150), MIDDLE)
    qtbot.keyClick(view, Qt.Key.Key_R)
    assert (view.viewport.zoom, view.viewport.pan_mm) == (1.0, (0.0, 0.0))


def test_the_screen_shows_the_innermost_region_where_the_tumour_is(show, session):
    view = show()
    session.become(replace(session.state.with_cursor((1, 1, 6)), opacity=1.0))
    x, y = (round(v) for v in widget_point(view, (6, 8, 6)).toTuple())
    assert tuple(pixels(view)[y, x]) == pytest.approx(REGION_COLOURS[Region.ET], abs=6)


def test_hiding_the_overlay_takes_every_region_colour_off_the_screen(show, session):
    view = show()
    session.become(replace(session.state, opacity=1.0))
    assert all(count_of(pixels(view), colour) > 20 for colour in REGION_COLOURS.values())
    session.become(replace(session.state, show_overlay=False))
    assert not any(count_of(pixels(view), colour) for colour in REGION_COLOURS.values())


def test_the_screen_changes_when_another_result_is_shown(show, session):
    view = show()
    before = pixels(view)
    only = ModalitySubset.parse("T1")
    other = replace(
        session.state.result, subset=only, nested_labels=session.state.result.nested_labels // 2
    )
    session.become(session.state.using(only))
    waiting = pixels(view)
    assert (waiting != before).any()  # the badge
    session.become(session.state.with_result(other))
    assert (pixels(view) != waiting).any()
    assert view.scene.badge == ""


@pytest.mark.parametrize("plane", EVERY_PLANE)
def test_the_patients_right_is_painted_on_the_screens_left(show, session, plane):
    """A bright voxel near the right end of the head, looked for in the painted widget."""
    if plane is Plane.SAGITTAL:
        target, on_the_left = (9, 23, 6), True  # the anterior mark: the nose is on the left
    else:
        target, on_the_left = (17, 12, 6), True
    view = show(plane)
    session.become(replace(session.state.with_cursor(target), show_overlay=False))
    # The crosshair leaves a gap around its voxel.
    x, y = (round(v) for v in widget_point(view, target).toTuple())
    image = pixels(view)
    assert image[y, x].min() > 200
    assert (x < view.width() / 2) == on_the_left


def test_an_empty_view_invites_to_open_a_case_and_ignores_the_mouse(show):
    view = show(session=Session(State()))
    assert view.scene is None
    assert count_of(pixels(view), (0xD6, 0xDA, 0xE0)) > 10
    drag(view, QPointF(50, 50), QPointF(80, 80), LEFT)
    drag(view, QPointF(50, 50), QPointF(80, 80), RIGHT)
    wheel(view, 120)
    view.reset()


def test_another_case_is_shown_whole_again(show, session):
    view = show()
    wheel(view, 480, CTRL)
    session.become(session.state.opened(replace(session.state.case)))
    assert view.viewport.zoom == 1.0


def test_an_exported_picture_has_the_size_asked_for_and_the_overlay(show, session):
    view = show()
    session.become(replace(session.state, opacity=1.0))
    image = view.image(ratio=2.0)
    assert image.width() == 2 * view.width()
    assert image.devicePixelRatio() == 2.0


def test_a_screen_reader_gets_the_slice_and_its_input(show, session):
    view = show()
    assert view.accessibleName() == "Axial slice"
    assert "7/14" in view.accessibleDescription()
    assert "T1, T1c withheld" in view.accessibleDescription()
