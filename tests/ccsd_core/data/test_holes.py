"""Holes of a mask are those that scipy finds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from ccsd_core.data.holes import filled
from ccsd_core.data.preprocess import on_grid
from ccsd_core.storage.cases.case_folder import load_case

SHAPES = st.tuples(*[st.integers(1, 7)] * 3)
MASKS = SHAPES.flatmap(lambda shape: arrays(bool, shape, elements=st.integers(0, 3).map(bool)))


@settings(deadline=None, max_examples=200)
@given(MASKS, st.integers(0, 2))
def test_holes_are_those_that_scipy_fills(mask, around):
    """Most voxels are set, so that there are holes; with and without room around the mask."""
    mask = np.pad(mask, around)
    before = mask.copy()

    assert np.array_equal(filled(mask), ndimage.binary_fill_holes(mask))
    assert np.array_equal(mask, before)


def test_a_sealed_cavity_is_filled_and_one_with_a_door_is_not():
    mask = np.zeros((9, 9, 9), bool)
    mask[2:7, 2:7, 2:7] = True
    mask[3:6, 3:6, 3:6] = False
    assert filled(mask)[4, 4, 4]

    mask[4, 4, 6] = False
    assert not filled(mask)[4, 4, 4]


def test_nothing_has_no_holes():
    assert not filled(np.zeros((3, 4, 5), bool)).any()


def test_the_brain_of_a_real_case_is_filled_as_scipy_does(real_cases):
    case = load_case(real_cases / "BraTS2021_00006")
    for volume in case.volumes.values():
        mask = on_grid(volume, (120, 120, 78)) > 5

        assert np.array_equal(filled(mask), ndimage.binary_fill_holes(mask))
