"""Degraded images: the same as corruptions where both exist, and the dose of the contrast agent."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_core.data.corruption import SEVERITIES, Corruption, corrupted
from ccsd_core.data.degradation.apply import degraded, degraded_volume
from ccsd_core.data.degradation.degradations import Degradation, Degradations
from ccsd_core.data.degradation.kinds import DOSE, KINDS
from ccsd_core.domain.case import Case, StoredGrid
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError

SHAPE = (40, 44, 36)
T1, T1C = Modality.T1, Modality.T1C


@pytest.fixture(scope="module")
def masks():
    x, y, z = np.ogrid[tuple(slice(-1, 1, n * 1j) for n in SHAPE)]
    brain = x**2 / 0.8 + y**2 / 0.9 + z**2 / 0.8 < 1
    return brain, (x - 0.2) ** 2 + y**2 + z**2 < 0.06


@pytest.fixture(scope="module")
def case(masks) -> Case:
    """A brain with texture; T1c is T1 on another scale, and bright in a ball."""
    brain, ball = masks
    rng = np.random.default_rng(5)
    affine = np.diag([3.0, 3.0, 3.0, 1.0])
    tissue = 200 + 40 * np.sin(np.arange(SHAPE[0]) / 3)[:, None, None] + rng.normal(0, 4, SHAPE)
    images = {m: tissue + rng.normal(0, 2, SHAPE) for m in Modality}
    images[T1C] = 1.5 * tissue + 30 + rng.normal(0, 2, SHAPE) + 300 * ball
    volumes = {
        m: Volume(np.where(brain, image, 0).astype(np.float32), affine)
        for m, image in images.items()
    }
    return Case("patient", volumes, StoredGrid(SHAPE, affine))


def image(case: Case, text: str) -> np.ndarray:
    return degraded(case, Degradations.parse([text])).volumes[T1C].array


def test_at_whole_severities_an_image_is_that_of_the_corruption_to_the_bit(case):
    for kind in KINDS:
        if kind == DOSE.name:
            continue
        for severity in SEVERITIES:
            bad = corrupted(case, Corruption(kind, severity, T1C)).volumes[T1C].array
            assert np.array_equal(image(case, f"T1c:{kind}={severity}"), bad), (kind, severity)


def test_between_severities_an_image_lies_between_those_of_its_neighbours(case):
    clean = case.volumes[T1C].array
    for kind in KINDS:
        low, middle, high = (
            np.abs(image(case, f"T1c:{kind}={severity}") - clean).mean() for severity in (3, 3.5, 4)
        )
        assert low < middle < high, kind


def test_without_contrast_agent_t1c_is_t1_on_its_own_scale(case, masks):
    brain, ball = masks
    rest = brain & ~ball
    clean, plain = case.volumes[T1C].array, case.volumes[T1].array

    none = image(case, "T1c:dose=5")
    half = image(case, "T1c:dose=2.5")

    np.testing.assert_allclose(none[brain], 1.5 * plain[brain] + 30, atol=5)  # enhancement: 300
    assert float((clean - none)[ball].mean()) > 290
    assert abs(float((clean - none)[rest].mean())) < 2
    np.testing.assert_allclose(half, (none + clean) / 2, rtol=1e-5, atol=1e-3)
    assert (none[~brain] == 0).all()


def test_only_named_sequences_change_and_the_labels_and_the_grid_stay(case):
    found = degraded(case, Degradations.parse(["T1c:noise=3", "T2:blur=2"]))

    same = [m for m in Modality if found.volumes[m] is case.volumes[m]]
    assert same == [Modality.FLAIR, T1]
    assert found.grid.same_grid(case.grid)
    assert (found.id, found.reference) == (case.id, case.reference)


def test_several_kinds_act_one_after_the_other_in_a_fixed_order(case):
    both = image(case, "T1c:dose=5")
    between = replace(case, volumes={**case.volumes, T1C: Volume(both, case.grid.world_from_voxel)})
    expected = image(between, "T1c:noise=2")

    texts = ["T1c:noise=2", "T1c:dose=5"]
    found = degraded(case, Degradations.parse(texts)).volumes[T1C].array

    assert np.array_equal(found, expected)


def test_it_depends_on_case_kind_and_sequence_alone(case):
    noise = Degradations.of([Degradation(T1C, "noise", 3)])
    again, other = (
        degraded_volume(one, T1C, noise).array for one in (case, replace(case, id="another"))
    )
    assert np.array_equal(image(case, "T1c:noise=3"), again)
    assert not np.array_equal(again, other)


def test_what_the_case_lacks_is_refused(case):
    no_t1 = case.restricted_to(ModalitySubset.parse("FLAIR+T1c"))
    with pytest.raises(CaseError, match=r"T1c:dose=1 \(it needs T1c and T1\): it has FLAIR"):
        degraded(no_t1, Degradations.parse(["T1c:dose=1"]))
    with pytest.raises(CaseError, match="has no T2 to degrade"):
        degraded(no_t1, Degradations.parse(["T2:noise=1"]))
