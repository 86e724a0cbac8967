"""The 3-D scene, drawn off screen."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.render import surfaces
from ccsd_app.scene.palette import region_colours
from ccsd_app.scene.view3d.view3d_scene import resolve_view3d
from ccsd_app.scene.view3d.viewpoint import Side
from ccsd_app.session.display import ColourScheme
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume


@pytest.fixture
def scene(marked_state):
    return resolve_view3d(marked_state)


def pixels(plotter) -> np.ndarray:
    plotter.render()
    return plotter.screenshot(return_img=True).astype(float)


def degrees_off(image: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """How far the hue of each pixel is from a colour's, brightness aside."""
    lengths = np.maximum(np.linalg.norm(image, axis=-1) * np.linalg.norm(colour), 1e-9)
    return np.degrees(np.arccos(np.clip(image @ np.asarray(colour) / lengths, -1, 1)))


@pytest.fixture
def balls(scene):
    """A scene of three nested balls in a ball."""
    distance = np.linalg.norm(np.indices((60, 60, 60)) - 30, axis=0)
    nested_labels = sum((distance < radius).astype(np.uint8) for radius in (18, 14, 10))
    head = Volume(np.where(distance < 28, 100.0, 0.0), np.eye(4))
    result = replace(scene.result, nested_labels=nested_labels, offset_voxel=(0, 0, 0))
    return replace(scene, head=head, result=result)


@pytest.mark.parametrize("scheme", ColourScheme)
@pytest.mark.parametrize("region", Region)
def test_a_region_alone_is_opaque_and_has_the_hue_of_its_colour(plotter, balls, region, scheme):
    colour = region_colours(scheme)[region]
    scene = replace(balls, colours=scheme, brain=False)
    surfaces.apply(plotter, None, replace(scene, visible=frozenset()))
    before = pixels(plotter)
    surfaces.apply(plotter, scene, replace(scene, visible=frozenset({region})))
    assert surfaces.drawn_names(plotter) == (region.name,)
    after = pixels(plotter)
    drawn = np.abs(after - before).max(axis=2) > 30
    assert drawn.sum() > 30
    assert np.percentile(degrees_off(after[drawn], colour), 90) < 3


def test_the_innermost_region_keeps_its_hue_under_translucent_surfaces(plotter, balls):
    surfaces.apply(plotter, None, balls)
    core = pixels(plotter)[105:135, 105:135]
    colours = region_colours(balls.colours)
    off = {region: np.median(degrees_off(core, colours[region])) for region in Region}
    assert off[Region.ET] < 5
    assert off[Region.ET] < 0.6 * min(off[Region.TC], off[Region.WT])


@pytest.mark.parametrize("region", [Region.TC, Region.WT])
def test_a_translucent_surface_is_clear_in_the_middle_and_dense_at_its_rim(plotter, balls, region):
    scene = replace(balls, brain=False, visible=frozenset({region, Region.ET}))
    surfaces.apply(plotter, None, scene)
    with_surface = pixels(plotter)
    plotter.actors[region.name].SetVisibility(False)
    change = np.abs(with_surface - pixels(plotter)).max(axis=2)[120]
    rim = np.flatnonzero(change > 10)
    assert change[115:125].max() < change[[rim[0] + 1, rim[-1] - 1]].min()


def test_only_the_innermost_region_that_is_drawn_is_opaque(plotter, scene):
    def opaque():
        return {r for r in Region if r in scene.visible and not is_translucent(r)}

    def is_translucent(region):
        return plotter.actors[region.name].prop.opacity < 1

    surfaces.apply(plotter, None, scene)
    assert opaque() == {Region.ET}
    hidden = replace(scene, visible=scene.visible - {Region.ET})
    surfaces.apply(plotter, scene, hidden)
    scene = hidden
    assert opaque() == {Region.TC}


def test_another_scheme_recolours_the_surfaces_that_are_there(plotter, scene):
    surfaces.apply(plotter, None, scene)
    actors = {r: plotter.actors[r.name] for r in Region}
    surfaces.apply(plotter, scene, replace(scene, colours=ColourScheme.ITK_SNAP))
    for region, colour in region_colours(ColourScheme.ITK_SNAP).items():
        assert plotter.actors[region.name] is actors[region]
        assert actors[region].prop.color.int_rgb == colour


def test_another_result_changes_the_picture_and_the_cells(plotter, scene):
    surfaces.apply(plotter, None, scene)
    before, cells = pixels(plotter), surfaces.drawn_cells(plotter, Region.WT)
    nested_labels = scene.result.nested_labels.copy()
    nested_labels[3:] = 0
    smaller = replace(scene, result=replace(scene.result, nested_labels=nested_labels))
    surfaces.apply(plotter, scene, smaller)
    assert 0 < surfaces.drawn_cells(plotter, Region.WT) < cells
    assert np.abs(pixels(plotter) - before).max() > 20


def test_a_region_that_vanishes_leaves_no_surface_behind_and_may_come_back(plotter, scene):
    surfaces.apply(plotter, None, scene)
    without = replace(
        scene, result=replace(scene.result, nested_labels=np.minimum(scene.result.nested_labels, 2))
    )
    surfaces.apply(plotter, scene, without)
    assert surfaces.drawn_names(plotter) == ("TC", "WT", "brain")
    surfaces.apply(plotter, without, scene)
    assert surfaces.drawn_names(plotter) == ("ET", "TC", "WT", "brain")


def test_the_camera_stays_where_the_user_put_it_until_another_case_opens(plotter, scene):
    surfaces.apply(plotter, None, scene)
    plotter.camera.position = (300.0, 20.0, 10.0)
    surfaces.apply(plotter, scene, replace(scene, result=replace(scene.result)))
    assert plotter.camera.position == (300.0, 20.0, 10.0)
    other = replace(scene, head=replace(scene.head))
    surfaces.apply(plotter, scene, other)
    assert plotter.camera.position != (300.0, 20.0, 10.0)


def test_the_preset_camera_sees_the_patients_right_on_the_left(plotter, scene):
    surfaces.apply(plotter, None, scene)
    camera = plotter.camera
    forwards = np.subtract(camera.focal_point, camera.position)
    to_the_right = np.cross(forwards, camera.up)
    assert to_the_right[0] < 0  # the patient's right (+x) lies on the screen's left
    assert forwards[1] < 0  # seen from the front


def test_closing_the_case_empties_the_scene(plotter, scene):
    surfaces.apply(plotter, None, scene)
    surfaces.apply(plotter, scene, None)
    assert surfaces.drawn_names(plotter) == ()
    surfaces.apply(plotter, None, scene)
    assert "WT" in surfaces.drawn_names(plotter)


def test_a_scene_without_a_result_shows_the_brain(plotter, scene):
    surfaces.apply(plotter, None, replace(scene, result=None))
    assert surfaces.drawn_names(plotter) == ("brain",)


def test_the_brain_can_be_left_out(plotter, scene):
    surfaces.apply(plotter, None, scene)
    bare = replace(scene, brain=False)
    surfaces.apply(plotter, scene, bare)
    assert surfaces.drawn_names(plotter) == ("ET", "TC", "WT")
    surfaces.apply(plotter, bare, scene)
    assert "brain" in surfaces.drawn_names(plotter)


@pytest.mark.parametrize("side", Side)
def test_from_each_side_that_side_is_nearest_and_the_patient_is_upright(plotter, scene, side):
    surfaces.apply(plotter, None, scene)
    surfaces.look_at(plotter, scene.head, side)
    camera = plotter.camera
    towards = np.subtract(camera.position, camera.focal_point)
    assert towards / np.linalg.norm(towards) == pytest.approx(side.outwards)
    axis = 1 if side in (Side.SUPERIOR, Side.INFERIOR) else 2
    assert np.asarray(camera.up)[axis] == pytest.approx(1)


@pytest.mark.parametrize("side", Side)
def test_letters_along_the_line_of_sight_are_left_out(plotter, scene, side):
    surfaces.apply(plotter, None, scene)
    surfaces.look_at(plotter, scene.head, side)
    pixels(plotter)
    shown = {s for s in Side if plotter.actors[f"letter {s.value}"].GetVisibility()}
    assert shown == {s for s in Side if np.dot(s.outwards, side.outwards) == 0}
    surfaces.look_at(plotter, scene.head)
    pixels(plotter)
    assert all(plotter.actors[f"letter {s.value}"].GetVisibility() for s in Side)
