"""From the state to the 3-D view."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.scene.palette import region_colours
from ccsd_app.scene.planes import Plane, SliceGeometry
from ccsd_app.scene.slices.slice_image import compose
from ccsd_app.scene.slices.slice_scene import resolve
from ccsd_app.scene.view3d.view3d_scene import CUT_PLANES, resolve_view3d
from ccsd_app.session.display import ColourScheme, Cut, View3dSettings
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region


def looking(state, **look):
    return replace(state, view3d=View3dSettings(**look))


def raw(image, state, plane):
    """The screen's image (rows, columns) as rows along the row axis, columns along the column."""
    geometry = SliceGeometry(
        plane, state.case.grid.shape, state.case.grid.spacing_mm, radiological=state.radiological
    )
    turned = image[::-1]
    return turned[:, ::-1] if geometry.columns_mirrored else turned


@pytest.mark.parametrize("look", [{}, {"expert": True}, {"brain": False}])
def test_the_crosshair_changes_nothing_where_neither_slices_nor_cut_are_drawn(marked_state, look):
    state = looking(marked_state, **look)
    assert resolve_view3d(state.with_cursor((1, 2, 3))) == resolve_view3d(state)


@pytest.mark.parametrize("cut", CUT_PLANES)
def test_a_cut_follows_the_crosshair_across_its_plane_and_only_across(marked_state, cut):
    state, axis = looking(marked_state, cut=cut), CUT_PLANES[cut].normal_axis
    for moved in range(3):
        point = list(state.cursor_voxel)
        point[moved] += 1
        after = resolve_view3d(state.with_cursor(tuple(point)))
        assert (after != resolve_view3d(state)) == (moved == axis)
    assert after.cut.plane is CUT_PLANES[cut]


def test_slices_follow_the_crosshair(marked_state):
    scene = resolve_view3d(looking(marked_state, slices=True).with_cursor((3, 5, 7)))
    assert {s.place.plane: s.place.index for s in scene.slices} == {
        Plane.AXIAL: 7,
        Plane.SAGITTAL: 3,
        Plane.CORONAL: 5,
    }


@pytest.mark.parametrize("plane", Plane)
@pytest.mark.parametrize("radiological", [True, False])
def test_a_slice_in_space_has_the_grey_levels_of_the_slice_on_the_screen(
    marked_state, plane, radiological
):
    state = replace(
        looking(marked_state, slices=True), show_overlay=False, radiological=radiological
    ).with_background(Modality.T2)
    state = replace(state, windows={Modality.T2: (50.0, 400.0)})
    [there] = [s for s in resolve_view3d(state).slices if s.place.plane is plane]
    grey = raw(compose(resolve(state, plane).picture), state, plane)
    rgba = there.rgba()
    np.testing.assert_array_equal(rgba[..., :3], grey)
    image = np.take(there.background.array, there.place.index, plane.normal_axis).T
    np.testing.assert_array_equal(rgba[..., 3] > 0, image != 0)


def test_what_is_not_a_number_is_transparent(marked_state):
    scene = resolve_view3d(looking(marked_state, slices=True))
    array = scene.head.array.copy()
    array[10, 12, 6] = np.nan
    axial = replace(scene.slices[0], background=scene.head.with_array(array))
    assert axial.rgba()[12, 10].tolist() == [0, 0, 0, 0]


def test_what_is_transparent_is_black_whatever_the_window(marked_state):
    state = replace(looking(marked_state, slices=True), windows={Modality.FLAIR: (-100.0, 400.0)})
    for there in resolve_view3d(state).slices:
        rgba = there.rgba()
        assert (rgba[..., 3] == 0).any()
        assert not rgba[rgba[..., 3] == 0].any()


@pytest.mark.parametrize("scheme", ColourScheme)
@pytest.mark.parametrize("cut", CUT_PLANES)
def test_the_cut_face_has_the_colours_of_the_slice_at_the_same_place(marked_state, cut, scheme):
    state = replace(looking(marked_state, cut=cut), colours=scheme, opacity=1.0)
    plane, face = CUT_PLANES[cut], resolve_view3d(state).face.rgba()
    on_screen = raw(compose(resolve(state, plane).picture), state, plane)
    inside = face[..., 3] > 0
    assert inside.sum() > 10
    np.testing.assert_array_equal(face[inside][:, :3], on_screen[inside])
    found = {tuple(colour) for colour in face[inside][:, :3].tolist()}
    assert found == set(region_colours(scheme).values())


def test_beside_the_tumour_the_cut_face_is_empty(marked_state):
    state = looking(marked_state, cut=Cut.AXIAL).with_cursor((7, 8, 1))
    assert not resolve_view3d(state).face.rgba().any()


def test_the_experts_surfaces_come_only_where_there_are_labels(marked_state):
    assert resolve_view3d(marked_state).expert is None
    assert resolve_view3d(looking(marked_state, expert=True)).expert is not None
    unlabelled = replace(marked_state, case=replace(marked_state.case, reference=None))
    assert resolve_view3d(looking(unlabelled, expert=True)).expert is None


@pytest.mark.parametrize(
    ("visible", "message"),
    [(frozenset(Region), "white: expert WT, TC, ET"), (frozenset(), ""),
     (frozenset([Region.WT, Region.ET]), "white: expert WT, ET")],
)  # fmt: skip
def test_the_white_surfaces_are_explained(marked_state, visible, message):
    state = replace(looking(marked_state, expert=True), visible=visible)

    assert resolve_view3d(state).note == message
    assert "white" not in resolve_view3d(looking(state, expert=False)).note


def test_only_what_the_expert_marked_is_explained(marked_state):
    case = marked_state.case
    oedema = np.where(case.reference.array > 0, case.scheme.oedema, 0).astype(np.uint8)
    state = replace(marked_state, case=replace(case, reference=case.reference.with_array(oedema)))

    assert resolve_view3d(looking(state, expert=True)).note.endswith("white: expert WT")


@pytest.mark.parametrize((("et_ml", "opaque")), [(0.4, Region.TC), (0.6, Region.ET)])
def test_a_speck_of_enhancing_tumour_leaves_the_core_opaque(marked_state, et_ml, opaque):
    shown = marked_state.result
    volumes = {Region.WT: 30.0, Region.TC: 10.0, Region.ET: et_ml}
    state = marked_state.with_result(replace(shown, volumes_ml=volumes))

    scene = resolve_view3d(state)

    assert scene.innermost is opaque
    speck = opaque is Region.TC
    assert scene.note == ("TC shown opaque: ET is only 0.4 mL" if speck else "")
    alone = resolve_view3d(state.showing(Region.TC, visible=False))
    assert alone.innermost is Region.ET


def test_the_innermost_region_that_is_drawn_is_opaque_and_a_note_says_why(marked_state):
    def said(state):
        scene = resolve_view3d(state)
        return scene.innermost, scene.note

    def hidden(*regions):
        return replace(marked_state, visible=frozenset(Region) - set(regions))

    assert said(marked_state) == (Region.ET, "")
    assert said(hidden(Region.ET)) == (Region.TC, "ET hidden; TC shown opaque")
    assert said(hidden(Region.ET, Region.TC)) == (Region.WT, "TC and ET hidden; WT shown opaque")
    assert said(hidden(*Region)) == (None, "")
    result = marked_state.result
    flat = replace(result, nested_labels=np.minimum(result.nested_labels, 2))
    assert said(marked_state.with_result(flat)) == (Region.TC, "no ET predicted; TC shown opaque")
    nothing = replace(result, nested_labels=np.zeros((0, 0, 0), np.uint8))
    assert said(marked_state.with_result(nothing)) == (None, "")
