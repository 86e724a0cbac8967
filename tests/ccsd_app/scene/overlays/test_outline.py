"""Closed lines around masks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ccsd_app.scene.overlays.outline import outlines

MASKS = arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9)))


def area(line: np.ndarray) -> float:
    """Signed area by the shoelace formula; the inside is on the left hand, y downwards."""
    x, y = line.T.astype(float)
    return float(-(x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)


def test_one_pixel_is_outlined_by_a_diamond_around_its_centre():
    mask = np.zeros((4, 5), bool)
    mask[1, 3] = True
    (line,) = outlines(mask)
    assert {tuple(p) for p in line.tolist()} == {(3.0, 1.5), (3.5, 1.0), (4.0, 1.5), (3.5, 2.0)}


def test_a_hole_has_a_line_of_its_own_that_turns_the_other_way():
    mask = np.ones((7, 7), bool)
    mask[3, 3] = False
    outer, inner = sorted(outlines(mask), key=len, reverse=True)
    assert area(outer) * area(inner) < 0


def test_an_empty_mask_has_no_outline():
    assert outlines(np.zeros((3, 3), bool)) == ()


@given(MASKS)
def test_every_step_of_a_line_is_at_most_one_pixel(mask):
    for line in outlines(mask):
        steps = np.linalg.norm(line - np.roll(line, -1, axis=0), axis=1)
        assert steps.max() <= 1
        assert steps.min() > 0


@given(MASKS)
def test_lines_separate_every_inside_pixel_from_every_outside_one(mask):
    """Walking along a row, the lines are crossed exactly where the mask changes."""
    crossings = np.zeros((mask.shape[0], mask.shape[1] + 1), int)
    for line in outlines(mask):
        for x, y in line.tolist():
            if float(x).is_integer():  # a middle between two neighbours of a row
                crossings[int(y), int(x)] += 1
    changes = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(int), axis=1) != 0
    np.testing.assert_array_equal(crossings, changes)


def test_diagonal_neighbours_are_outlined_apart():
    assert len(outlines(np.eye(2, dtype=bool))) == 2
    assert len(outlines(np.eye(2, dtype=bool)[::-1])) == 2
