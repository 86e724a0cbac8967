"""Zoom and pan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsd_app.scene.planes import Plane, SliceGeometry
from ccsd_app.scene.slices.viewport import ZOOM_RANGE, Frame, Viewport

GEOMETRY = SliceGeometry(Plane.CORONAL, (100, 80, 60), (1.0, 1.0, 3.0), radiological=True)
FRAME = Frame.around(GEOMETRY, ((20, 70), (0, 80), (10, 50)))
SIDES = st.floats(50, 2000)
SHIFTS = st.floats(-100, 100)
ZOOMS = st.floats(*ZOOM_RANGE)


@given(ZOOMS, SHIFTS, SHIFTS, SIDES, SIDES, SHIFTS, SHIFTS)
def test_a_widget_point_comes_back_from_its_pixel(zoom, right, down, width, height, x, y):
    placement = Viewport(zoom, (right, down)).placement(GEOMETRY, FRAME, width, height)
    column, row = placement.pixel_from_point(x, y)
    assert placement.point_from_pixel(column, row) == pytest.approx((x, y), abs=1e-6)


@given(ZOOMS, SIDES, SIDES)
def test_a_millimetre_is_as_long_across_as_down(zoom, width, height):
    placement = Viewport(zoom).placement(GEOMETRY, FRAME, width, height)
    across, down = placement.column_px / GEOMETRY.column_mm, placement.row_px / GEOMETRY.row_mm
    assert across == pytest.approx(down)


@given(SIDES, SIDES)
def test_the_patient_fits_into_the_widget_and_touches_none_of_its_edges(width, height):
    placement = Viewport().placement(GEOMETRY, FRAME, width, height)
    corners = [GEOMETRY.pixel_from_voxel(p) for p in ((20, 0, 10), (69, 0, 49))]
    for column, row in corners:
        x, y = placement.point_from_pixel(column + 0.5, row + 0.5)
        assert 0 < x < width
        assert 0 < y < height


@given(ZOOMS, SHIFTS, SHIFTS, st.floats(0.5, 2), SHIFTS, SHIFTS)
def test_zooming_keeps_the_place_under_the_pointer(zoom, right, down, factor, x_mm, y_mm):
    width, height = 400.0, 300.0
    before = Viewport(zoom, (right, down))
    old = before.placement(GEOMETRY, FRAME, width, height)
    point = width / 2 + x_mm * old.column_px, height / 2 + y_mm * old.column_px  # 1 mm columns
    new = before.zoomed(factor, about_mm=(x_mm, y_mm)).placement(GEOMETRY, FRAME, width, height)
    assert new.pixel_from_point(*point) == pytest.approx(old.pixel_from_point(*point), abs=1e-6)


def test_zoom_stays_within_its_range():
    assert Viewport().zoomed(1e9, about_mm=(0, 0)).zoom == ZOOM_RANGE[1]
    assert Viewport().zoomed(1e-9, about_mm=(0, 0)).zoom == ZOOM_RANGE[0]
