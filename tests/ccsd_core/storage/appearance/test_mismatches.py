"""What an image looks like, against what it is called: a note where they differ, else none."""

from itertools import combinations

import numpy as np
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.storage.appearance.features import LENGTH, features
from ccsd_core.storage.appearance.mismatches import mismatches
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.demo import demo_case

NAMES = {m: f"{m.label} (file)" for m in Modality}


@pytest.fixture(scope="module")
def case():
    return load_case(demo_case())


def test_every_swap_of_the_demo_cases_sequences_is_reported_and_nothing_else(case):
    assert mismatches(case.volumes, NAMES) == ()
    for one, other in combinations(Modality, 2):
        swapped = {**case.volumes, one: case.volumes[other], other: case.volumes[one]}
        warnings = mismatches(swapped, NAMES)
        assert len(warnings) == 2
        assert f"{NAMES[one]} looks like {other.label}" in warnings[0]
        assert f"{NAMES[other]} looks like {one.label}" in warnings[1]


def test_an_image_by_itself_is_doubted_where_it_looks_like_another_sequence(case):
    t2 = case.volumes[Modality.T2]

    assert mismatches({Modality.T2: t2}, NAMES) == ()
    (warnings,) = mismatches({Modality.T1: t2}, NAMES)
    assert warnings.startswith("T1 (file) looks like T2")


def test_scale_offset_direction_and_finer_voxels_change_no_feature(case):
    volume = case.volumes[Modality.FLAIR]
    expected = features(volume)
    assert expected is not None
    assert expected.shape == (LENGTH,)

    scaled = volume.with_array(volume.array * 3.5)
    np.testing.assert_allclose(features(scaled), expected, atol=1e-6)
    step = 8  # samples lie in the middle of 8 voxels: a whole number of them keeps the places
    cut = [n - n % step for n in volume.shape]
    even = Volume(volume.array[: cut[0], : cut[1], : cut[2]], volume.world_from_voxel)
    finer = Volume(
        np.repeat(even.array, 2, axis=2), even.world_from_voxel @ np.diag([1, 1, 0.5, 1])
    )
    np.testing.assert_allclose(features(finer), features(even), atol=0.05)


@pytest.mark.parametrize("array", [np.zeros((32,) * 3), np.ones((3, 3, 3)), np.eye(40)[..., None]])
def test_what_shows_no_head_has_no_features(array):
    volume = Volume(array.astype(np.float32), np.eye(4))

    assert features(volume) is None
    assert mismatches({Modality.T1: volume}, NAMES) == ()
