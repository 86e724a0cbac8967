"""Regions on the case's own grid: what enlarging everything would give, without doing it."""

import numpy as np
import pytest
import torch

from ccsd_core.data.grid import Box, resize
from ccsd_core.data.preprocess import PreparedCase
from ccsd_core.domain.case import Case, StoredGrid
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.inference.case_grid import FAR_OUTSIDE, on_case_grid

SHAPE, GRID = (50, 44, 37), (25, 22, 18)
BOX = Box((0, 0, 0), (32, 16, 16))


@pytest.fixture
def case() -> Case:
    volume = Volume(np.zeros(SHAPE, np.float32), np.eye(4))
    return Case("case", {Modality.T1: volume}, StoredGrid(SHAPE, np.eye(4)))


@pytest.mark.parametrize("corner", [(3, 4, 5), (0, 0, 0), (22, 13, 13)])
def test_the_regions_are_those_of_the_whole_enlarged_grid(case, corner):
    logits = torch.full((3, *BOX.shape), -3.0)
    blob = tuple(slice(c, c + 3) for c in corner)
    logits[(slice(None), *blob)] = torch.randn(3, 3, 3, 3) + 1
    whole = resize(BOX.paste(logits, GRID, fill=FAR_OUTSIDE), SHAPE)

    regions = on_case_grid(logits, PreparedCase({}, BOX, GRID), case)

    positive = (whole > 0).numpy()
    expected = np.stack([positive.any(axis=0), positive[1:].any(axis=0), positive[2]])
    assert expected.any()
    assert np.array_equal(regions, expected)


def test_no_positive_logit_is_no_region(case):
    regions = on_case_grid(torch.full((3, *BOX.shape), -1.0), PreparedCase({}, BOX, GRID), case)

    assert regions.shape == (3, *SHAPE)
    assert not regions.any()
