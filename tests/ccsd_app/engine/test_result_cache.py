"""Results on disk: they are read as they were stored, under a key of all that they depend on."""

import os
from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.engine.contents import contents_of
from ccsd_app.engine.result_cache import ResultCache, result_key
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.volume import Volume

FULL = ModalitySubset.full()


@pytest.fixture
def cache(tmp_path):
    return ResultCache(tmp_path / "results")


def test_every_result_comes_back_as_it_was(cache, fake_results):
    results = {s: fake_results(s, labelled=len(s) > 1) for s in ModalitySubset.every()}
    for result in results.values():
        cache.save("key", result)

    found = cache.load("key")

    assert found.keys() == results.keys()
    for subset, result in results.items():
        ours = found[subset]
        np.testing.assert_array_equal(ours.nested_labels, result.nested_labels)
        assert (ours.volumes_ml, ours.dice, ours.agreement) == (
            result.volumes_ml,
            result.dice,
            result.agreement,
        )
        assert ours.offset_voxel == result.offset_voxel
    assert cache.load("other") == {}


def test_a_damaged_file_is_computed_again_and_does_not_stay(cache, fake_results, tmp_path):
    for subset in (FULL, FULL.toggled(Modality.T1)):
        cache.save("key", fake_results(subset))
    path = tmp_path / "results" / "key" / f"{FULL}.npz"
    whole = path.read_bytes()
    other = path.with_name("T1.npz")

    for damage in (b"", b"<html>", whole[: len(whole) // 2]):
        path.write_bytes(damage)
        other.write_bytes(whole)  # a name that does not say what is in it
        assert cache.load("key").keys() == {FULL.toggled(Modality.T1)}
        assert not path.exists()
        assert not other.exists()


def test_the_key_differs_with_whatever_changes_a_result(fake_worker):
    case = fake_worker.phantom("p", FULL)
    model = {"model_sha256": "a", "postprocess": "nested"}
    volume = case.volumes[Modality.T2]
    touched = volume.array.copy()
    touched[3, 3, 3] += 1
    moved = Volume(volume.array, volume.world_from_voxel + np.diag([0, 0, 0.1, 0]))

    keys = [
        result_key(contents_of(case), **model),
        result_key(contents_of(fake_worker.phantom("p", FULL, labelled=False)), **model),
        result_key(contents_of(case.restricted_to(FULL.toggled(Modality.T1))), **model),
        result_key(
            contents_of(
                replace(
                    case,
                    volumes={
                        **case.volumes,
                        Modality.T2: Volume(touched, volume.world_from_voxel),
                    },
                )
            ),
            **model,
        ),
        result_key(
            contents_of(replace(case, volumes={Modality.T2: moved}, reference=None)), **model
        ),
        result_key(contents_of(case), **{**model, "model_sha256": "b"}),
        result_key(contents_of(case), **{**model, "postprocess": "none"}),
        result_key(contents_of(case), **model, as_scanned=True),
    ]

    assert len(set(keys)) == len(keys)
    assert result_key(contents_of(fake_worker.phantom("renamed", FULL)), **model) == keys[0]


def test_results_of_the_cases_used_longest_ago_are_deleted_first(cache, fake_results, tmp_path):
    for age, key in enumerate(("new", "middle", "old")):
        cache.save(key, fake_results(FULL))
        os.utime(tmp_path / "results" / key, (1e9 - age, 1e9 - age))
    one = cache.size_mb / 3

    cache.load("old")  # used now
    cache.cap_mb = one * 2.5
    cache.prune()
    assert [bool(cache.load(key)) for key in ("new", "middle", "old")] == [True, False, True]
    cache.clear()
    assert cache.size_mb == 0
    cache.cap_mb = 0
    cache.save("key", fake_results(FULL))
    assert cache.load("key") == {}
