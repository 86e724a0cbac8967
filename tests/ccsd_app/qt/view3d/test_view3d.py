"""The 3-D view on a real X server, and its stand-in without one."""

import gc
import os
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from ccsd_app.qt.view3d import gl_start
from ccsd_app.qt.view3d.gl_probe import Probe
from ccsd_app.qt.view3d.view3d import Status, View3D
from ccsd_app.scene.view3d.viewpoint import Side
from ccsd_app.session.display import ColourScheme, Cut, View3dSettings
from ccsd_app.session.session import Session
from ccsd_app.session.state import Activity, State
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

START_MS = 60_000

needs_x = pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs an X display (xvfb-run)")


@pytest.fixture
def session(marked_state):
    return Session(marked_state)


@pytest.fixture
def show(qtbot, session):
    views = []

    def make(session: Session = session) -> View3D:
        view = View3D(session)
        views.append(view)
        qtbot.addWidget(view)
        view.resize(320, 300)
        view.show()
        qtbot.waitExposed(view)
        return view

    yield make
    for view in views:
        view.shutdown()


@pytest.fixture
def live(show, qtbot):
    view = show()
    qtbot.waitUntil(lambda: view.status is not Status.STARTING, timeout=START_MS)
    assert view.status is Status.LIVE, view.reason
    qtbot.waitUntil(lambda: view.up_to_date, timeout=START_MS)
    return view


@pytest.fixture
def no_opengl(monkeypatch):
    monkeypatch.setattr(gl_start, "probe", lambda platform: Probe(ok=False, reason="no driver"))


def pixels(view: View3D) -> np.ndarray:
    image = view.image().convertToFormat(view.image().Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


@needs_x
def test_the_view_says_that_it_starts_and_then_shows_all_surfaces(show, qtbot):
    view = show()
    assert view.status is Status.STARTING
    with qtbot.waitSignal(view.surface_ready, timeout=START_MS):
        pass
    assert view.status is Status.LIVE
    assert view.actor_names == ("ET", "TC", "WT", "brain")
    assert all(view.surface_cells(r) > 0 for r in Region)
    assert view.up_to_date
    assert np.ptp(pixels(view)) > 60


@needs_x
def test_another_result_changes_surface_and_picture(live, session):
    before, cells = pixels(live), live.surface_cells(Region.WT)
    nested_labels = session.state.result.nested_labels.copy()
    nested_labels[3:] = 0
    session.become(
        session.state.with_result(replace(session.state.result, nested_labels=nested_labels))
    )
    assert 0 < live.surface_cells(Region.WT) < cells
    assert (pixels(live) != before).any()


@needs_x
def test_a_hidden_region_is_not_drawn(live, session):
    session.become(session.state.showing(Region.WT, visible=False))
    assert live.actor_names == ("ET", "TC", "brain")
    assert live.surface_cells(Region.WT) == 0


@needs_x
def test_a_hidden_view_does_no_work_until_it_is_seen_again(live, session, qtbot):
    live.hide()
    session.become(session.state.showing(Region.WT, visible=False))
    assert not live.up_to_date
    live.show()
    qtbot.waitUntil(lambda: live.up_to_date)
    assert live.actor_names == ("ET", "TC", "brain")


@needs_x
def test_closing_the_case_empties_the_view(live, session, qtbot):
    session.become(State())
    assert live.actor_names == ()
    qtbot.waitUntil(lambda: live.up_to_date)


@needs_x
def test_no_key_reaches_vtk_whose_own_keys_close_and_change_things(live, qtbot, monkeypatch):
    heard = []
    for handler in ("keyPressEvent", "keyReleaseEvent"):
        monkeypatch.setattr(live._plotter, handler, heard.append)
    live._plotter.iren.interactor.AddObserver("KeyPressEvent", lambda *_: heard.append("vtk"))
    for key in (Qt.Key.Key_Q, Qt.Key.Key_E, Qt.Key.Key_W, Qt.Key.Key_3, Qt.Key.Key_R):
        qtbot.keyClick(live._canvas, key)
        qtbot.keyClick(live, key)
    assert not heard
    assert not live._plotter.hasFocus()


@needs_x
def test_reading_the_picture_does_not_swallow_the_signal_of_its_painting(live, session, qtbot):
    with qtbot.waitSignal(live.surface_ready, timeout=5000):
        session.become(session.state.showing(Region.WT, visible=False))
        assert not live.image().isNull()
    assert live.up_to_date


@needs_x
def test_a_double_click_asks_to_be_maximised(live, qtbot):
    with qtbot.waitSignal(live.maximise_requested, timeout=1000):
        qtbot.mouseDClick(live._canvas, Qt.MouseButton.LeftButton)


@needs_x
def test_dragging_turns_the_head_and_the_picture_follows(live, qtbot):
    before, camera = pixels(live), live._plotter.camera.position
    frames = []
    live._canvas.painted.connect(lambda: frames.append(1))
    qtbot.mousePress(live._canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    for step in range(1, 5):
        qtbot.mouseMove(live._canvas, QPoint(100 + 10 * step, 100))
    qtbot.mouseRelease(live._canvas, Qt.MouseButton.LeftButton, pos=QPoint(140, 100))
    qtbot.waitUntil(lambda: bool(frames))
    assert live._plotter.camera.position != pytest.approx(camera)
    assert (pixels(live) != before).any()


@needs_x
def test_moving_the_mouse_without_a_button_renders_nothing(live, qtbot):
    frames = []
    live._canvas.painted.connect(lambda: frames.append(1))
    for step in range(5):
        qtbot.mouseMove(live._canvas, QPoint(50 + 10 * step, 80))
    qtbot.wait(100)
    assert not frames


@needs_x
def test_a_larger_view_gets_a_larger_picture(live, qtbot):
    live.resize(420, 380)
    qtbot.waitUntil(lambda: live._canvas.size() == live.image().size() and live.up_to_date)
    assert live.image().width() > 400


@needs_x
def test_one_change_is_one_frame(live, session, qtbot):
    rendered = []
    live._plotter.ren_win.AddObserver("EndEvent", lambda *_: rendered.append(1))
    session.become(session.state.showing(Region.WT, visible=False))
    qtbot.waitUntil(lambda: live.up_to_date)
    qtbot.wait(100)
    assert len(rendered) == 1


@needs_x
@pytest.mark.parametrize("width", [217, 340, 430])
def test_the_picture_keeps_its_size_after_the_longest_text(live, session, qtbot, width):
    live.resize(width, 420)
    sizes = set()
    most = ModalitySubset.of(Modality.FLAIR)  # three are absent
    for subset in (most, *ModalitySubset.every()):
        result = replace(session.state.result, subset=subset)
        session.become(session.state.with_result(result).using(subset))
        qtbot.waitUntil(lambda: live.up_to_date)
        assert subset.missing == () or "withheld" in live._caption.text()
        sizes.add(live._canvas.size().toTuple())
    assert len(sizes) == 1


@needs_x
def test_meshes_of_results_that_are_not_on_screen_are_made_ahead(live, session, qtbot):
    waiting = replace(session.state.result, subset=ModalitySubset.of(Modality.T1))
    session.become(session.state.with_result(waiting))
    assert session.state.result is not waiting
    cache = live._meshes
    qtbot.waitUntil(lambda: len(cache._meshes_by_result.get(waiting, {})) == len(Region))


@needs_x
def test_reset_brings_the_preset_camera_back(live):
    preset = live._plotter.camera.position
    live._plotter.camera.position = (1.0, 2.0, 300.0)
    live.reset_camera()
    assert live._plotter.camera.position == pytest.approx(preset)


@needs_x
def test_shutting_down_twice_closes_the_plotter_once_and_emits_nothing_after(live, session):
    plotter = live._plotter
    live.shutdown()
    live.shutdown()
    assert plotter._closed
    assert live.status is Status.CLOSED
    session.become(session.state.showing(Region.ET, visible=False))
    assert live.actor_names == ()


@needs_x
def test_a_closed_window_leaves_neither_view_nor_interactor_behind(session, qtbot):
    def open_and_close() -> list[weakref.ref]:
        window = QWidget()
        view = View3D(session, window)
        window.resize(300, 300)
        window.show()
        qtbot.waitUntil(lambda: view.status is not Status.STARTING, timeout=START_MS)
        gone = [weakref.ref(view), weakref.ref(view._plotter)]
        view.shutdown()
        window.close()
        window.deleteLater()
        return gone

    gone = open_and_close()
    qtbot.waitUntil(lambda: gc.collect() >= 0 and all(r() is None for r in gone), timeout=5000)


def test_without_opengl_the_reason_is_shown_with_a_still_picture(show, session, qtbot, no_opengl):
    view = show()
    qtbot.waitUntil(lambda: view.up_to_date, timeout=START_MS)
    assert view.status is Status.UNAVAILABLE
    assert view._caption.text().startswith("Still picture; it cannot be rotated: no driver")
    children = view.children()
    assert children.index(view._caption) > children.index(view._still)  # above the picture
    assert "input: FLAIR, T2" in view._caption.text()
    before = pixels(view)
    assert np.ptp(before) > 60
    session.become(session.state.showing(Region.WT, visible=False))
    session.become(session.state.showing(Region.TC, visible=False))  # while that is rendered
    assert not view.up_to_date
    qtbot.waitUntil(lambda: view.up_to_date, timeout=START_MS)
    assert (pixels(view) != before).any()


def test_where_no_picture_can_be_made_either_the_words_remain(show, qtbot, no_opengl, monkeypatch):
    monkeypatch.setattr("ccsd_app.qt.view3d.still_view.sys.executable", "/nowhere/python")
    view = show()
    qtbot.waitUntil(lambda: view.up_to_date, timeout=START_MS)
    assert view.image().isNull()
    assert view._caption.text().startswith("3-D unavailable: no driver")


def test_a_view_that_is_closed_while_it_starts_stays_quiet(show, qtbot):
    view = show()
    view.shutdown()
    qtbot.wait(200)
    assert view.status is Status.CLOSED
    assert view.actor_names == ()


@needs_x
def test_no_mesh_is_made_ahead_while_a_case_is_read(live, session, qtbot):
    waiting = replace(session.state.result, subset=ModalitySubset.of(Modality.T1))
    reading = replace(session.state, activity=Activity("opening other", 0, 0))
    session.become(reading.with_result(waiting))
    qtbot.wait(300)
    assert waiting not in live._meshes._meshes_by_result
    session.become(replace(session.state, activity=None))
    qtbot.waitUntil(lambda: len(live._meshes._meshes_by_result.get(waiting, {})) == len(Region))


def button(view: View3D, name: str) -> QToolButton:
    found = view.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


@needs_x
@pytest.mark.parametrize("side", Side)
def test_a_letter_turns_the_camera_to_that_side_and_the_picture_follows(live, qtbot, side):
    before = pixels(live)
    button(live, f"from_{side.value}").click()
    camera = live._plotter.camera
    towards = np.subtract(camera.position, camera.focal_point)
    assert towards / np.linalg.norm(towards) == pytest.approx(side.outwards)
    assert (pixels(live) != before).any()
    button(live, "from_preset").click()
    np.testing.assert_allclose(pixels(live), before, atol=1)


@needs_x
def test_the_row_draws_brain_slices_and_expert(live, qtbot):
    button(live, "view3d_brain").click()
    assert live.actor_names == ("ET", "TC", "WT")
    button(live, "view3d_slices").click()
    button(live, "view3d_expert").click()
    expert_names, slices = ("ET", "TC", "WT"), ("axial", "coronal", "sagittal")
    expected = [f"expert {name}" for name in expert_names] + [f"slice {name}" for name in slices]
    assert live.actor_names == ("ET", "TC", "WT", *expected)
    qtbot.waitUntil(lambda: live.up_to_date)


@needs_x
def test_moving_the_crosshair_renders_nothing_without_slices_and_cut(live, session, qtbot):
    frames = []
    live._canvas.painted.connect(lambda: frames.append(1))
    for x in range(5, 12):
        session.become(session.state.with_cursor((x, x, x)))
    qtbot.wait(100)
    assert not frames
    assert live.up_to_date


@needs_x
@pytest.mark.parametrize("look", [View3dSettings(slices=True), View3dSettings(cut=Cut.AXIAL)])
def test_slices_and_cut_follow_the_crosshair(live, session, qtbot, look):
    session.become(replace(session.state, view3d=look))
    before = pixels(live)
    session.become(session.state.with_cursor((7, 8, 9)))
    qtbot.waitUntil(lambda: live.up_to_date)
    assert (pixels(live) != before).any()


@needs_x
def test_another_colour_scheme_recolours_the_picture(live, session):
    before = pixels(live)
    session.become(replace(session.state, colours=ColourScheme.BRATS))
    assert (pixels(live) != before).any()


@needs_x
def test_the_caption_says_why_the_core_is_opaque(live, session):
    assert "opaque" not in live._caption.text()
    session.become(session.state.showing(Region.ET, visible=False))
    assert "ET hidden; TC shown opaque · input: FLAIR, T2" in live._caption.text()


@needs_x
def test_longer_words_do_not_make_the_picture_smaller(live, session, qtbot):
    live.resize(150, 300)
    canvas = live.findChild(QWidget, "canvas3d")
    qtbot.waitUntil(lambda: canvas.width() == 150, timeout=START_MS)
    size, words = canvas.size(), live._caption.height()
    assert words < live.height() / 3
    session.become(session.state.showing(Region.ET, visible=False))
    assert live._caption.height() > words
    assert live._caption.geometry().bottom() == live.rect().bottom()
    children = live.children()
    assert children.index(live._caption) > children.index(canvas)  # it lies above the picture
    live.layout().activate()
    assert canvas.size() == size


def test_a_still_picture_cannot_be_turned_but_shows_the_rest(show, qtbot, no_opengl):
    view = show()
    qtbot.waitUntil(lambda: view.up_to_date, timeout=START_MS)
    letter = button(view, "from_L")
    assert not letter.isEnabled()
    assert letter.toolTip() == "A still picture cannot be rotated: no driver"
    before = pixels(view)
    button(view, "view3d_slices").click()
    qtbot.waitUntil(lambda: view.up_to_date, timeout=START_MS)
    assert (pixels(view) != before).any()


def test_without_any_picture_every_tool_is_disabled(show, qtbot, no_opengl, monkeypatch):
    monkeypatch.setattr("ccsd_app.qt.view3d.still_view.sys.executable", "/nowhere/python")
    view = show()
    qtbot.waitUntil(lambda: view.up_to_date, timeout=START_MS)
    for name in ("from_L", "view3d_brain", "view3d_slices", "view3d_expert", "view3d_cut"):
        assert not button(view, name).isEnabled()
        assert button(view, name).toolTip() == "3-D unavailable: no driver"
