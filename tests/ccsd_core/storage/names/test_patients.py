"""One patient, many names: the table of BraTS 2017 to 2021."""

from collections import Counter

import pytest

from ccsd_core.domain.patient import key_of
from ccsd_core.errors import CaseError
from ccsd_core.storage.names.origin import write_origin
from ccsd_core.storage.names.patients import (
    known_patients,
    patient_of,
    patients_of,
    patients_within,
)

ONE = (
    "Brats17_CBICA_ABM_1",
    "Brats18_CBICA_ABM_1",
    "BraTS19_CBICA_ABM_1",
    "BraTS20_Training_007",
    "HG_BraTS20_Training_007",
    "BraTS2021_01207",
    "BraTS-GLI-01207-000",
    "brats-gli-01207-001",
)


def test_all_names_of_a_patient_are_one_patient():
    assert len({patient_of(name) for name in ONE}) == 1
    assert patients_of(ONE) == {"BraTS2021_01207"}
    patient = patient_of(ONE[0])
    assert (patient.site, patient.cohort, patient.grade) == ("1", "Private Collection", "HGG")
    assert set(ONE[:4]) < set(patient.names)


def test_other_patients_are_others():
    assert patient_of("BraTS20_Training_008") != patient_of("BraTS20_Training_007")
    assert patient_of("Brats18_TCIA01_231_1").names[-2:] == ("Brats17_TCIA_231_1", "TCGA-02-0085")


@pytest.mark.parametrize("name", ["BRATS_001", "W7", "brats20", "Synthetic_00001", "P 7"])
def test_an_unknown_name_is_a_patient_of_its_own(name):
    patient = patient_of(name)
    assert (patient.id, patient.names, patient.site) == (name, (name,), "")


def test_a_number_that_is_not_in_the_table_still_is_one_patient():
    assert patient_of("BraTS-GLI-00001-000") == patient_of("brats2021_00001")


def test_the_table_holds_every_patient_once():
    everybody = known_patients()
    names = [name for patient in everybody for name in patient.names]

    assert len(everybody) == 1255
    assert len(set(names)) == len(names)
    assert all(key_of(name) == name for name in names), "else nobody would find it"
    assert sum(patient.id.startswith("BraTS2021_") for patient in everybody) == 1251
    assert sum("BraTS20_" in name for name in names) == 369
    assert Counter(patient.grade for patient in everybody) == {"": 886, "HGG": 293, "LGG": 76}
    sites = Counter(patient.site for patient in everybody)
    assert (len(sites), sites["1"], sites["18"], sites["19"]) == (23, 511, 382, 4)


def test_a_mixed_case_is_of_its_sources_too(tmp_path):
    mixed = tmp_path / "Synthetic_Mixed_00001"
    mixed.mkdir()
    write_origin(mixed, recipe="lesion", sources=["BraTS20_Training_007", "own"])

    assert patients_within(mixed) == {mixed.name, "BraTS2021_01207", "own"}
    (mixed / "origin.json").write_text("{}")
    with pytest.raises(CaseError, match="which patients"):
        patients_within(mixed)
