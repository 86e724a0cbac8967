"""Dice of cropped label maps equals Dice of the whole volumes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ccsd_core.domain.dice import dice
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.metrics.nested_dice import dice_by_region

SHAPE = (5, 4, 6)
# mostly empty, so that cut-outs are small, apart and sometimes nothing at all
LABELS = arrays(np.uint8, SHAPE, elements=st.sampled_from([0, 0, 0, 0, 0, 0, 1, 2, 3]))


@given(LABELS, LABELS)
def test_scores_of_cut_outs_are_those_of_the_whole_volumes(ours, theirs):
    found = dice_by_region(NestedLabels.around(ours), NestedLabels.around(theirs))
    assert found == {r: pytest.approx(float(dice(ours > r, theirs > r))) for r in Region}


@given(LABELS)
def test_a_cut_out_pasted_back_is_the_whole(nested_labels):
    cut = NestedLabels.around(nested_labels)
    np.testing.assert_array_equal(cut.within((0, 0, 0), SHAPE), nested_labels)
    for side in (0, 1, 2):
        others = tuple(axis for axis in range(3) if axis != side)
        filled = cut.values.any(axis=others)
        assert not filled.size or (filled[0] and filled[-1])
