"""Normalising: any scanner's units, one common scale, and nothing learnt from other sequences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsd_core.data.normalise import CLIP, foreground_mask, normalise


def head(seed: int = 0) -> np.ndarray:
    """A ball of textured tissue with a dark hole, background 0."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(*[np.linspace(-1, 1, 24)] * 3, indexing="ij"))
    radius = np.sqrt((grid**2).sum(0))
    image = np.where(radius < 0.8, 100 + 30 * rng.standard_normal(radius.shape), 0)
    image[radius < 0.15] = 0
    return image.astype(np.float32)


def scaled(image: np.ndarray) -> np.ndarray:
    return normalise(image, foreground_mask(image))


@settings(deadline=None, max_examples=20)
@given(st.floats(0.01, 300), st.floats(-500, 500))
def test_scale_and_offset_of_the_scanner_do_not_matter(factor, offset):
    image = head()
    other = (image * factor + offset).astype(np.float32)

    np.testing.assert_allclose(scaled(other), scaled(image), atol=0.02)


def test_background_is_exactly_zero_and_foreground_has_unit_spread():
    image = head()
    mask = foreground_mask(image)
    result = normalise(image, mask)

    assert (result[~mask] == 0).all()
    assert abs(result[mask].mean()) < 0.1
    assert 0.8 < result[mask].std() < 1.2


def test_a_dark_hole_inside_the_head_is_foreground():
    assert foreground_mask(head())[12, 12, 12]


def test_a_few_absurd_voxels_change_nothing_and_are_clipped():
    image = head()
    image[12, 5, 12] = 32767

    result = scaled(image)

    assert result.max() == CLIP
    np.testing.assert_allclose(np.median(result[result != 0]), np.median(scaled(head())), atol=0.1)


def test_a_z_scored_image_with_a_negative_background_keeps_its_foreground():
    image = head()
    z_scored = ((image - image.mean()) / image.std()).astype(np.float32)

    assert (foreground_mask(z_scored) == foreground_mask(image)).mean() > 0.999


@pytest.mark.parametrize("value", [0.0, 7.0, -3.0])
def test_a_constant_image_has_no_foreground_and_becomes_zero(value):
    image = np.full((8, 8, 8), value, np.float32)

    assert not foreground_mask(image).any()
    assert (scaled(image) == 0).all()
