"""Finding cases under a folder."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.case_folder import find_cases
from tests.ccsd_core.unprivileged import unprivileged


def test_a_case_is_the_only_case_in_itself(brats_case):
    path = brats_case().path
    assert find_cases(path) == [path]


def test_grades_and_years_may_nest(brats_case, tmp_path: Path):
    data = tmp_path / "data"
    written = [
        brats_case("Brats18_A_1", under=data / "HGG").path,
        brats_case("Brats18_B_1", under=data / "LGG").path,
        brats_case("c", under=data / "2021" / "deep" / "er").path,
    ]
    assert find_cases(data) == sorted(written)


def test_a_case_needs_one_sequence_and_no_labels(brats_case, tmp_path: Path):
    one = brats_case(
        under=tmp_path / "d", available=ModalitySubset.parse("T2"), with_labels=False
    ).path
    (tmp_path / "d" / "empty").mkdir()
    assert find_cases(tmp_path / "d") == [one]


def test_decathlon_images_are_cases_and_their_labels_are_not(tmp_path: Path):
    for folder in ("imagesTr", "labelsTr", "imagesTs"):
        (tmp_path / folder).mkdir()
        shape = (3, 3, 3) if folder == "labelsTr" else (3, 3, 3, 4)
        for name in ("BRATS_002.nii.gz", "BRATS_001.nii.gz", "._BRATS_001.nii.gz"):
            image = nib.Nifti1Image(np.zeros(shape, np.float32), np.eye(4))
            nib.save(image, tmp_path / folder / name)
    found = find_cases(tmp_path)
    assert [p.relative_to(tmp_path).as_posix() for p in found] == [
        "imagesTr/BRATS_001.nii.gz",
        "imagesTr/BRATS_002.nii.gz",
        "imagesTs/BRATS_001.nii.gz",
        "imagesTs/BRATS_002.nii.gz",
    ]
    assert find_cases(found[0]) == [found[0]]


def test_links_in_a_circle_end_and_no_case_comes_twice(brats_case, tmp_path: Path):
    data = tmp_path / "data"
    path = brats_case(under=data).path
    (data / "again").symlink_to(data)
    (data / "zcopy").symlink_to(path)
    assert find_cases(data) == [path]


def test_linked_folders_are_searched(brats_case, tmp_path: Path):
    path = brats_case(under=tmp_path / "disk").path
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "link").symlink_to(tmp_path / "disk")
    assert find_cases(tmp_path / "data") == [tmp_path / "data" / "link" / path.name]


def test_hidden_folders_are_not_searched(brats_case, tmp_path: Path):
    brats_case(under=tmp_path / "data" / ".trash")
    with pytest.raises(CaseError):
        find_cases(tmp_path / "data")


def test_no_case_at_all_says_what_a_case_is(tmp_path: Path):
    with pytest.raises(
        CaseError, match=r"no case found in .*at least one sequence.*flair"
    ) as error:
        find_cases(tmp_path)
    assert "\n" not in str(error.value)


def test_a_folder_that_is_not_there_says_so(tmp_path: Path):
    with pytest.raises(CaseError, match="does not exist"):
        find_cases(tmp_path / "absent")


def test_a_folder_one_may_not_read_does_not_hide_the_others(brats_case, tmp_path: Path):
    data = tmp_path / "data"
    path = brats_case(under=data).path
    closed = brats_case("closed", under=data).path
    closed.chmod(0)
    try:
        with unprivileged():
            assert find_cases(data) == [path]
    finally:
        closed.chmod(0o755)


def test_the_real_cases_are_seven(real_cases: Path):
    names = [p.name for p in find_cases(real_cases)]
    assert len(names) == 7
    assert names == sorted(names)
