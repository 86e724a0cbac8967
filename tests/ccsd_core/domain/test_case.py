"""Cases: volumes on one grid."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_core.domain.case import Case, StoredGrid
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2023, Region
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError

SHAPE = (3, 4, 5)
STORED = StoredGrid(SHAPE, np.eye(4))
every_subset = pytest.mark.parametrize("subset", ModalitySubset.every(), ids=str)


def volume(value: float = 0, *, shift: float = 0) -> Volume:
    affine = np.eye(4)
    affine[0, 3] = shift
    return Volume(np.full(SHAPE, value, np.float32), affine)


def case_with(subset: ModalitySubset) -> Case:
    return Case("x", {m: volume(m) for m in subset}, STORED)


@every_subset
def test_a_case_has_what_it_was_given_and_the_first_channels_grid(subset: ModalitySubset):
    case = case_with(subset)
    assert case.available == subset
    assert case.grid is case.volumes[next(iter(subset))]


@every_subset
def test_a_case_restricted_to_a_subset_has_just_that(subset: ModalitySubset):
    case = case_with(ModalitySubset.full()).restricted_to(subset)
    assert case.available == subset
    assert case.stored is STORED


def test_a_case_cannot_be_restricted_to_what_it_lacks():
    case = case_with(ModalitySubset.parse("FLAIR+T2"))
    with pytest.raises(CaseError, match=r"no T1, T1c.*FLAIR \+ T2"):
        case.restricted_to(ModalitySubset.full())


def test_a_case_without_a_sequence_is_refused():
    with pytest.raises(CaseError, match="'x' has no sequence"):
        Case("x", {}, STORED)


def test_a_sequence_on_another_grid_is_refused_by_name():
    with pytest.raises(CaseError, match="T1c has a different voxel grid"):
        Case("x", {Modality.FLAIR: volume(), Modality.T1C: volume(shift=1)}, STORED)


def test_labels_on_another_grid_are_refused():
    with pytest.raises(CaseError, match="labels have a different voxel grid"):
        Case("x", {Modality.FLAIR: volume()}, STORED, reference=volume(shift=1))


def test_reference_regions_are_read_with_the_cases_scheme():
    labels = np.zeros(SHAPE, np.uint8)
    labels[0, 0, 0] = 3
    case = Case(
        "x",
        {Modality.T1: volume()},
        STORED,
        reference=volume().with_array(labels),
        scheme=BRATS2023,
    )
    assert case.reference_regions is not None
    assert case.reference_regions[Region.ET].sum() == 1
    assert case_with(ModalitySubset.full()).reference_regions is None


def test_a_case_is_among_others_under_any_name_of_its_patient():
    case = replace(case_with(ModalitySubset.full()), also_named=frozenset(("Brats18_2013_0_1",)))

    for ids in (["x"], ["a", "brats18_2013_0_1"], ("HG_Brats18_2013_0_1",), {"x", "y"}):
        assert case.is_among(ids)
    for ids in ([], ["X"], ["Brats18_2013_1_1"], frozenset(("y",))):
        assert not case.is_among(ids)
