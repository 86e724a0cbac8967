"""What a slice view shows."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.slice_scene import resolve, with_window, without_window
from ccsd_app.scene.view3d.view3d_scene import resolve_view3d
from ccsd_app.session.state import State
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.volume import Volume

EVERY_PLANE = [pytest.param(p, id=p.value) for p in Plane]


@pytest.mark.parametrize("plane", EVERY_PLANE)
def test_without_a_case_there_is_nothing_to_show(plane):
    assert resolve(State(), plane) is None
    assert resolve_view3d(State()) is None


@pytest.mark.parametrize("plane", EVERY_PLANE)
def test_the_slice_passes_through_the_crosshair(marked_state, plane):
    scene = resolve(marked_state.with_cursor((3, 20, 9)), plane)
    assert scene.picture.location.index == (3, 20, 9)[plane.normal_axis]
    assert scene.crosshair == scene.picture.location.geometry.pixel_from_voxel((3, 20, 9))


@pytest.mark.parametrize("plane", EVERY_PLANE)
def test_the_same_state_gives_an_equal_scene(marked_state, plane):
    assert resolve(marked_state, plane) == resolve(replace(marked_state), plane)


def test_positions_are_world_millimetres_with_their_sign(marked_state):
    state = marked_state.with_cursor((0, 25, 6))
    assert resolve(state, Plane.SAGITTAL).position == "1/20  −10.0 mm"
    assert resolve(state, Plane.CORONAL).position == "26/26  +17.5 mm"


def test_every_scene_says_what_the_network_was_given(marked_state):
    for subset in ModalitySubset.every():
        state = marked_state.using(subset).with_result(replace(marked_state.result, subset=subset))
        words = resolve(state, Plane.AXIAL).provenance
        given, _, absent = words.partition("withheld")[0].partition(" · ")
        assert given == "input: " + ", ".join(m.label for m in subset), subset
        assert all(m.label in absent for m in subset.missing), subset
        assert "fake 01234567" in words, subset


def test_the_words_speak_of_what_is_shown_not_of_what_is_awaited(marked_state):
    scene = resolve(marked_state.using(ModalitySubset.parse("T1")), Plane.AXIAL)
    assert scene.provenance.startswith("input: FLAIR, T2 ·")
    assert scene.badge == "Computing T1…"


def test_a_stopped_computation_is_not_waited_for(marked_state):
    state = replace(marked_state.using(ModalitySubset.parse("T1")), stopped=True)
    assert resolve(state, Plane.AXIAL).badge == ""


def test_a_background_that_the_case_lacks_is_replaced_by_one_it_has(marked_state):
    case = marked_state.case.restricted_to(ModalitySubset.parse("T1c+T2"))
    state = replace(State().opened(case), background=Modality.FLAIR)
    assert resolve(state, Plane.AXIAL).title == "Axial · T1c"


def test_a_chosen_window_holds_for_its_sequence_only_until_it_is_reset(marked_state):
    state = with_window(marked_state, (1.0, 9.0))
    assert resolve(state, Plane.AXIAL).picture.window == (1.0, 9.0)
    assert resolve(state, Plane.AXIAL).window_text == "W 8 L 5"
    assert resolve(state.with_background(Modality.T2), Plane.AXIAL).picture.window != (1.0, 9.0)
    assert resolve(state.with_background(Modality.T2), Plane.AXIAL).window_text == ""
    assert without_window(state).windows == {}


@pytest.mark.parametrize("window", [(5.0, 5.0), (9.0, 1.0), (0.0, 0.0)])
def test_a_window_never_closes(marked_state, window):
    low, high = resolve(with_window(marked_state, window), Plane.AXIAL).picture.window
    assert low < high


def test_only_planes_with_left_and_right_name_the_convention(marked_state):
    words = {p: resolve(marked_state, p).convention for p in Plane}
    assert words == {Plane.AXIAL: "Radiological", Plane.SAGITTAL: "", Plane.CORONAL: "Radiological"}
    mirrored = replace(marked_state, radiological=False)
    assert resolve(mirrored, Plane.AXIAL).convention == "Neurological"


def test_an_oblique_volume_is_called_oblique(marked_state):
    turn = np.eye(4)
    c, s = np.cos(np.radians(12)), np.sin(np.radians(12))
    turn[:2, :2] = [[c, -s], [s, c]]
    case = marked_state.case
    tilted = replace(
        case,
        volumes={m: Volume(v.array, turn @ v.world_from_voxel) for m, v in case.volumes.items()},
        reference=None,
    )
    assert resolve(State().opened(tilted), Plane.AXIAL).oblique == "oblique 12°"
    assert resolve(marked_state, Plane.AXIAL).oblique == ""
