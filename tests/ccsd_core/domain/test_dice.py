"""The laws of the Dice coefficient."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis.extra.numpy import arrays

from ccsd_core.domain.dice import dice
from ccsd_core.errors import BadInputError

SHAPE = (3, 4, 2)
masks = arrays(bool, SHAPE)
EMPTY = np.zeros(SHAPE, bool)
ONE = EMPTY.copy()
ONE[1, 1, 1] = True


@given(a=masks, b=masks)
def test_dice_is_symmetric_and_lies_between_0_and_1(a, b):
    assert dice(a, b) == dice(b, a)
    assert 0 <= dice(a, b) <= 1
    assert (dice(a, b) == 1) == bool((a == b).all())


@given(a=masks, b=masks)
def test_dice_is_twice_the_shared_over_the_sum(a, b):
    assume(b.any())
    inside_a, inside_b = set(np.flatnonzero(a).tolist()), set(np.flatnonzero(b).tolist())
    expected = 2 * len(inside_a & inside_b) / (len(inside_a) + len(inside_b))
    assert dice(a, b) == pytest.approx(expected)


@given(a=masks)
def test_dice_with_itself_is_one_even_when_empty(a):
    assert dice(a, a) == 1


def test_two_empty_masks_give_one_and_one_empty_mask_zero():
    assert dice(EMPTY, EMPTY) == 1
    assert dice(ONE, EMPTY) == 0
    assert dice(EMPTY, ONE) == 0


def test_other_shapes_are_refused_with_both_shapes():
    with pytest.raises(BadInputError, match=r"\(3, 4, 2\).*\(3, 4, 1\)"):
        dice(EMPTY, EMPTY[..., :1])
