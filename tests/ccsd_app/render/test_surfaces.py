"""The 3-D scene, drawn off screen."""

import os
from dataclasses import replace

import numpy as np
import pytest
import pyvista as pv

from ccsd_app.render import surfaces
from ccsd_app.render.picture import OFF_SCREEN_WINDOW, WINDOW_CLASS, request, scene_of
from ccsd_app.scene.palette import REGION_COLOURS
from ccsd_app.scene.space_scene import resolve_space
from ccsd_core.domain.region import Region


@pytest.fixture
def plotter(monkeypatch):
    if not os.environ.get("DISPLAY"):
        monkeypatch.setenv(WINDOW_CLASS, OFF_SCREEN_WINDOW)
    plotter = pv.Plotter(off_screen=True, window_size=[240, 240])
    surfaces.dress(plotter)
    yield plotter
    plotter.close()


@pytest.fixture
def scene(marked_state):
    return resolve_space(marked_state)


def pixels(plotter) -> np.ndarray:
    plotter.render()
    return plotter.screenshot(return_img=True).astype(float)


def hue_like(image: np.ndarray, region: Region) -> np.ndarray:
    """Pixels whose colour, brightness aside, is near the region's."""
    wanted = np.asarray(REGION_COLOURS[region], float)
    length = np.linalg.norm(image, axis=2)
    cosine = image @ wanted / np.maximum(length * np.linalg.norm(wanted), 1e-9)
    return (cosine > 0.985) & (length > 90)


@pytest.mark.parametrize("region", Region)
def test_a_region_alone_appears_in_its_colour(plotter, scene, region):
    surfaces.apply(plotter, None, replace(scene, visible=frozenset()))
    before = pixels(plotter)
    surfaces.apply(plotter, scene, replace(scene, visible=frozenset({region})))
    assert surfaces.drawn_names(plotter) == tuple(sorted((region.name, "brain")))
    plotter.actors[region.name].prop.opacity = 1.0
    plotter.actors["brain"].SetVisibility(False)
    after = pixels(plotter)
    assert not hue_like(before, region).any()
    assert hue_like(after, region).sum() > 30


def test_the_core_is_solid_where_no_enhancement_marks_it(plotter, scene):
    surfaces.apply(plotter, None, scene)
    assert plotter.actors["TC"].prop.opacity == pytest.approx(surfaces.OPACITY[Region.TC])

    surfaces.apply(plotter, scene, replace(scene, visible=scene.visible - {Region.ET}))
    assert plotter.actors["TC"].prop.opacity == pytest.approx(surfaces.CORE_ALONE)


def test_another_result_changes_the_picture_and_the_cells(plotter, scene):
    surfaces.apply(plotter, None, scene)
    before, cells = pixels(plotter), surfaces.drawn_cells(plotter, Region.WT)
    depth = scene.result.depth.copy()
    depth[3:] = 0
    smaller = replace(scene, result=replace(scene.result, depth=depth))
    surfaces.apply(plotter, scene, smaller)
    assert 0 < surfaces.drawn_cells(plotter, Region.WT) < cells
    assert np.abs(pixels(plotter) - before).max() > 20


def test_a_region_that_vanishes_leaves_no_surface_behind_and_may_come_back(plotter, scene):
    surfaces.apply(plotter, None, scene)
    without = replace(scene, result=replace(scene.result, depth=np.minimum(scene.result.depth, 2)))
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


def test_a_request_brings_the_whole_scene_to_the_other_process(scene):
    there = scene_of(request(replace(scene, visible=frozenset({Region.TC}))))
    np.testing.assert_array_equal(there.head.array, scene.head.array != 0)
    np.testing.assert_array_equal(there.head.world_from_voxel, scene.head.world_from_voxel)
    np.testing.assert_array_equal(there.result.depth, scene.result.depth)
    assert there.result.offset_voxel == scene.result.offset_voxel
    assert there.visible == {Region.TC}
