"""Training batches: a function of seed and step alone, centred where it matters."""

import dataclasses

import numpy as np
import pytest
import torch

from ccsd_core.data.dataset import CaseSet, TrainingCase
from ccsd_core.data.patches import PatchSampler, _cut


def case(name: str) -> TrainingCase:
    regions = torch.zeros(3, 40, 40, 40, dtype=torch.bool)
    regions[:, 30:33, 5:8, 20:23] = True
    return TrainingCase(
        name, torch.rand(4, 40, 40, 40).half() + 1, torch.ones(4, dtype=torch.bool), regions
    )


@pytest.fixture
def sampler() -> PatchSampler:
    return PatchSampler(
        cases=CaseSet.of([case("real_1"), case("real_2"), case("made_up")]),
        patch=(16, 16, 16),
        batch=2,
        foreground=1.0,
        augment="full",
        seed=5,
        prefer="real",
        prefer_share=0.9,
    )


def test_a_step_always_sees_the_same_batch_and_another_step_another(sampler):
    one, again, other = sampler.draw(3), sampler.draw(3), sampler.draw(4)

    assert torch.equal(one.images, again.images)
    assert torch.equal(one.regions, again.regions)
    assert one.ids == again.ids
    assert not torch.equal(one.images, other.images)


def test_patches_are_centred_on_tumour_when_asked(sampler):
    plain = dataclasses.replace(sampler, augment="none")

    assert all(plain.draw(step).regions[:, 0].flatten(1).any(1).all() for step in range(20))


def test_preferred_cases_are_drawn_more_often(sampler):
    plain = dataclasses.replace(sampler, augment="none")
    ids = [i for step in range(60) for i in plain.draw(step).ids]

    assert 0.8 < sum(i.startswith("real") for i in ids) / len(ids) < 0.98


def test_a_case_smaller_than_the_patch_is_padded_with_background(sampler):
    large = dataclasses.replace(sampler, patch=(48, 16, 48), augment="none")

    batch = large.draw(0)

    assert batch.images.shape == (2, 4, 48, 16, 48)
    assert (batch.images[:, :, 40:] == 0).all()


def test_a_turned_patch_is_filled_from_the_case_around_it(sampler):
    middle = torch.zeros(3, 80, 80, 80, dtype=torch.bool)
    middle[:, 40, 40, 40] = True
    full = TrainingCase("full", torch.ones(4, 80, 80, 80).half(), torch.ones(4).bool(), middle)
    turning = dataclasses.replace(sampler, cases=CaseSet.of([full]), patch=(24, 24, 24))

    patches = [turning.sample(index) for index in range(16)]

    assert all((patch.images != 0).all() for patch in patches), "no corner is empty"


def test_a_varied_patch_keeps_its_middle(sampler):
    blocks = torch.rand(3, 10, 10, 10, generator=torch.Generator().manual_seed(0)) > 0.5
    regions = blocks.repeat_interleave(8, 1).repeat_interleave(8, 2).repeat_interleave(8, 3)
    pattern = TrainingCase("p", torch.ones(4, 80, 80, 80).half(), torch.ones(4).bool(), regions)
    turning = dataclasses.replace(sampler, cases=CaseSet.of([pattern]), patch=(25, 25, 25))
    plain = dataclasses.replace(turning, augment="none")

    for index in range(30):
        turned, straight = turning.sample(index).regions, plain.sample(index).regions
        assert torch.equal(turned[:, 12, 12, 12], straight[:, 12, 12, 12])


def test_patches_are_varied_when_asked(sampler):
    plain = dataclasses.replace(sampler, augment="none")

    pairs = [(plain.sample(i), sampler.sample(i)) for i in range(10)]

    assert [a.id for a, _ in pairs] == [b.id for _, b in pairs]
    assert sum(torch.equal(a.images, b.images) for a, b in pairs) < 3


@pytest.mark.parametrize("start", [(0, 0, 0), (-3, 2, 5), (4, -2, -3), (-1, -1, -1)], ids=str)
@pytest.mark.parametrize("size", [(4, 4, 4), (12, 9, 14)], ids=str)
def test_a_window_that_reaches_beyond_the_case_is_padded_there(start, size):
    volume = torch.rand(2, 8, 7, 9) + 1
    around = torch.nn.functional.pad(volume, [20] * 6)
    x, y, z = (slice(s + 20, s + 20 + n) for s, n in zip(start, size, strict=True))

    assert torch.equal(_cut(volume, start, size), around[:, x, y, z])


def test_images_stay_half_floats_as_the_cases_are_kept(sampler):
    assert sampler.sample(0).images.dtype is torch.float16
    assert dataclasses.replace(sampler, augment="none").sample(0).images.dtype is torch.float16
    assert sampler.draw(0).images.dtype is torch.float16


def test_every_region_has_its_turn_as_a_centre(sampler):
    cases = case("real_1")
    regions = cases.regions.clone()
    regions[2] = False
    regions[2, 4:6, 34:36, 4:6] = True
    split = dataclasses.replace(cases, regions=regions)
    plain = dataclasses.replace(sampler, cases=CaseSet.of([split]), augment="none", patch=(8, 8, 8))

    shown = torch.stack([plain.sample(i).regions.flatten(1).any(1) for i in range(90)])

    assert 0.2 < shown[:, 2].float().mean() < 0.5
    assert 0.5 < shown[:, 0].float().mean() < 0.8


def test_a_region_that_is_empty_leaves_the_patch_anywhere(sampler):
    bare = dataclasses.replace(case("real_1"), regions=torch.zeros(3, 40, 40, 40, dtype=bool))
    plain = dataclasses.replace(sampler, cases=CaseSet.of([bare]), augment="none")

    starts = {plain._place(bare, np.random.default_rng(i)) for i in range(20)}

    assert len(starts) > 15
