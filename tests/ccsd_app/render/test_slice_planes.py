"""Slices and cut faces in space, drawn off screen."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.render import slice_planes, surfaces
from ccsd_app.scene.cropped_regions import CroppedRegions
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.view3d.view3d_plane import View3dPlane
from ccsd_app.scene.view3d.view3d_scene import CUT_PLANES, View3dScene, resolve_view3d
from ccsd_app.scene.view3d.view3d_slice import View3dSlice
from ccsd_app.session.display import ColourScheme, Cut, View3dSettings
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume

SHAPE = (24, 30, 20)
MARK = {Plane.AXIAL: (6, 21, 9), Plane.SAGITTAL: (9, 21, 5), Plane.CORONAL: (6, 12, 14)}
"""For each plane a voxel that no reflection or rotation of the slice leaves in its place."""


def rotation(degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.array(
        [[1, 0, 0], [0, c, -s], [0, s, c]]
    )


MATRICES = {
    "anisotropic": np.diag([1, 1.5, 3]),
    "mirrored": np.diag([-1, 1, 1.2]),
    "oblique": rotation(25) @ np.diag([1, 1.2, 2]),
    "oblique and mirrored": rotation(25) @ np.diag([1, 1.2, -2]),
}


def pixels(plotter) -> np.ndarray:
    plotter.render()
    return plotter.screenshot(return_img=True).astype(float)


def on_screen(plotter, point_mm) -> tuple[float, float]:
    """(column, row) of a world point."""
    renderer = plotter.renderer
    renderer.SetWorldPoint(*point_mm, 1.0)
    renderer.WorldToDisplay()
    x, y, _ = renderer.GetDisplayPoint()
    return x, plotter.window_size[1] - 1 - y


def looking(state, **look):
    return resolve_view3d(replace(state, view3d=View3dSettings(**look)))


@pytest.mark.parametrize("plane", Plane)
@pytest.mark.parametrize("name", MATRICES)
def test_a_bright_voxel_of_a_slice_shines_where_its_world_point_is(plotter, plane, name):
    world_from_voxel = np.eye(4)
    world_from_voxel[:3, :3], world_from_voxel[:3, 3] = MATRICES[name], (7, -31, 12)
    head = np.full(SHAPE, 100.0)
    mark = MARK[plane]
    head[mark] = 1000
    grid = Volume(head, world_from_voxel)
    place = View3dPlane(plane, mark[plane.normal_axis], grid)
    scene = View3dScene(
        head=grid,
        result=None,
        visible=frozenset(),
        colours=ColourScheme.OKABE_ITO,
        brain=False,
        expert=None,
        slices=(View3dSlice(place, grid, (0, 1000)),),
        cut=None,
        provenance="",
    )
    surfaces.apply(plotter, None, scene)
    centre = place.corners_mm.mean(axis=0)
    plotter.camera.position = centre - 120 * place.inwards
    plotter.camera.focal_point = centre
    plotter.camera.up = place.corners_mm[3] - place.corners_mm[0]
    plotter.renderer.ResetCameraClippingRange()
    image = pixels(plotter)
    rows, columns = np.nonzero((image.min(axis=2) > 150) & (np.ptp(image, axis=2) < 5))
    assert len(rows)
    wanted = on_screen(plotter, grid.world_from(mark))
    assert (columns.mean(), rows.mean()) == pytest.approx(wanted, abs=1.5)


def test_zeros_let_see_what_is_behind(plotter, marked_state):
    scene = looking(marked_state, slices=True)
    nothing = scene.head.with_array(np.zeros(scene.head.shape))
    clear = replace(scene, slices=tuple(replace(s, background=nothing) for s in scene.slices))
    bare = replace(scene, slices=())
    surfaces.apply(plotter, None, bare)
    before = pixels(plotter)
    surfaces.apply(plotter, bare, clear)
    np.testing.assert_allclose(pixels(plotter), before, atol=1)
    surfaces.apply(plotter, clear, scene)
    assert np.abs(pixels(plotter) - before).max() > 50


def test_slices_are_moved_not_made_anew_and_taken_away(plotter, marked_state):
    look = {"slices": True}
    scene = looking(marked_state, **look)
    surfaces.apply(plotter, None, scene)
    before, actor = pixels(plotter), plotter.actors[slice_planes.NAMES[Plane.AXIAL]]
    moved = looking(marked_state.with_cursor((9, 12, 11)), **look)
    surfaces.apply(plotter, scene, moved)
    assert plotter.actors[slice_planes.NAMES[Plane.AXIAL]] is actor
    assert np.asarray(actor.bounds)[4:] == pytest.approx([-12 + 2 * 11] * 2)
    assert (pixels(plotter) != before).any()
    bare = looking(marked_state)
    surfaces.apply(plotter, moved, bare)
    assert surfaces.drawn_names(plotter) == ("ET", "TC", "WT", "brain")


@pytest.mark.parametrize("cut", CUT_PLANES)
def test_a_cut_takes_the_open_half_of_every_surface_and_of_the_other_slices(
    plotter, marked_state, cut
):
    scene = looking(marked_state, cut=cut, slices=True, expert=True)
    surfaces.apply(plotter, None, scene)
    along = slice_planes.NAMES[scene.cut.plane]
    for name in surfaces.drawn_names(plotter):
        planes = plotter.actors[name].mapper.GetClippingPlanes()
        if name == along:
            assert planes is None or planes.GetNumberOfItems() == 0
            continue
        assert planes.GetNumberOfItems() == 1
        [x, y, z] = marked_state.cursor_voxel
        grid = marked_state.case.grid
        assert planes.GetItem(0).EvaluateFunction(grid.world_from((x, y, z))) == pytest.approx(0)
        kept = np.add(grid.world_from((x, y, z)), scene.cut.inwards)
        assert planes.GetItem(0).EvaluateFunction(kept) == pytest.approx(1)


def test_what_is_cut_away_leaves_the_picture_and_comes_back(plotter, marked_state):
    whole, open_ = looking(marked_state), looking(marked_state, cut=Cut.AXIAL)
    surfaces.apply(plotter, None, whole)
    before = pixels(plotter)
    x, y = on_screen(plotter, whole.head.world_from((9, 22, 12)))
    around = np.s_[round(y) - 8 : round(y) + 8, round(x) - 8 : round(x) + 8]
    surfaces.apply(plotter, whole, open_)
    after = pixels(plotter)
    assert surfaces.drawn_names(plotter) == ("ET", "TC", "WT", "brain", "cut face")
    assert np.abs(after - before)[around].max() > 10
    surfaces.apply(plotter, open_, whole)
    np.testing.assert_allclose(pixels(plotter), before, atol=1)


def test_on_a_grey_slice_the_cut_face_tints_instead_of_covering(plotter, marked_state):
    scene = looking(marked_state, cut=Cut.CORONAL, slices=True)
    surfaces.apply(plotter, None, scene)
    assert slice_planes.FACE not in surfaces.drawn_names(plotter)
    without = looking(marked_state, slices=True)
    surfaces.apply(plotter, scene, without)
    surfaces.apply(plotter, without, scene)
    assert slice_planes.FACE not in surfaces.drawn_names(plotter)


def test_the_expert_surfaces_are_translucent_and_made_once(plotter, marked_state):
    cache, bare = surfaces.MeshCache(), looking(marked_state)
    scene = looking(marked_state, expert=True)
    surfaces.apply(plotter, None, bare, cache)
    assert cache._expert is None
    surfaces.apply(plotter, bare, scene, cache)
    expert_names = ("expert ET", "expert TC", "expert WT")
    assert set(expert_names) < set(surfaces.drawn_names(plotter))
    assert all(plotter.actors[name].prop.opacity < 0.2 for name in expert_names)
    meshes = [id(cache.expert_mesh(scene.expert, region, scene.head)) for region in Region]
    surfaces.apply(plotter, scene, bare, cache)
    surfaces.apply(plotter, bare, scene, cache)
    assert [id(cache.expert_mesh(scene.expert, region, scene.head)) for region in Region] == meshes
    centre = np.mean([plotter.actors["expert WT"].bounds[:2], plotter.actors["WT"].bounds[:2]], 1)
    assert centre[0] - centre[1] == pytest.approx(2, abs=0.01)  # rolled by two voxels


def test_another_cases_expert_is_not_taken_from_the_cache(marked_state):
    cache, scene = surfaces.MeshCache(), looking(marked_state, expert=True)
    first = cache.expert_mesh(scene.expert, Region.WT, scene.head)
    assert cache.expert_mesh(scene.expert, Region.WT, scene.head) is first
    other = CroppedRegions(scene.expert.nested_labels.copy(), scene.expert.offset_voxel)
    assert cache.expert_mesh(other, Region.WT, scene.head) is not first
