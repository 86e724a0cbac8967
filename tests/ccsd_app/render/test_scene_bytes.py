"""A scene on its way to the process that draws it."""

import io
from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.render.picture import OFF_SCREEN_WINDOW, WINDOW_CLASS, render_png
from ccsd_app.render.scene_bytes import scene_from_bytes, scene_to_bytes
from ccsd_app.scene.view3d.view3d_scene import resolve_view3d
from ccsd_app.session.display import ColourScheme, Cut, View3dSettings
from ccsd_core.domain.region import Region

LOOKS = {
    "plain": View3dSettings(),
    "without brain": View3dSettings(brain=False),
    "everything": View3dSettings(slices=True, expert=True, cut=Cut.SAGITTAL),
}


def test_a_request_brings_the_whole_scene_to_the_other_process(marked_state):
    look = View3dSettings(slices=True, expert=True, cut=Cut.CORONAL, brain=False)
    scene = resolve_view3d(replace(marked_state, view3d=look, colours=ColourScheme.BRATS))
    there = scene_from_bytes(scene_to_bytes(replace(scene, visible=frozenset({Region.TC}))))
    np.testing.assert_array_equal(there.head.array, scene.head.array != 0)
    np.testing.assert_array_equal(there.head.world_from_voxel, scene.head.world_from_voxel)
    np.testing.assert_array_equal(there.result.nested_labels, scene.result.nested_labels)
    assert there.result.offset_voxel == scene.result.offset_voxel
    np.testing.assert_array_equal(there.expert.nested_labels, scene.expert.nested_labels)
    assert there.expert.offset_voxel == scene.expert.offset_voxel
    assert (there.visible, there.colours) == ({Region.TC}, ColourScheme.BRATS)
    assert not there.brain
    assert (there.cut.plane, there.cut.index) == (scene.cut.plane, scene.cut.index)
    for sent, got in zip(scene.slices, there.slices, strict=True):
        np.testing.assert_array_equal(got.rgba(), sent.rgba())
        np.testing.assert_allclose(got.place.corners_mm, sent.place.corners_mm)


def test_a_scene_without_result_stays_without(marked_state):
    scene = replace(resolve_view3d(marked_state), result=None)
    there = scene_from_bytes(scene_to_bytes(scene))
    assert (there.result, there.expert, there.slices, there.cut) == (None, None, (), None)


@pytest.mark.parametrize("look", LOOKS)
def test_the_other_process_draws_the_same_picture(marked_state, look, monkeypatch):
    monkeypatch.setenv(WINDOW_CLASS, OFF_SCREEN_WINDOW)
    scene = resolve_view3d(replace(marked_state, view3d=LOOKS[look]))
    here, there = (
        render_png(s, width=200, height=180)
        for s in (scene, scene_from_bytes(scene_to_bytes(scene)))
    )
    assert len(io.BytesIO(here).read()) > 1000
    assert here == there
