"""Laws of every kind of corruption: what it does not change, and that it grows with severity."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_core.data.corruption import KINDS, SEVERITIES, Corruption, corrupted
from ccsd_core.domain.case import Case, StoredGrid
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError

SHAPE = (44, 40, 30)
SPACING_MM = (3.0, 3.5, 4.0)
every_kind = pytest.mark.parametrize("kind", KINDS)
MOVES = ("misregistration",)
NO_COARSER = {"thick-slices": 2, "resolution": 3}
"""Severities of these kinds that are no coarser than the case below already is."""


@pytest.fixture(scope="module")
def case() -> Case:
    """A brain of about 100 with a bright ball in it, on a grid of unequal edges."""
    return made_case(background=0.0, gain=1.0)


def made_case(*, background: float, gain: float, offset: float = 0.0) -> Case:
    affine = np.diag([*SPACING_MM, 1.0])
    rng = np.random.default_rng(1)
    x, y, z = np.meshgrid(
        *((np.arange(n) - (n - 1) / 2) * mm for n, mm in zip(SHAPE, SPACING_MM, strict=True)),
        indexing="ij",
    )
    brain = (x / 58) ** 2 + (y / 62) ** 2 + (z / 52) ** 2 < 1
    tumour = (x - 20) ** 2 + (y + 10) ** 2 + z**2 < 15**2
    volumes = {}
    for m in Modality:
        tissue = 100 + 10 * np.sin(x / 7 + m) * np.cos(z / 6) + 80 * tumour
        values = gain * (tissue + rng.normal(0, 1, SHAPE)) + offset
        volumes[m] = Volume(np.where(brain, values, background).astype(np.float32), affine)
    return Case(
        "patient",
        volumes,
        StoredGrid(SHAPE, affine),
        reference=Volume((tumour * 4).astype(np.uint8), affine),
    )


def image_of(case: Case, kind: str, severity: int, **options) -> np.ndarray:
    return (
        corrupted(case, Corruption(kind, severity, Modality.T1C), **options)
        .volumes[Modality.T1C]
        .array
    )


@every_kind
def test_only_the_named_sequence_changes_and_the_case_given_stays_as_it_was(case, kind):
    before = case.volumes[Modality.T1C].array.copy()

    bad = corrupted(case, Corruption(kind, 5, Modality.T1C))

    assert not np.array_equal(bad.volumes[Modality.T1C].array, before)
    assert np.array_equal(case.volumes[Modality.T1C].array, before)
    assert all(bad.volumes[m] is case.volumes[m] for m in Modality if m is not Modality.T1C)
    assert (bad.id, bad.reference, bad.available) == (case.id, case.reference, case.available)
    assert bad.volumes[Modality.T1C].array.dtype == np.float32
    assert bad.notes == (f"T1c was corrupted on purpose: {kind}, {KINDS[kind].amount_text(5)}",)


@every_kind
def test_it_depends_on_seed_case_and_sequence_alone(case, kind):
    first = image_of(case, kind, 4)
    assert np.array_equal(first, image_of(case, kind, 4))
    drawn = kind in ("noise", "motion", "bias", "misregistration")
    assert np.array_equal(first, image_of(case, kind, 4, seed=1)) != drawn
    assert np.array_equal(first, image_of(replace(case, id="other"), kind, 4)) != drawn


@every_kind
@pytest.mark.parametrize(
    ("background", "offset"),
    [(0.0, 0.0), (-5.0, 0.0), (0.0, -120.0)],
    ids=["0", "below 0", "0 among z-scores"],
)
def test_the_background_keeps_its_value_and_moves_only_with_the_brain(kind, background, offset):
    case = made_case(background=background, gain=1.0, offset=offset)
    outside = case.volumes[Modality.T1C].array == background
    for severity in SEVERITIES:
        now = image_of(case, kind, severity) == background
        assert now.any()
        assert np.array_equal(now, outside) == (kind not in MOVES)


@every_kind
def test_every_severity_is_worse_than_the_one_before(case, kind):
    clean = case.volumes[Modality.T1C].array
    errors = [np.sqrt(np.mean((image_of(case, kind, s) - clean) ** 2)) for s in SEVERITIES]
    first = NO_COARSER.get(kind, 0)
    assert errors[:first] == [0.0] * first
    assert all(a < b for a, b in zip(errors[first:], errors[first + 1 :], strict=False)), errors
    assert errors[first] > 0


@every_kind
def test_the_scale_of_the_values_does_not_matter(case, kind):
    """Files have values up to 1, to 30 000, or less the background's."""
    image = image_of(case, kind, 5)
    scaled = image_of(made_case(background=0.0, gain=250.0), kind, 5)
    np.testing.assert_allclose(scaled, 250 * image, rtol=1e-3, atol=0.02 * 250)


@pytest.mark.parametrize("kind", ["blur", "thick-slices", "resolution"])
def test_the_rim_of_the_brain_does_not_darken(case, kind):
    """Beyond it lies what was taken away, not what was measured as 0."""
    flat = case.volumes[Modality.T1C].with_array(
        np.where(case.volumes[Modality.T1C].array > 0, 100, 0).astype(np.float32)
    )
    image = image_of(replace(case, volumes={**case.volumes, Modality.T1C: flat}), kind, 5)
    np.testing.assert_allclose(image, flat.array, rtol=1e-4)


@every_kind
def test_an_image_that_shows_nothing_stays_as_it_is(case, kind):
    nothing = Volume(np.full(SHAPE, 7, np.float32), case.grid.world_from_voxel)
    empty = replace(case, volumes={**case.volumes, Modality.T1C: nothing})
    assert np.array_equal(image_of(empty, kind, 5), nothing.array)


@every_kind
def test_an_image_without_a_background_of_one_value_is_corrupted_everywhere(case, kind):
    """As one that was not skull-stripped, with the air's noise around the head."""
    rng = np.random.default_rng(3)
    noisy = case.volumes[Modality.T1C].array + rng.uniform(0.1, 2, SHAPE).astype(np.float32)
    whole = replace(
        case,
        volumes={**case.volumes, Modality.T1C: case.volumes[Modality.T1C].with_array(noisy)},
    )
    image = image_of(whole, kind, 5)
    assert np.isfinite(image).all()
    assert np.mean(image != noisy) > 0.9


def test_a_sequence_that_the_case_lacks_is_named(case):
    pair = case.restricted_to(ModalitySubset.parse("FLAIR+T2"))
    with pytest.raises(CaseError, match=r"has no T1c to corrupt \(noise:3@T1c\): it has FLAIR"):
        corrupted(pair, Corruption.parse("noise:3@T1c"))
