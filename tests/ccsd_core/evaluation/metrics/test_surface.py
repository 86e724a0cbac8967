"""HD95: its laws, and agreement with a brute-force computation and with MONAI's."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ccsd_core.evaluation.metrics.surface import Surface, hausdorff95_mm, tight_box

SHAPE = (5, 4, 6)
masks = arrays(bool, SHAPE)
edges = st.sampled_from([0.5, 1.0, 1.7, 3.0])
spacings = st.tuples(edges, edges, edges)
SAME = (1.0, 1.0, 1.0)


def hd95(a: np.ndarray, b: np.ndarray, spacing_mm=SAME) -> float:
    return hausdorff95_mm(
        Surface.of(a, spacing_mm=spacing_mm), Surface.of(b, spacing_mm=spacing_mm)
    )


def brute_force(a: np.ndarray, b: np.ndarray, spacing_mm) -> float:
    """From the definition, voxel by voxel."""

    def rim(mask: np.ndarray) -> np.ndarray:
        points = []
        for point in np.argwhere(mask):
            for axis, step in itertools.product(range(3), (-1, 1)):
                there = point.copy()
                there[axis] += step
                outside = not (0 <= there[axis] < mask.shape[axis])
                if outside or not mask[tuple(there)]:
                    points.append(point * np.asarray(spacing_mm))
                    break
        return np.array(points)

    one, other = rim(a), rim(b)
    between = np.linalg.norm(one[:, None] - other[None], axis=-1)
    directed = (between.min(axis=1), between.min(axis=0))
    return max(float(np.percentile(d, 95)) for d in directed)


@given(a=masks, b=masks, spacing_mm=spacings)
@settings(deadline=None, max_examples=60)
def test_it_is_the_larger_of_the_two_directed_95th_percentiles(a, b, spacing_mm):
    assume(a.any() and b.any())
    assert hd95(a, b, spacing_mm) == pytest.approx(brute_force(a, b, spacing_mm))


@given(a=masks, b=masks)
def test_it_is_symmetric_and_zero_for_equal_masks(a, b):
    assume(a.any() and b.any())
    assert hd95(a, b) == hd95(b, a)
    assert hd95(a, a) == 0


@given(a=masks, b=masks, axis=st.integers(0, 2))
def test_flipping_both_changes_nothing(a, b, axis):
    assume(a.any() and b.any())
    flipped = hd95(np.flip(a, axis).copy(), np.flip(b, axis).copy())
    assert flipped == pytest.approx(hd95(a, b))


@given(a=masks, b=masks, factor=st.floats(0.1, 10))
def test_it_grows_with_the_spacing(a, b, factor):
    assume(a.any() and b.any())
    assert hd95(a, b, (factor,) * 3) == pytest.approx(factor * hd95(a, b))


@given(a=masks, b=masks, before=st.integers(0, 3))
def test_where_in_the_image_the_tumour_lies_does_not_matter(a, b, before):
    assume(a.any() and b.any())
    assert hd95(np.pad(a, before), np.pad(b, before)) == pytest.approx(hd95(a, b))


@pytest.mark.parametrize("axis", range(3))
def test_a_plane_moved_by_one_voxel_is_one_edge_away(axis: int):
    plane = np.zeros((6, 6, 6), bool)
    plane[(slice(None),) * axis + (2,)] = True
    spacing_mm = (1.0, 2.0, 3.0)
    assert hd95(plane, np.roll(plane, 1, axis), spacing_mm) == spacing_mm[axis]


# MONAI warns of an argument that it passes to itself.
@pytest.mark.filterwarnings("ignore:.*always_return_as_numpy:FutureWarning")
def test_it_agrees_with_monai():
    metrics = pytest.importorskip("monai.metrics")
    import torch

    random = np.random.default_rng(0)
    for spacing_mm in (SAME, (1.0, 1.5, 4.0)):
        a, b = random.random((2, 12, 11, 9)) < 0.1
        theirs = metrics.compute_hausdorff_distance(
            torch.from_numpy(a)[None, None],
            torch.from_numpy(b)[None, None],
            include_background=True,
            percentile=95,
            spacing=spacing_mm,
        )
        assert hd95(a, b, spacing_mm) == pytest.approx(float(theirs), abs=1e-5)


@given(mask=masks, margin=st.integers(0, 3))
def test_the_tight_box_holds_the_mask_and_the_margin_stays_in_the_image(mask, margin):
    box = tight_box(mask, margin=margin)
    if box is None:
        assert not mask.any()
        return
    assert mask[box].sum() == mask.sum()
    for axis, (side, size) in enumerate(zip(box, SHAPE, strict=True)):
        hit = np.flatnonzero(mask.any(axis=tuple(a for a in range(3) if a != axis)))
        assert side.start == max(hit[0] - margin, 0)
        assert side.stop == min(hit[-1] + 1 + margin, size)


def test_an_empty_mask_has_no_surface():
    assert len(Surface.of(np.zeros(SHAPE, bool), spacing_mm=SAME)) == 0
