"""The foreground of a volume: its window and its box."""

import gc

import numpy as np
import pytest

from ccsd_app.scene import foreground as module
from ccsd_app.scene.foreground import foreground, foreground_box, robust_window


def test_zeros_around_the_brain_do_not_count():
    values = np.random.default_rng(0).normal(500, 50, (20, 20, 20)).astype(np.float32)
    padded = np.pad(values, 15)
    assert robust_window(padded) == pytest.approx(robust_window(values), rel=0.03)
    assert foreground_box(padded) == ((15, 35), (15, 35), (15, 35))


def test_one_very_bright_voxel_does_not_darken_the_rest():
    values = np.random.default_rng(0).normal(500, 50, (30, 30, 30)).astype(np.float32)
    values[3, 3, 3] = 1e6
    assert robust_window(values)[1] < 800


@pytest.mark.parametrize("value", [0.0, 7.0, -3.0, np.nan])
def test_a_constant_volume_still_has_a_window_that_is_open(value):
    low, high = robust_window(np.full((4, 4, 4), value, np.float32))
    assert low < high


def test_an_empty_volume_is_shown_whole():
    assert foreground_box(np.zeros((3, 4, 5))) == ((0, 3), (0, 4), (0, 5))


def test_what_is_known_of_an_array_is_forgotten_with_it():
    array = np.ones((4, 4, 4), np.float32)
    key = id(array), None
    assert foreground(array) is foreground(array)
    assert key in module._foregrounds._values
    del array
    gc.collect()
    assert key not in module._foregrounds._values
