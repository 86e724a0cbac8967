"""Named display windows."""

import numpy as np
import pytest

from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.slice_scene import resolve, with_window
from ccsd_app.scene.slices.window_presets import WindowPreset, shown_preset, with_preset


@pytest.mark.parametrize("preset", list(WindowPreset), ids=lambda p: p.value)
def test_a_chosen_preset_is_the_one_shown(full_state, preset):
    assert shown_preset(with_preset(full_state, preset)) is preset


def test_everything_reaches_from_the_least_to_the_greatest_voxel(full_state):
    state = with_preset(full_state, WindowPreset.EVERYTHING)
    values = state.case.volumes[state.background].array
    values = values[values != 0]
    assert resolve(state, Plane.AXIAL).picture.window == pytest.approx((values.min(), values.max()))


def test_a_narrower_preset_lies_within_a_wider_one(full_state):
    order = (
        WindowPreset.NARROW,
        WindowPreset.AUTOMATIC,
        WindowPreset.WIDE,
        WindowPreset.EVERYTHING,
    )
    windows = [resolve(with_preset(full_state, p), Plane.AXIAL).picture.window for p in order]
    lows, highs = zip(*windows, strict=True)
    assert list(lows) == sorted(lows, reverse=True)
    assert list(highs) == sorted(highs)
    assert len(set(np.round(highs, 6))) > 2


def test_a_window_by_hand_is_no_preset(full_state):
    assert shown_preset(with_window(full_state, (1.0, 2.0))) is None
