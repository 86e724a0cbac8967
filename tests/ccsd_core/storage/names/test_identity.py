"""What cases are called: unique over an input, and time points of one patient known as such."""

from pathlib import Path

import pytest

from ccsd_core.domain.patient import key_of
from ccsd_core.storage.names.identity import case_id, unique_ids
from ccsd_core.storage.names.patients import patient_of


def files(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / f"{name}.nii.gz").write_bytes(b"")
    return folder


def test_a_folder_of_a_time_point_has_the_name_that_its_files_have(tmp_path):
    start = "PatientID_0003_Timepoint_1"
    path = tmp_path / "PatientID_0003" / "Timepoint_1"
    files(path, *(f"{start}_{end}" for end in ("brain_t1n", "brain_t2f", "tumorMask")))

    assert case_id(path) == start


def test_a_time_point_whose_files_do_not_state_a_patient_has_the_one_before_it(tmp_path):
    for patient in ("Patient-001", "Patient-002"):
        path = files(tmp_path / patient / "week-000-1", "CT1", "T1", "FLAIR")
        assert case_id(path) == f"{patient}_week-000-1"


def test_files_of_several_names_do_not_name_the_folder(tmp_path):
    assert case_id(files(tmp_path / "7", "a_7_t1", "b_7_t2")) == "7"


def test_names_are_unique_by_the_folders_in_which_they_differ(tmp_path):
    paths = [
        files(tmp_path / site / "images" / name, "t1", "t2")
        for site in ("A", "B")
        for name in ("001", "002")
    ]

    assert list(unique_ids(paths).values()) == ["A_001", "A_002", "B_001", "B_002"]
    assert unique_ids(paths[:2]) == {paths[0]: "001", paths[1]: "002"}


def test_names_that_differ_in_capitals_alone_are_distinguished(tmp_path):
    paths = [files(tmp_path / "x" / "P1", "t1"), files(tmp_path / "y" / "p1", "t1")]

    assert list(unique_ids(paths).values()) == ["x_P1", "y_p1"]


@pytest.mark.parametrize(
    ("one", "other", "patient"),
    [
        ("PatientID_0003_Timepoint_1", "PatientID_0003_Timepoint_2", "PatientID_0003"),
        ("Patient-001_week-000-1", "Patient-001_week-044", "Patient-001"),
        ("sub-01_ses-preop", "sub-01_ses-postop", "sub-01"),
        ("UPENN-GBM-00001_11", "UPENN-GBM-00001_21", "UPENN-GBM-00001"),
        ("UCSF-PDGM-0433", "UCSF-PDGM-0433_FU001d", "UCSF-PDGM-0433"),
        ("P7_2020-01-31", "P7_20210204", "P7"),
        ("BraTS2021_00006", "copies_BraTS2021_00006", "BraTS2021_00006"),
    ],
)
def test_time_points_are_of_one_patient(one, other, patient):
    assert key_of(one) == key_of(other) == patient
    assert patient_of(one).id == patient_of(other).id


@pytest.mark.parametrize("name", ["Timepoint_1", "MRI_20200101", "Monday_3", "case_001", "S_day"])
def test_other_names_are_a_patients_own(name):
    assert key_of(name) == name
