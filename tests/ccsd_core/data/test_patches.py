"""Training batches: a function of seed and step alone, centred where it matters."""

import dataclasses

import pytest
import torch

from ccsd_core.data.augment import vary
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


def test_varying_a_patch_leaves_background_zero_and_labels_crisp():
    images = torch.rand(4, 16, 16, 16) + 1
    images[:, :6] = 0
    regions = torch.rand(3, 16, 16, 16) > 0.5

    before = images.clone()

    for seed in range(8):
        varied, labels = vary(images, regions, seed=seed)
        assert torch.equal(images, before), "the case in memory is not touched"
        assert type(varied) is torch.Tensor, "MONAI's own tensor slows every later step"
        assert labels.dtype is torch.bool
        assert not torch.equal(varied, images)
        outside = (varied == 0).all(dim=0)
        assert outside.any(), "background is still there, in every sequence at once"
        assert torch.equal(outside, (varied == 0).any(dim=0))
