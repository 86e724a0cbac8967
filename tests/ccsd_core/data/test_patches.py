"""Training batches: a function of seed and step alone, centred where it matters."""

import dataclasses

import numpy as np
import pytest
import torch

from ccsd_core.data.dataset import CaseSet, TrainingCase
from ccsd_core.data.patches import PatchSampler


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
        augment=True,
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
    plain = dataclasses.replace(sampler, augment=False)

    assert all(plain.draw(step).regions[:, 0].flatten(1).any(1).all() for step in range(20))


def test_preferred_cases_are_drawn_more_often(sampler):
    plain = dataclasses.replace(sampler, augment=False)
    ids = [i for step in range(60) for i in plain.draw(step).ids]

    assert 0.8 < sum(i.startswith("real") for i in ids) / len(ids) < 0.98


def test_a_case_smaller_than_the_patch_is_padded_with_background(sampler):
    large = dataclasses.replace(sampler, patch=(48, 16, 48), augment=False)

    batch = large.draw(0)

    assert batch.images.shape == (2, 4, 48, 16, 48)
    assert (batch.images[:, :, 40:] == 0).all()


def test_a_turned_patch_is_filled_from_the_case_around_it(sampler):
    full = TrainingCase(
        "full",
        torch.ones(4, 60, 60, 60).half(),
        torch.ones(4, dtype=torch.bool),
        case("x").regions.new_ones(3, 60, 60, 60),
    )
    inner = dataclasses.replace(sampler, cases=CaseSet.of([full]), foreground=0.0)
    starts = [inner._place(full, np.random.default_rng((5, i))) for i in range(3)]
    assert len(set(starts)) == 3

    # away from the case's own border no corner of a patch may be empty
    middle = dataclasses.replace(inner, patch=(44, 44, 44))
    patches = [middle.sample(index) for index in range(12)]

    for patch in patches:
        assert (patch.images[:, 10:-10, 10:-10, 10:-10] != 0).all()
        assert patch.regions[:, 10:-10, 10:-10, 10:-10].all()


def test_a_patch_at_the_border_is_padded_on_the_side_that_lacks(sampler):
    turning = dataclasses.replace(sampler, patch=(40, 40, 40), foreground=0.0)

    shapes = {turning.sample(index).images.shape for index in range(8)}

    assert shapes == {torch.Size((4, 40, 40, 40))}


def test_images_stay_half_floats_as_the_cases_are_kept(sampler):
    assert sampler.sample(0).images.dtype is torch.float16
    assert dataclasses.replace(sampler, augment=False).sample(0).images.dtype is torch.float16
    assert sampler.draw(0).images.dtype is torch.float32


def test_every_region_has_its_turn_as_a_centre(sampler):
    cases = case("real_1")
    regions = cases.regions.clone()
    regions[2] = False
    regions[2, 4:6, 34:36, 4:6] = True
    split = dataclasses.replace(cases, regions=regions)
    plain = dataclasses.replace(sampler, cases=CaseSet.of([split]), augment=False, patch=(8, 8, 8))

    shown = torch.stack([plain.sample(i).regions.flatten(1).any(1) for i in range(90)])

    assert 0.2 < shown[:, 2].float().mean() < 0.5
    assert 0.5 < shown[:, 0].float().mean() < 0.8


def test_a_region_that_is_empty_leaves_the_patch_anywhere(sampler):
    bare = dataclasses.replace(case("real_1"), regions=torch.zeros(3, 40, 40, 40, dtype=bool))
    plain = dataclasses.replace(sampler, cases=CaseSet.of([bare]), augment=False)

    starts = {plain._place(bare, np.random.default_rng(i)) for i in range(20)}

    assert len(starts) > 15
