"""Where voxels appear on the screen, tried with an asymmetric phantom."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsd_app.scene.planes import Edges, Plane, SliceGeometry

SHAPE, SPACING = (5, 7, 4), (1.0, 2.0, 3.0)
EVERY_PLANE = [pytest.param(p, id=p.value) for p in Plane]
IN_PLANE = [
    pytest.param(p, axis, id=f"{p.value}-{'RAS'[axis]}")
    for p in Plane
    for axis in range(3)
    if axis != p.normal_axis
]
BOTH = [pytest.param(True, id="radiological"), pytest.param(False, id="neurological")]


def geometry(plane: Plane, *, radiological: bool = True) -> SliceGeometry:
    return SliceGeometry(plane, SHAPE, SPACING, radiological=radiological)


def image_with_end_marked(plane: Plane, axis: int, *, radiological: bool) -> np.ndarray:
    """A slice of a volume that is 1 at the high end of one axis (R, A or S) and 0 elsewhere."""
    volume = np.zeros(SHAPE)
    end = [slice(None)] * 3
    end[axis] = slice(-1, None)
    volume[tuple(end)] = 1
    return geometry(plane, radiological=radiological).image_of(volume, 1)


@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL], ids=["axial", "coronal"])
def test_the_patients_right_is_on_the_screens_left_for_radiologists(plane):
    image = image_with_end_marked(plane, 0, radiological=True)
    assert image[:, 0].all()
    assert not image[:, 1:].any()


@pytest.mark.parametrize("plane", [Plane.AXIAL, Plane.CORONAL], ids=["axial", "coronal"])
def test_the_patients_right_is_on_the_screens_right_for_neurologists(plane):
    image = image_with_end_marked(plane, 0, radiological=False)
    assert image[:, -1].all()
    assert not image[:, :-1].any()


@pytest.mark.parametrize("radiological", BOTH)
def test_the_nose_is_up_in_the_axial_plane(radiological):
    image = image_with_end_marked(Plane.AXIAL, 1, radiological=radiological)
    assert image[0].all()
    assert not image[1:].any()


@pytest.mark.parametrize("radiological", BOTH)
def test_the_nose_is_left_in_the_sagittal_plane_in_both_conventions(radiological):
    image = image_with_end_marked(Plane.SAGITTAL, 1, radiological=radiological)
    assert image[:, 0].all()
    assert not image[:, 1:].any()


@pytest.mark.parametrize("radiological", BOTH)
@pytest.mark.parametrize("plane", [Plane.SAGITTAL, Plane.CORONAL], ids=["sagittal", "coronal"])
def test_the_top_of_the_head_is_up(plane, radiological):
    image = image_with_end_marked(plane, 2, radiological=radiological)
    assert image[0].all()
    assert not image[1:].any()


@pytest.mark.parametrize("radiological", BOTH)
@pytest.mark.parametrize(("plane", "axis"), IN_PLANE)
def test_the_letter_of_an_edge_is_the_direction_of_the_voxels_there(plane, axis, radiological):
    image = image_with_end_marked(plane, axis, radiological=radiological)
    edges = geometry(plane, radiological=radiological).edges
    lit = {"left": image[:, 0], "right": image[:, -1], "top": image[0], "bottom": image[-1]}
    (at,) = [edge for edge, pixels in lit.items() if pixels.all()]
    assert getattr(edges, at) == "RAS"[axis]


def test_the_letters_of_the_axial_plane():
    assert geometry(Plane.AXIAL).edges == Edges(left="R", right="L", top="A", bottom="P")


@pytest.mark.parametrize("plane", EVERY_PLANE)
@pytest.mark.parametrize("radiological", BOTH)
@given(point=st.tuples(*(st.integers(0, n - 1) for n in SHAPE)))
def test_a_voxel_comes_back_from_its_pixel(plane, radiological, point):
    view = geometry(plane, radiological=radiological)
    column, row = view.pixel_from_voxel(point)
    index = point[plane.normal_axis]
    assert view.voxel_from_pixel(column=column, row=row, index=index) == point


@pytest.mark.parametrize("plane", EVERY_PLANE)
@pytest.mark.parametrize("radiological", BOTH)
@given(point=st.tuples(*(st.integers(0, n - 1) for n in SHAPE)))
def test_the_image_shows_a_voxel_at_its_pixel(plane, radiological, point):
    volume = np.arange(np.prod(SHAPE)).reshape(SHAPE)
    view = geometry(plane, radiological=radiological)
    image = view.image_of(volume, point[plane.normal_axis])
    column, row = view.pixel_from_voxel(point)
    assert image.shape == (view.rows, view.columns)
    assert image[row, column] == volume[point]


def test_pixels_have_the_spacing_of_their_axes():
    sagittal = geometry(Plane.SAGITTAL)
    assert (sagittal.column_mm, sagittal.row_mm, sagittal.count) == (2.0, 3.0, 5)
