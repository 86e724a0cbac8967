"""Reading cases: one file, a sequence alone or a 4-D file of the Medical Segmentation Decathlon."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import MSD
from ccsd_core.errors import CaseError, NiftiError
from ccsd_core.storage.cases.case_folder import load_case
from tests.ccsd_core.storage.cases.case_samples import T1C, msd_case


def test_a_decathlon_file_is_a_case_of_four(tmp_path: Path):
    case = load_case(msd_case(tmp_path))
    assert case.id == "BRATS_001"
    assert [float(v.array[0, 0, 0]) for v in case.volumes.values()] == [10, 20, 30, 40]
    assert tuple(case.volumes) == tuple(Modality)
    assert case.scheme is MSD
    assert case.reference_regions is not None
    assert case.reference_regions.sum(axis=(1, 2, 3)).tolist() == [3, 2, 1]


def test_a_decathlon_file_without_labels_keeps_the_decathlons_scheme(tmp_path: Path):
    (tmp_path / "imagesTs").mkdir()
    path = msd_case(tmp_path).rename(tmp_path / "imagesTs" / "BRATS_001.nii.gz")
    case = load_case(path)
    assert case.reference is None
    assert case.scheme is MSD
    assert not any("scheme" in note for note in case.notes)


def test_the_decathlons_own_description_gives_the_order(tmp_path: Path):
    path = msd_case(tmp_path)
    stated = {"0": "T2w", "1": "t1gd", "2": "T1w", "3": "FLAIR"}
    (tmp_path / "dataset.json").write_text(json.dumps({"modality": stated}))
    case = load_case(path)
    assert [float(case.volumes[m].array[0, 0, 0]) for m in Modality] == [40, 30, 20, 10]


def test_another_decathlon_task_is_refused(tmp_path: Path):
    path = msd_case(tmp_path)
    (tmp_path / "dataset.json").write_text(json.dumps({"modality": {"0": "CT"}}))
    with pytest.raises(CaseError, match="does not describe a brain tumour set"):
        load_case(path)


def test_a_4d_file_of_another_origin_is_refused_with_a_hint(tmp_path: Path):
    path = msd_case(tmp_path).rename(tmp_path / "mine_t1.nii.gz")
    with pytest.raises(NiftiError, match=r"split it.*MSD"):
        load_case(path)


def test_one_named_sequence_is_a_case_of_one(brats_case):
    written = brats_case()
    case = load_case(written.path / f"{written.path.name}_t1ce.nii.gz")
    assert case.available == ModalitySubset.of(T1C)


def test_a_file_whose_name_says_nothing_asks_which_sequence_it_is(tmp_path: Path):
    nib.save(nib.Nifti1Image(np.ones((3, 3, 3), np.float32), np.eye(4)), tmp_path / "scan.nii.gz")
    with pytest.raises(CaseError, match=r"scan\.nii\.gz.*--flair, --t1, --t1c, --t2"):
        load_case(tmp_path / "scan.nii.gz")
