"""Measuring in the real window: by mouse and by keys alone, listed, deleted, undone."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QToolButton

from ccsd_app.scene.measured import measured
from ccsd_app.scene.planes import Plane
from ccsd_app.session.measurement import MeasureKind
from ccsd_core.domain.region import Region

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton


def test_an_ellipse_is_dragged_listed_deleted_and_undone(open_window, qtbot):
    parts = open_window()
    view = parts.window.views.slices[Plane.AXIAL]
    QTest.keyClick(view, Key.Key_M)
    QTest.keyClick(view, Key.Key_M)
    assert parts.session.state.drawing.kind is MeasureKind.ELLIPSE
    middle, cursor = view.rect().center(), parts.session.state.cursor_voxel
    start, end = middle - QPoint(30, 20), middle + QPoint(30, 20)

    QTest.mousePress(view, LEFT, pos=start)
    QTest.mouseMove(view, middle)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, LEFT, pos=end)

    (one,) = parts.session.state.measurements
    assert parts.session.state.cursor_voxel == cursor  # a measurement leaves the crosshair alone
    placement = view.placement()
    mm = parts.session.state.case.grid.spacing_mm
    sides = 60 / placement.column_px * mm[0], 40 / placement.row_px * mm[1]
    area = measured(one, parts.session.state.case).area_mm2
    assert area == pytest.approx(3.14159 / 4 * sides[0] * sides[1], rel=0.02)
    listed = parts.window.findChild(QListWidget, "measure_list")
    assert (listed.count(), listed.isVisible()) == (1, True)
    assert view.scene.marks[0].lines
    qtbot.waitUntil(lambda: listed.verticalScrollBar().maximum() == 0)  # all lines are in sight

    QTest.keyClick(view, Key.Key_Escape)
    assert parts.session.state.drawing is None
    QTest.keyClick(listed, Key.Key_Delete)
    assert parts.session.state.measurements == ()
    QTest.keyClick(view, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert parts.session.state.measurements == (one,)


def test_a_distance_is_measured_by_keys_alone(open_window):
    parts = open_window()
    view = parts.window.views.slices[Plane.AXIAL]
    view.setFocus()
    QTest.keyClick(view, Key.Key_M)
    QTest.keyClick(view, Key.Key_Return)
    for _ in range(4):
        QTest.keyClick(view, Key.Key_Right)
    QTest.keyClick(view, Key.Key_Return)

    (one,) = parts.session.state.measurements
    mm = parts.session.state.case.grid.spacing_mm[0]
    assert measured(one, parts.session.state.case).lengths_mm == pytest.approx((4 * mm,))


def test_a_comparison_may_begin_while_something_is_measured(open_window):
    parts = open_window()
    QTest.keyClick(parts.window, Key.Key_M)
    QTest.keyClick(parts.window, Key.Key_C)
    other = parts.window.views.compared_slices[Plane.AXIAL]
    QTest.mouseClick(other, LEFT, pos=other.rect().center())

    assert parts.session.state.problem == ""
    assert len(parts.session.state.drawing.points_voxel) == 1
    assert other.scene.marks


def test_diameters_come_from_a_menu_that_screen_readers_can_name(open_window):
    parts = open_window()
    button = parts.window.findChild(QToolButton, "measure_diameters")
    assert button.accessibleName()
    entry = next(a for a in button.menu().actions() if a.objectName() == "diameters_WT")
    entry.trigger()
    assert parts.session.state.measurements[0].region is Region.WT
