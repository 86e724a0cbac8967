"""A patch's variation: repeatable from its repr, the same space for all, background left alone."""

from typing import get_args

import numpy as np
import pytest
import torch

from ccsd_core.data.augment import Variation
from ccsd_core.data.augment.affine import AffineTransform
from ccsd_core.data.augment.bias_field import BiasField
from ccsd_core.data.augment.blur import Blur
from ccsd_core.data.augment.brightness import Brightness
from ccsd_core.data.augment.flips import Flips
from ccsd_core.data.augment.gamma import Gamma
from ccsd_core.data.augment.low_resolution import LowResolution
from ccsd_core.data.augment.noise import Noise
from ccsd_core.data.augment.variation import SHARES
from ccsd_core.data.choices import Augment

PATCH = (20, 24, 18)
TWINS = {
    kind.__name__: kind
    for kind in (
        BiasField,
        Blur,
        Brightness,
        Flips,
        Gamma,
        LowResolution,
        Noise,
        AffineTransform,
        Variation,
    )
}
SEEDS = range(12)


def patch() -> tuple[torch.Tensor, torch.Tensor]:
    """A head with air around it, T1 absent, and nested regions, none of them symmetric."""
    generator = torch.Generator().manual_seed(1)
    images = torch.randn(4, *PATCH, generator=generator)
    images[:, :4] = 0
    images[:, :, 20:] = 0
    images[1] = 0
    regions = torch.zeros(3, *PATCH, dtype=torch.bool)
    regions[0, 6:16, 4:15, 3:13] = True
    regions[1, 8:13, 6:12, 4:9] = True
    regions[2, 8:11, 7:10, 5:8] = True
    return images, regions


def vary(images: torch.Tensor, regions: torch.Tensor, *, seed: int):
    variation = Variation.draw(np.random.default_rng(seed), sequences=len(images))
    return variation.apply(images, regions, patch=PATCH)


def test_a_seed_always_gives_the_same_variation_and_another_seed_another():
    one, again, other = (vary(*patch(), seed=seed) for seed in (3, 3, 4))

    assert torch.equal(one[0], again[0])
    assert torch.equal(one[1], again[1])
    assert not torch.equal(one[0], other[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_printed_repeats_what_was_done(seed):
    drawn = Variation.draw(np.random.default_rng(seed))
    read_back = eval(repr(drawn), dict(TWINS))

    assert read_back == drawn
    for once, again in zip(
        drawn.apply(*patch(), patch=PATCH), read_back.apply(*patch(), patch=PATCH), strict=True
    ):
        assert torch.equal(once, again)


@pytest.mark.parametrize("seed", SEEDS)
def test_background_and_absent_sequences_stay_exactly_zero(seed):
    images, regions = patch()
    drawn = Variation.draw(np.random.default_rng(seed))
    only_space = Variation(drawn.affine, drawn.flips, ())

    varied, _ = drawn.apply(images, regions, patch=PATCH)
    moved, _ = only_space.apply(images, regions, patch=PATCH)

    assert (varied[1] == 0).all()
    assert (varied[moved == 0] == 0).all()
    assert torch.isfinite(varied).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_labels_stay_binary_and_nested(seed):
    _, (whole, core, enhancing) = vary(*patch(), seed=seed)

    assert whole.dtype is torch.bool
    assert enhancing.any()
    assert (core | ~enhancing).all()
    assert (whole | ~core).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_labels_go_where_the_images_go(seed):
    _, regions = patch()
    images = regions[:1].float().expand(4, *PATCH).clone()

    varied, moved = Variation(
        *(kind.draw(np.random.default_rng(seed)) for kind in (AffineTransform, Flips)), ()
    ).apply(images, regions, patch=PATCH)

    disagree = (varied[0] > 0.5) ^ moved[0]
    assert disagree.sum() < 0.1 * moved[0].sum()


def test_each_sequence_is_varied_by_itself():
    image = patch()[0][:1].expand(4, *PATCH).clone()
    chosen = (Noise(0.1, 1),), (Noise(0.1, 2),), (), (Brightness(1.1, 0.0), Gamma(0.8))

    varied, _ = Variation(AffineTransform(), Flips(), chosen).apply(image, patch()[1], patch=PATCH)

    assert torch.equal(varied[2], image[2])
    for one, other in ((0, 1), (0, 2), (1, 2), (2, 3)):
        assert not torch.equal(varied[one], varied[other])


def test_the_cases_own_voxels_are_not_touched():
    images, regions = patch()

    for seed in SEEDS:
        vary(images, regions, seed=seed)

    assert torch.equal(images, patch()[0])
    assert torch.equal(regions, patch()[1])


def test_every_kind_of_variation_is_drawn():
    drawn = [Variation.draw(np.random.default_rng(seed)) for seed in range(200)]

    for kind, share in SHARES.items():
        count = sum(any(type(s) is kind for s in v.sequences[2]) for v in drawn)
        assert abs(count / len(drawn) - share) < 0.12
    assert 0.38 < sum(not v.affine.is_identity for v in drawn) / len(drawn) < 0.62
    mirrored = np.mean([v.flips.axes for v in drawn], axis=0)
    assert 0.38 < mirrored[0] < 0.62
    assert 0 < mirrored[1] < 0.25
    assert 0 < mirrored[2] < 0.25


def test_an_augmentation_does_what_its_name_says_and_nothing_else():
    drawn = {
        name: [Variation.draw(np.random.default_rng(seed), augment=name) for seed in range(60)]
        for name in get_args(Augment)
    }

    assert all(v == Variation(AffineTransform(), Flips(), ((),) * 4) for v in drawn["none"])
    turned = drawn["flips_rotations"]
    assert all(v.sequences == ((),) * 4 for v in turned)
    mirrored = np.mean([v.flips.axes for v in turned], axis=0)
    assert ((mirrored > 0.3) & (mirrored < 0.7)).all(), "every axis in half of the patches"
    assert 0.3 < np.mean([v.affine == AffineTransform() for v in turned]) < 0.7
    assert all(v.affine.scale == (1, 1, 1) for v in turned)
    assert any(any(steps) for v in drawn["full"] for steps in v.sequences)
