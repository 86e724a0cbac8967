"""A rank's batches: the same patches whatever the ranks, the workers and the micro-batches."""

import multiprocessing
from collections.abc import Sequence

import pytest
import torch

from ccsd_core.data.dataset import CaseSet, TrainingCase, open_cases
from ccsd_core.data.loading import StepBatch, step_batches
from ccsd_core.data.patches import Batch, PatchSampler
from ccsd_core.errors import ConfigError
from ccsd_core.progress import drain

PRESENT = [(1, 1, 1, 1), (0, 1, 0, 1), (1, 0, 0, 0)]


def case(name: str, present: Sequence[int]) -> TrainingCase:
    generator = torch.Generator().manual_seed(len(name))
    regions = torch.zeros(3, 20, 20, 20, dtype=torch.bool)
    regions[:, 12:15, 5:8, 9:12] = True
    has = torch.tensor(present, dtype=torch.bool)
    images = (torch.rand(4, 20, 20, 20, generator=generator) + 1) * has[:, None, None, None]
    return TrainingCase(name, images.half(), has, regions)


@pytest.fixture
def sampler() -> PatchSampler:
    cases = [case("x" * (i + 1), present) for i, present in enumerate(PRESENT)]
    return PatchSampler(
        cases=CaseSet.of(cases), patch=(9, 8, 8), batch=6, foreground=0.6, augment="full", seed=3
    )


def joined(parts: Sequence[Batch]) -> Batch:
    return Batch(
        torch.cat([p.images for p in parts]),
        torch.cat([p.present for p in parts]),
        torch.cat([p.regions for p in parts]),
        tuple(i for p in parts for i in p.ids),
    )


def assert_same(one: Batch, other: Batch) -> None:
    assert one.ids == other.ids
    assert torch.equal(one.images, other.images)
    assert torch.equal(one.present, other.present)
    assert torch.equal(one.regions, other.regions)


def whole(steps: Sequence[StepBatch]) -> Batch:
    return joined([part for step in steps for part in step.parts])


def test_a_step_is_its_samples_in_order(sampler):
    (step,) = step_batches(sampler, steps=range(4, 5))

    patches = [sampler.sample(index) for index in range(24, 30)]
    assert_same(whole([step]), Batch.of(patches))
    assert whole([step]).images.dtype is torch.float16, "half the bytes for a GPU to fetch"


@pytest.mark.parametrize("world", [1, 2, 3, 6])
def test_ranks_share_a_batch_and_together_see_all_of_it(sampler, world):
    by_rank = [
        list(step_batches(sampler, steps=range(2), rank=rank, world=world)) for rank in range(world)
    ]

    for step in range(2):
        together = joined([p for steps in by_rank for p in steps[step].parts])
        assert_same(together, sampler.draw(step))
        assert all(len(steps[step].parts[0].ids) == 6 // world for steps in by_rank)


@pytest.mark.parametrize("micro_batch", [1, 2, 4, 6, 50])
def test_micro_batches_cut_a_share_without_changing_it(sampler, micro_batch):
    (step,) = step_batches(sampler, steps=range(1), micro_batch=micro_batch)

    assert max(len(part.ids) for part in step.parts) == min(micro_batch, 6)
    assert len(step.parts) == -(-6 // micro_batch)
    assert_same(joined(step.parts), sampler.draw(0))


@pytest.mark.parametrize("rank", [0, 1])
def test_every_rank_has_the_presence_of_the_whole_batch(sampler, rank):
    for step, batch in enumerate(step_batches(sampler, steps=range(5), rank=rank, world=2)):
        assert torch.equal(batch.batch_present, sampler.draw(step).present)


def test_presence_is_known_without_reading_a_case(sampler):
    def forbidden(_: int) -> TrainingCase:
        raise AssertionError("read")

    cases = sampler.cases
    blind = PatchSampler(
        cases=CaseSet(cases.ids, cases.present, forbidden),
        patch=(8, 8, 8),
        batch=6,
        foreground=0.6,
        augment="full",
        seed=3,
    )
    assert all(torch.equal(blind.presence(s), sampler.presence(s)) for s in range(5))


@pytest.mark.parametrize("workers", [1, 3])
def test_workers_change_nothing(sampler, workers):
    threads = torch.get_num_threads()
    torch.set_num_threads(2)  # the workers have one each
    try:
        alone = list(step_batches(sampler, steps=range(3, 7), micro_batch=4))
        helped = list(step_batches(sampler, steps=range(3, 7), micro_batch=4, workers=workers))
    finally:
        torch.set_num_threads(threads)

    assert len(alone) == len(helped) == 4
    for one, other in zip(alone, helped, strict=True):
        assert torch.equal(one.batch_present, other.batch_present)
        for a, b in zip(one.parts, other.parts, strict=True):
            assert_same(a, b)


@pytest.mark.parametrize("cache", ["memory", "disk"])
def test_workers_read_cases_from_either_cache(brats_case, tmp_path, cache):
    paths = [brats_case(name, under=tmp_path / "data").path for name in "ab"]
    cases = drain(
        open_cases(paths, spacing_mm=1.0, cache=cache, cache_dir=tmp_path / "cache", workers=1)
    )
    sampler = PatchSampler(
        cases=cases, patch=(16, 16, 16), batch=2, foreground=1.0, augment="none", seed=0
    )

    drawn = list(step_batches(sampler, steps=range(2), workers=2))

    assert_same(whole(drawn), joined([sampler.draw(0), sampler.draw(1)]))
    assert whole(drawn).regions[:, 0].flatten(1).any(1).all()


def test_a_run_may_stop_at_any_step(sampler):
    before = len(multiprocessing.active_children())
    steps = step_batches(sampler, steps=range(1_000_000_000), workers=2)
    next(steps)

    steps.close()

    assert len(multiprocessing.active_children()) == before


def test_a_batch_that_cannot_be_shared_evenly_is_refused_at_once(sampler):
    with pytest.raises(ConfigError, match=r"data\.batch = 6 .*4 devices.*multiple of 4"):
        step_batches(sampler, steps=range(1), world=4)


@pytest.mark.slow
def test_processes_that_share_no_memory_draw_the_same(sampler, monkeypatch):
    """As on Windows and macOS, where nothing is forked: the sampler is sent to each process."""
    monkeypatch.setattr("ccsd_core.data.processes._START", "spawn")

    steps = step_batches(sampler, steps=range(2, 3), workers=1)

    assert_same(whole(list(steps)), sampler.draw(2))
