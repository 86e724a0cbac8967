"""Regions on the case's own grid: what enlarging everything would give, without doing it."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from ccsd_core.data.grid import Box, resize
from ccsd_core.data.preprocess import PreparedCase, prepare
from ccsd_core.inference.case_grid import FAR_OUTSIDE, nested_labels_on_case_grid, upsampled_block
from ccsd_core.storage.cases.case_folder import load_case

SHAPE, GRID = (50, 44, 37), (25, 22, 18)
BOX = Box((0, 0, 0), (32, 16, 16))
OTHERS = ((1, 2), (0, 2), (0, 1))


@pytest.mark.parametrize("corner", [(3, 4, 5), (0, 0, 0), (22, 13, 13)])
def test_the_regions_are_those_of_the_whole_enlarged_grid(corner):
    logits = torch.full((3, *BOX.shape), -3.0)
    blob = tuple(slice(c, c + 3) for c in corner)
    logits[(slice(None), *blob)] = torch.randn(3, 3, 3, 3) + 1
    whole = resize(BOX.paste(logits, GRID, fill=FAR_OUTSIDE), SHAPE)

    regions = nested_labels_on_case_grid(logits, PreparedCase({}, BOX, GRID), SHAPE).regions(SHAPE)

    positive = (whole > 0).numpy()
    expected = np.stack([positive.any(axis=0), positive[1:].any(axis=0), positive[2]])
    assert expected.any()
    assert np.array_equal(regions, expected)


def test_no_positive_logit_is_no_region():
    regions = nested_labels_on_case_grid(
        torch.full((3, *BOX.shape), -1.0), PreparedCase({}, BOX, GRID), SHAPE
    ).regions(SHAPE)

    assert regions.shape == (3, *SHAPE)
    assert not regions.any()


def test_the_cut_out_is_the_smallest_and_counts_the_regions_a_voxel_lies_in():
    logits = torch.full((3, *BOX.shape), -3.0)
    logits[0, 5:15, 4:12, 3:11] = 4.0
    logits[2, 8:10, 6:8, 5:7] = 4.0  # enhancing without core around it: it is core all the same

    values, offset = nested_labels = nested_labels_on_case_grid(
        logits, PreparedCase({}, BOX, GRID), SHAPE
    )

    assert values.dtype == np.uint8
    assert set(np.unique(values)) == {0, 1, 3}
    for axis in range(3):
        for edge in (0, -1):
            assert values.take(edge, axis=axis).any()
    regions = nested_labels.regions(SHAPE)
    assert np.array_equal(regions.sum(axis=0)[nested_labels.slices], values)
    assert regions.sum() == values.sum()
    assert offset == tuple(int(np.flatnonzero(regions[0].any(axis=a))[0]) for a in OTHERS)


def test_nothing_is_an_empty_cut_out():
    nested_labels = nested_labels_on_case_grid(
        torch.full((3, *BOX.shape), -1.0), PreparedCase({}, BOX, GRID), SHAPE
    )

    assert nested_labels.values.shape == (0, 0, 0)
    assert nested_labels.offset == (0, 0, 0)


@pytest.mark.parametrize("start", [(0, 0, 0), (7, 20, 11), (46, 40, 35)])
def test_a_block_of_logits_is_that_of_the_whole_enlarged_grid(start):
    """Also one that lies beyond the box altogether."""
    logits = torch.randn(3, *BOX.shape)
    stop = tuple(a + 2 for a in start)
    whole = resize(BOX.paste(logits, GRID, fill=FAR_OUTSIDE), SHAPE)

    block = upsampled_block(logits, PreparedCase({}, BOX, GRID), SHAPE, start, stop)

    slices = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    torch.testing.assert_close(block, whole[(slice(None), *slices)])


def test_the_regions_of_a_real_case_are_those_of_the_whole_enlarged_grid(real_cases):
    case = load_case(real_cases / "BraTS2021_00006")
    prepared = prepare(case, spacing_mm=2.0)
    torch.manual_seed(1)
    coarse = torch.randn(1, 3, 10, 14, 10)
    logits = functional.interpolate(coarse, size=prepared.box.shape, mode="trilinear")[0] - 0.5
    whole = resize(
        prepared.box.paste(logits, prepared.grid_shape, fill=FAR_OUTSIDE), case.grid.shape
    )

    regions = nested_labels_on_case_grid(logits, prepared, case.grid.shape).regions(case.grid.shape)

    sure = (whole.abs() > 1e-4).all(dim=0).numpy()  # the order of the axes rounds differently
    positive = (whole > 0).numpy()
    expected = np.stack([positive.any(axis=0), positive[1:].any(axis=0), positive[2]])
    assert expected.any()
    assert sure.mean() > 0.999
    assert np.array_equal(regions[:, sure], expected[:, sure])
