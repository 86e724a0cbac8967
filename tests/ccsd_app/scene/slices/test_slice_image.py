"""The pixels of a slice."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.scene.palette import region_colours
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.slice_image import (
    compose,
    grey_levels,
    overlay_shapes,
    reference_outlines,
)
from ccsd_app.scene.slices.slice_scene import resolve
from ccsd_app.session.display import ColourScheme, OverlayStyle
from ccsd_core.domain.region import Region

REGION_COLOURS = region_colours(ColourScheme.OKABE_ITO)
EVERY_PLANE = [pytest.param(p, id=p.value) for p in Plane]
INSIDE = {Region.WT: (4, 5, 3), Region.TC: (5, 6, 4), Region.ET: (7, 8, 6)}
"""A voxel of the marked tumour that lies in this region and in no smaller one."""


def picture_of(state, plane, point):
    scene = resolve(state.with_cursor(point), plane)
    return scene.picture, scene.crosshair


def labels_slice(picture):
    result = picture.overlay.result
    return picture.location.slice_of(result.nested_labels, result.offset_voxel)


def pixel_of(state, plane, point) -> tuple[int, ...]:
    picture, (column, row) = picture_of(state, plane, point)
    return tuple(compose(picture)[row, column].tolist())


@pytest.mark.parametrize("plane", EVERY_PLANE)
@pytest.mark.parametrize("region", Region)
def test_an_opaque_voxel_has_the_colour_of_its_innermost_region(marked_state, plane, region):
    state = replace(marked_state, opacity=1.0)
    assert pixel_of(state, plane, INSIDE[region]) == REGION_COLOURS[region]


@pytest.mark.parametrize("plane", EVERY_PLANE)
def test_a_hidden_region_gives_its_place_to_the_one_around_it(marked_state, plane):
    state = replace(marked_state, opacity=1.0).showing(Region.ET, visible=False)
    assert pixel_of(state, plane, INSIDE[Region.ET]) == REGION_COLOURS[Region.TC]


@pytest.mark.parametrize("plane", EVERY_PLANE)
def test_without_opacity_the_slice_is_grey(marked_state, plane):
    red, green, blue = pixel_of(replace(marked_state, opacity=0.0), plane, INSIDE[Region.ET])
    assert red == green == blue


@pytest.mark.parametrize("plane", EVERY_PLANE)
def test_half_opacity_lies_half_way(marked_state, plane):
    point = INSIDE[Region.ET]
    ends = [pixel_of(replace(marked_state, opacity=o), plane, point) for o in (0.0, 1.0)]
    half = pixel_of(replace(marked_state, opacity=0.5), plane, point)
    assert half == pytest.approx(np.mean(ends, axis=0), abs=1.5)


@pytest.mark.parametrize("plane", EVERY_PLANE)
def test_the_overlay_covers_the_voxels_of_the_result_and_no_other(marked_state, plane):
    picture, _ = picture_of(marked_state, plane, INSIDE[Region.ET])
    whole = np.zeros(marked_state.case.grid.shape, np.uint8)
    whole[4:10, 5:13, 3:9] = marked_state.result.nested_labels
    expected = picture.location.geometry.image_of(whole, picture.location.index)
    np.testing.assert_array_equal(labels_slice(picture), expected)


@pytest.mark.parametrize("plane", EVERY_PLANE)
def test_a_slice_beside_the_tumour_has_no_overlay(marked_state, plane):
    picture, _ = picture_of(marked_state, plane, (15, 20, 11))
    assert labels_slice(picture) is None
    assert overlay_shapes(picture) == ()
    grey = compose(picture)
    assert (grey == grey[..., :1]).all()


@pytest.mark.parametrize("plane", EVERY_PLANE)
def test_an_empty_result_draws_nothing(marked_state, plane):
    empty = replace(
        marked_state.result, nested_labels=np.zeros((0, 0, 0), np.uint8), offset_voxel=(0, 0, 0)
    )
    state = marked_state.with_result(empty)
    assert labels_slice(picture_of(state, plane, (0, 0, 0))[0]) is None


def test_outlines_leave_the_inside_almost_grey(marked_state):
    state = replace(marked_state, overlay=OverlayStyle.OUTLINE, opacity=1.0)
    pixel = pixel_of(state, Plane.AXIAL, INSIDE[Region.ET])
    assert max(pixel) - min(pixel) < 60
    picture, _ = picture_of(state, Plane.AXIAL, INSIDE[Region.ET])
    assert [shape.colour for shape in overlay_shapes(picture)] == list(REGION_COLOURS.values())


def test_the_experts_outline_is_that_of_the_labels(marked_state):
    """The phantom's labels are the result, moved by two voxels to the patient's right."""
    shown = replace(marked_state, show_reference=True)
    picture, _ = picture_of(shown, Plane.AXIAL, INSIDE[Region.ET])
    (ours,), (theirs,) = overlay_shapes(picture)[0].lines, reference_outlines(picture)[Region.WT]
    np.testing.assert_allclose(theirs.min(axis=0), ours.min(axis=0) + np.array([-2, 0]))


def test_without_the_reference_no_expert_outline(marked_state):
    assert reference_outlines(picture_of(marked_state, Plane.AXIAL, (7, 8, 6))[0]) == {}


def test_the_window_maps_its_ends_to_black_and_white():
    image = np.array([[-5, 10, 60, 110, 500, np.nan]], np.float32)
    assert grey_levels(image, (10, 110)).tolist() == [[0, 0, 127, 255, 255, 0]]
