"""Measuring: from points in the slices to numbers, a list, and undo."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.scene.measured import measured
from ccsd_app.scene.planes import Plane, SliceGeometry
from ccsd_app.scene.slices.marks import marks_on
from ccsd_app.session.measurement import Drawing, MeasureKind
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.measuring.measure_panel import measure_panel
from ccsd_app.viewmodel.measuring.measuring import Measuring
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume

SPACING = np.diag([0.5, 1.5, 4.0, 1.0])


@pytest.fixture
def session(phantom_state) -> Session:
    """Thin pixels of two sizes, thick slices; FLAIR holds x, T2 holds 7."""
    shape = (60, 40, 12)
    x = np.broadcast_to(np.arange(60.0)[:, None, None], shape).copy()
    volumes = {
        Modality.FLAIR: Volume(x, SPACING),
        Modality.T2: Volume(np.full(shape, 7.0), SPACING),
    }
    case = replace(phantom_state.case, volumes=volumes, reference=None)
    return Session(State().opened(case))


def test_a_distance_is_in_the_patients_millimetres_also_through_thick_slices(session):
    measuring = Measuring(session)
    measuring.toggle(MeasureKind.DISTANCE)
    measuring.point((10, 10, 3), 2)
    measuring.point((16, 10, 4), 2)

    (one,) = session.state.measurements
    assert measured(one, session.state.case).lengths_mm == (5.0,)  # 3 mm across, 4 mm up
    assert measure_panel(session.state).rows[0].title == "1  Distance 5.0 mm"
    assert session.state.drawing == Drawing(MeasureKind.DISTANCE)  # the next may begin


def test_an_ellipse_has_its_area_and_each_sequences_mean(session):
    measuring = Measuring(session)
    measuring.toggle(MeasureKind.ELLIPSE)
    measuring.point((10, 10, 3), 2)
    measuring.point((50, 30, 3), 2)

    (one,) = session.state.measurements
    found = measured(one, session.state.case)
    assert found.area_mm2 == pytest.approx(np.pi * 10 * 15)
    assert found.volume_ml == pytest.approx(np.pi * 10 * 15 * 4 / 1000)
    assert found.inside[Modality.FLAIR].mean == pytest.approx(30)
    assert (found.inside[Modality.T2].mean, found.inside[Modality.T2].sd) == (7, 0)
    assert "FLAIR 30 ± " in measure_panel(session.state).rows[0].detail


def test_the_points_of_a_region_of_interest_lie_in_one_slice(session):
    measuring = Measuring(session)
    measuring.toggle(MeasureKind.ELLIPSE)
    measuring.point((10, 10, 3), 2)
    measuring.point((50, 30, 4), 2)  # another slice: it begins there
    assert session.state.drawing.points_voxel == ((50, 30, 4),)
    measuring.point((50, 3, 1), 1)  # another plane
    assert (session.state.drawing.axis, len(session.state.drawing.points_voxel)) == (1, 1)
    assert not session.state.measurements


def test_keys_alone_draw_a_polygon_and_return_at_its_last_point_closes_it(session):
    measuring = Measuring(session)
    for _ in range(3):
        measuring.next_tool()
    assert measuring.drawing.kind is MeasureKind.POLYGON
    for x, y in ((10, 10), (30, 10), (30, 20), (10, 20)):
        session.become(session.state.with_cursor((x, y, 3)))
        measuring.point_at_crosshair(2)
    measuring.point_at_crosshair(2)

    (one,) = session.state.measurements
    assert measured(one, session.state.case).area_mm2 == pytest.approx(10 * 15)
    measuring.next_tool()
    assert measuring.drawing is None


def test_backspace_takes_a_point_back_and_escape_first_the_points_then_the_tool(session):
    measuring = Measuring(session)
    measuring.toggle(MeasureKind.POLYGON)
    measuring.point((10, 10, 3), 2)
    measuring.point((20, 10, 3), 2)
    measuring.take_back()
    assert measuring.drawing.points_voxel == ((10, 10, 3),)
    measuring.finish()  # one point is no polygon
    assert not session.state.measurements
    assert measuring.cancel()
    assert measuring.drawing == Drawing(MeasureKind.POLYGON)
    assert measuring.cancel()
    assert measuring.drawing is None
    assert not measuring.cancel()


def test_diameters_are_those_of_the_lesion_at_the_crosshair_and_name_their_input(full_state):
    session = Session(full_state)
    assert Measuring(session).measure_diameters(Region.WT) == ""
    assert Measuring(session).measure_diameters(Region.WT) == ""  # again: no second one

    (one,) = session.state.measurements
    assert (one.region, one.subset) == (Region.WT, full_state.shown)
    found = measured(one, full_state.case)
    assert found.lengths_mm[0] >= found.lengths_mm[1] > 0
    assert found.product_mm2 == found.lengths_mm[0] * found.lengths_mm[1]
    assert session.state.cursor_voxel[2] == one.points_voxel[0][2]
    assert measure_panel(session.state).rows[0].title.startswith("1  WT diameters ")


def test_a_region_that_is_not_predicted_gets_a_message(full_state):
    empty = replace(full_state.result, nested_labels=np.zeros((0, 0, 0), np.uint8))
    session = Session(full_state.with_result(empty))
    assert "No ET" in Measuring(session).measure_diameters(Region.ET)
    assert not session.state.measurements


@pytest.mark.parametrize("radiological", [True, False])
@pytest.mark.parametrize("plane", Plane, ids=lambda plane: plane.value)
def test_a_place_of_a_slice_and_its_point_are_inverse(plane, radiological):
    geometry = SliceGeometry(plane, (20, 30, 10), (1, 1, 3), radiological=radiological)
    column, row = geometry.pixel_from_voxel((4, 7, 9))
    point = geometry.point_from_pixel(column + 0.5, row + 0.5, index=(4, 7, 9)[plane.normal_axis])
    assert point == (4, 7, 9)  # the middle of a pixel is its voxel
    assert geometry.pixel_from_point(point) == (column + 0.5, row + 0.5)


def test_a_measurement_is_drawn_on_its_slice_and_an_end_of_a_distance_where_it_is(session):
    measuring = Measuring(session)
    measuring.toggle(MeasureKind.DISTANCE)
    measuring.point((10, 10, 3), 2)
    measuring.point((16, 10, 5), 2)
    measuring.toggle(MeasureKind.ELLIPSE)
    measuring.point((10, 10, 3), 2)
    measuring.point((50, 30, 3), 2)
    state, case = session.state, session.state.case

    def drawn(plane: Plane, index: int) -> list[tuple[int, int]]:
        geometry = SliceGeometry(plane, case.grid.shape, case.grid.spacing_mm, radiological=True)
        return [(len(m.lines), len(m.ends)) for m in marks_on(state, case, geometry, index)]

    assert drawn(Plane.AXIAL, 3) == [(0, 1), (1, 0)]
    assert drawn(Plane.AXIAL, 4) == []
    assert drawn(Plane.AXIAL, 5) == [(0, 1)]
    assert drawn(Plane.CORONAL, 10) == [(1, 2)]  # both ends of the distance lie there
