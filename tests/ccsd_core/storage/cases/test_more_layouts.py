"""Layouts beyond a folder a case: flat folders, nnU-Net, a folder a sequence, parallel labels."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import BRATS2021, MSD
from ccsd_core.errors import CaseError, LabelSchemeError
from ccsd_core.storage.cases.case_folder import find_cases, load_case
from ccsd_core.storage.cases.case_search import SeveralCasesError
from ccsd_core.storage.cases.layout import Layout

F, T1, T1C, T2 = Modality
LABELS = {"background": 0, "edema": 1, "necrosis": 2, "enhancing": 3}
CHANNELS = {"0": "T1", "1": "T1ce", "2": "T2", "3": "Flair"}


def image(path: Path, value: float = 1.0, *, labels: tuple[int, ...] = ()) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    array = np.zeros((6, 7, 8), np.float32)
    array[1:5, 1:6, 1:7] = value
    if labels:
        array = np.zeros((6, 7, 8), np.uint8)
        for position, label in enumerate(labels, 1):
            array[position, 2, 2] = label
    nib.save(nib.Nifti1Image(array, np.eye(4)), path)
    return path


def nnunet(root: Path, *, channels=CHANNELS, labels=LABELS, integers=(1, 2, 3)) -> Path:
    for case in ("BRATS_001", "BRATS_002"):
        for channel in range(4):
            image(root / "imagesTr" / f"{case}_{channel:04d}.nii.gz", channel + 1)
        image(root / "labelsTr" / f"{case}.nii.gz", labels=integers)
    content = {"channel_names": channels, "labels": labels, "file_ending": ".nii.gz"}
    (root / "dataset.json").write_text(json.dumps(content))
    return root


def test_nnunets_cases_are_their_channels_and_labels_as_the_data_set_states(tmp_path):
    cases = find_cases(nnunet(tmp_path))

    assert [path.name for path in cases] == ["BRATS_001", "BRATS_002"]
    case = load_case(cases[0])
    assert case.id == "BRATS_001"
    values = {m: float(v.array.max()) for m, v in case.volumes.items()}
    assert values == {T1: 1.0, T1C: 2.0, T2: 3.0, F: 4.0}
    assert case.scheme is MSD
    assert case.reference is not None


@pytest.mark.parametrize(
    "labels",
    [
        {"background": 0, "whole tumor": [1, 2, 4], "tumor core": [1, 4], "ET": [4]},
        {"background": 0, "NCR": 1, "ED": 2, "ET": 4},
        {"0": "background", "1": "necrotic tumor core", "2": "edema", "4": "enhancing tumor"},
    ],
    ids=["regions", "short names", "version 1"],
)
def test_what_the_labels_mean_is_read_from_the_data_set(tmp_path, labels):
    root = nnunet(tmp_path, labels=labels, integers=(1, 2, 4))

    assert load_case(find_cases(root)[0]).scheme is BRATS2021


def test_labels_that_nobody_understands_are_named(tmp_path):
    root = nnunet(tmp_path, labels={"background": 0, "a": 1, "b": 2, "c": 3})

    with pytest.raises(LabelSchemeError, match=r"dataset.json states the labels background, a, b"):
        load_case(find_cases(root)[0])


def test_channels_that_are_no_sequence_name_the_layout_and_the_way_out(tmp_path):
    root = nnunet(tmp_path, channels={"0": "CT"})

    with pytest.raises(CaseError, match=r"states channel 0 as 'CT'.*correct channel_names"):
        load_case(find_cases(root)[0])
    (root / "dataset.json").unlink()
    with pytest.raises(CaseError, match=r"layout of nnU-Net.*does not state channel_names"):
        load_case(find_cases(root)[0])


def test_words_after_flair_do_not_hide_it_in_a_flat_folder(tmp_path):
    for patient in ("P1", "P2"):
        for sequence in ("flair_ax", "t1_ax"):
            image(tmp_path / f"{patient}_{sequence}.nii.gz")

    for case in find_cases(tmp_path):
        assert sorted(load_case(case).volumes) == [F, T1]


def test_a_flat_folder_of_several_patients_is_sorted_by_patient(tmp_path):
    for patient in ("P1", "P2"):
        for name in ("T1", "T1_MPRAGE_post", "T2_FLAIR"):
            image(tmp_path / f"{patient}_{name}.nii.gz")
        image(tmp_path / f"{patient}_tumorMask.nii.gz", labels=(1, 2))

    cases = find_cases(tmp_path)

    assert cases == [tmp_path / "P1", tmp_path / "P2"]
    case = load_case(cases[1])
    assert case.id == "P2"
    assert set(case.volumes) == {F, T1, T1C}
    assert case.reference is not None
    with pytest.raises(SeveralCasesError, match=r"contains several cases.*P1"):
        load_case(tmp_path)


@pytest.mark.parametrize(
    "names",
    [
        ("AX_T1", "SAG_T1_post", "COR_T2"),
        ("3_T1", "4_T1_post", "7_T2_FLAIR"),
        ("p_t1", "p_t1_ce", "p_t2"),
        ("T1", "T2"),
    ],
)
def test_one_patients_folder_is_one_case(tmp_path, names):
    for name in names:
        image(tmp_path / f"{name}.nii.gz")

    assert find_cases(tmp_path) == [tmp_path]


def test_two_series_of_one_sequence_are_a_doubt_and_no_two_patients(tmp_path):
    for name in ("3_T1", "5_T1"):
        image(tmp_path / f"{name}.nii.gz")

    with pytest.raises(CaseError, match="look like T1"):
        load_case(tmp_path)


def test_a_folder_a_sequence_is_one_case(tmp_path):
    patient = tmp_path / "P1"
    for folder, value in (("T1", 1), ("T1_post", 2), ("FLAIR", 3), ("T2", 4)):
        image(patient / folder / "image.nii.gz", value)
    image(patient / "segmentation" / "image.nii.gz", labels=(1, 2))

    assert find_cases(tmp_path) == [patient]
    case = load_case(patient)
    assert case.id == "P1"
    values = {m: float(v.array.max()) for m, v in case.volumes.items()}
    assert values == {T1: 1.0, T1C: 2.0, F: 3.0, T2: 4.0}
    assert case.reference is not None


@pytest.mark.parametrize(
    "labels", ["labels/P1.nii.gz", "labels/P1_seg.nii.gz", "labels/P1/mask.nii.gz"]
)
def test_labels_in_a_parallel_folder_are_found(tmp_path, labels):
    for name in ("t1", "flair"):
        image(tmp_path / "images" / "P1" / f"{name}.nii.gz")
        image(tmp_path / "images" / "P11" / f"{name}.nii.gz")
    image(tmp_path / labels, labels=(1, 2))

    assert load_case(tmp_path / "images" / "P1").reference is not None
    assert load_case(tmp_path / "images" / "P11").reference is None


def test_every_layout_has_a_name_of_its_own():
    assert len({layout.value for layout in Layout}) == len(Layout)
