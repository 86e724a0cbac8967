"""How the names of cases are spelt."""

import pytest

from ccsd_core.domain.patient import as_published, key_of, keys_of


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("HG_BraTS20_Training_002", "BraTS20_Training_002"),
        ("lgg_brats20_training_002", "BraTS20_Training_002"),
        ("BRATS18_CBICA_abm_1", "Brats18_CBICA_ABM_1"),
        ("brats19_tcia01_231_1", "BraTS19_TCIA01_231_1"),
        ("brats17_2013_0_1", "Brats17_2013_0_1"),
        ("brats2021_01207", "BraTS2021_01207"),
        ("brats-gli-01207-000", "BraTS-GLI-01207-000"),
        ("TCGA-02-0006_1996.08.23", "TCGA-02-0006"),
    ],
)
def test_a_name_is_recognised_however_it_is_spelt(name, published):
    assert as_published(name) == published
    assert as_published(published) == published


@pytest.mark.parametrize(
    "name",
    ["patient 7", "HG_7", "Patient_b", "BRATS_001", "BraTS2021_7", "W7", "", "HG_", "sub-01"],
)
def test_a_name_of_no_known_form_stays_as_it_is(name):
    assert as_published(name) == name
    assert key_of(name) == name


def test_scans_of_one_patient_have_one_key_in_every_data_set_of_2023():
    assert keys_of(["BraTS-GLI-00008-000", "BraTS-GLI-00008-001", "BraTS2021_00008"]) == {
        "BraTS2021_00008"
    }
    assert (
        key_of("BraTS-MET-00008-001") == key_of("brats-met-00008-000") != key_of("BraTS2021_00008")
    )
