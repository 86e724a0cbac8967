"""Mirroring and turning: laws, and agreement with torch's own affine map."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from ccsd_core.data.augment.affine import AffineTransform
from ccsd_core.data.augment.flips import Flips

EVERY_FLIP = [
    pytest.param((x, y, z), id="".join(n for n, on in zip("xyz", (x, y, z), strict=True) if on))
    for x in (False, True)
    for y in (False, True)
    for z in (False, True)
]
SOURCE, PATCH = (26, 30, 22), (14, 16, 12)


@pytest.fixture
def images() -> torch.Tensor:
    return torch.randn(2, *SOURCE, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def regions() -> torch.Tensor:
    regions = torch.zeros(3, *SOURCE, dtype=torch.bool)
    regions[0, 8:20, 9:20, 6:15] = True
    regions[1, 9:15, 10:16, 7:12] = True
    regions[2, 10:13, 11:14, 8:11] = True
    return regions


@pytest.mark.parametrize("axes", EVERY_FLIP)
def test_flipping_twice_is_doing_nothing(images, axes):
    flips = Flips(axes)

    assert torch.equal(flips.apply(flips.apply(images)), images)
    assert torch.equal(flips.apply(images), images) == (not any(axes))


@pytest.mark.parametrize("axis", range(3))
def test_an_axis_is_flipped_by_its_own_switch(images, axis):
    flips = Flips(tuple(a == axis for a in range(3)))

    assert torch.equal(flips.apply(images), images.flip(1 + axis))


def test_turning_by_nothing_cuts_the_middle(images, regions):
    patch, labels = AffineTransform().apply(images, regions, patch=PATCH)

    assert torch.equal(patch, images[:, 6:20, 7:23, 5:17])
    assert torch.equal(labels, regions[:, 6:20, 7:23, 5:17])
    assert AffineTransform().source_shape(PATCH) == PATCH


def test_a_turn_too_small_to_see_changes_nothing(images, regions):
    patch, labels = AffineTransform((1e-6, 0.0, 0.0)).apply(images, regions, patch=PATCH)

    torch.testing.assert_close(patch, images[:, 6:20, 7:23, 5:17], atol=1e-4, rtol=1e-4)
    assert torch.equal(labels, regions[:, 6:20, 7:23, 5:17])


@pytest.mark.parametrize(("axis", "plane"), [(0, (2, 3)), (1, (3, 1)), (2, (1, 2))])
def test_a_quarter_turn_is_a_quarter_turn_about_its_axis(axis, plane):
    image = torch.randn(1, 12, 12, 12, generator=torch.Generator().manual_seed(0))
    degrees = tuple(90.0 if a == axis else 0.0 for a in range(3))
    none = torch.zeros(3, 12, 12, 12, dtype=torch.bool)

    turned, _ = AffineTransform(degrees).apply(image, none, patch=(12, 12, 12))

    expected = [image.rot90(k, plane) for k in (1, -1)]
    assert any(torch.allclose(turned, e, atol=1e-4) for e in expected)


def test_a_larger_scale_makes_things_larger(images, regions):
    _, larger = AffineTransform(scale=(1.3, 1.3, 1.3)).apply(images, regions, patch=SOURCE)
    _, smaller = AffineTransform(scale=(0.8, 0.8, 0.8)).apply(images, regions, patch=SOURCE)

    assert larger[0].sum() > 1.5 * regions[0].sum()
    assert smaller[0].sum() < 0.7 * regions[0].sum()


@pytest.mark.parametrize("seed", range(5))
def test_the_grid_is_torchs_affine_grid(seed):
    affine = AffineTransform.draw(np.random.default_rng(seed))
    # torch counts the last axis first, and from −1 to 1 on both sides
    to_unit = np.diag(1 / np.asarray(SOURCE)) @ affine.source_from_patch @ np.diag(PATCH)
    theta = torch.from_numpy(np.c_[to_unit[::-1, ::-1], np.zeros(3)].copy()).float()
    expected = functional.affine_grid(theta[None], [1, 1, *PATCH], align_corners=False)

    torch.testing.assert_close(affine._grid(torch.Size(SOURCE), PATCH), expected)


@pytest.mark.parametrize("seed", range(20))
def test_a_patch_that_reaches_far_enough_has_no_empty_corner(seed):
    affine = AffineTransform.draw(np.random.default_rng(seed))
    source = affine.source_shape(PATCH)
    full = torch.ones(3, *source)

    patch, labels = affine.apply(full, full.bool(), patch=PATCH)

    assert all((w - p) % 2 == 0 and w >= p for w, p in zip(source, PATCH, strict=True))
    assert labels.all()
    interior = patch[:, 1:-1, 1:-1, 1:-1]
    torch.testing.assert_close(interior, torch.ones_like(interior), atol=1e-4, rtol=0)


@pytest.mark.parametrize("seed", range(5))
def test_regions_are_looked_up_one_by_one_what_they_are_together(regions, images, seed):
    affine = AffineTransform.draw(np.random.default_rng(seed))

    _, together = affine.apply(images, regions, patch=PATCH)

    for r, region in enumerate(regions):
        _, alone = affine.apply(images, region[None], patch=PATCH)
        assert torch.equal(alone[0], together[r])


def test_threads_do_not_change_a_bit():
    images = torch.randn(4, 47, 45, 51, generator=torch.Generator().manual_seed(0))
    affine = AffineTransform.draw(np.random.default_rng(1))
    threads = torch.get_num_threads()
    results = []
    for number in (1, 2, 3, 5):
        torch.set_num_threads(number)
        results.append(affine.apply(images, images > 0.5, patch=(47, 45, 51)))
    torch.set_num_threads(threads)

    for patch, labels in results[1:]:
        assert torch.equal(patch, results[0][0])
        assert torch.equal(labels, results[0][1])


def test_a_draw_is_the_generators_and_shows_in_the_repr():
    drawn = AffineTransform.draw(np.random.default_rng(4))

    assert drawn == AffineTransform.draw(np.random.default_rng(4))
    assert drawn == eval(repr(drawn), {"AffineTransform": AffineTransform})
    assert not drawn.is_identity
