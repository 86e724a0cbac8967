"""What a user says about a case's files goes over what their names suggest."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.cases.overrides import Channel

F, T1, T1C, T2 = Modality


def four_channels(path: Path, count: int = 4) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.stack([np.full((6, 7, 8), 10.0 * (i + 1)) for i in range(count)], -1)
    values[0, 0, 0] = 0
    nib.save(nib.Nifti1Image(values.astype(np.float32), np.eye(4)), path)
    return path


@pytest.mark.parametrize("subset", ModalitySubset.every()[:-1], ids=str)
def test_sequences_left_out_by_hand_are_not_read(brats_case, subset):
    case = load_case(brats_case().path, files=dict.fromkeys(subset))

    assert set(case.available) == set(Modality) - set(subset)


def test_labels_left_out_by_hand_are_not_read(brats_case):
    case = load_case(brats_case().path, files={"labels": None})

    assert case.reference is None
    assert None not in case.sources


def test_labels_given_by_hand_are_read(brats_case, tmp_path):
    written = brats_case()
    labels = written.path / f"{written.path.name}_seg.nii.gz"
    moved = labels.rename(tmp_path / "what the expert drew.nii.gz")

    case = load_case(written.path, files={"labels": moved})

    assert case.reference is not None
    assert case.sources[None].path == moved
    assert case.sources[None].reason == "chosen by user"


def test_a_doubt_is_settled_by_saying_which(tmp_path):
    for name in ("AX T1 first.nii", "AX T1 second.nii", "AX T2.nii"):
        nib.save(nib.Nifti1Image(np.ones((3, 3, 3), np.float32), np.eye(4)), tmp_path / name)
    with pytest.raises(CaseError, match=r"both .*look like T1: keep one, or choose one .*--t1"):
        choose(inventory(tmp_path))

    found = choose(inventory(tmp_path), {T1: tmp_path / "AX T1 second.nii"})

    assert found.images[T1].path.name == "AX T1 second.nii"
    assert found.images[T2].reason == "recognised from file name"


def test_channels_go_where_the_user_says(tmp_path):
    path = four_channels(tmp_path / "any name.nii.gz")

    case = load_case(path, files={T1: Channel(path, 3), T2: Channel(path, 0)})

    values = {m: float(v.array[1, 1, 1]) for m, v in case.volumes.items()}
    assert values == {T1: 40, T2: 10}


def test_channels_of_a_decathlon_file_can_be_swapped(tmp_path):
    path = four_channels(tmp_path / "imagesTr" / "BRATS_001.nii.gz")

    case = load_case(path, files={F: Channel(path, 3), T2: Channel(path, 0)})

    assert [float(case.volumes[m].array[1, 1, 1]) for m in Modality] == [40, 20, 30, 10]


def test_a_channel_that_is_not_there_is_named(tmp_path):
    path = four_channels(tmp_path / "p.nii.gz", count=2)

    with pytest.raises(CaseError, match=r"2 channels, numbered from 0: .*no channel 2 for T1c"):
        load_case(path, files={T1C: Channel(path, 2)})


def test_too_few_channels_are_reported_before_any_data_is_read(tmp_path):
    path = four_channels(tmp_path / "imagesTr" / "BRATS_001.nii.gz", count=2)

    with pytest.raises(CaseError, match=r"2 channels instead of 4 .*MSD"):
        choose(inventory(path))


def test_a_channel_is_no_label_map(tmp_path):
    path = four_channels(tmp_path / "p.nii.gz")

    with pytest.raises(CaseError, match="separate file"):
        choose(inventory(path), {T1: Channel(path, 0), "labels": Channel(path, 1)})


def test_one_file_given_twice_is_refused(brats_case):
    path = brats_case().path
    file = path / f"{path.name}_t1.nii.gz"

    with pytest.raises(CaseError, match="given as T1 and as T2"):
        choose(inventory(path), {T2: file})


def test_a_file_whose_name_says_nothing_is_what_the_user_says(tmp_path):
    path = tmp_path / "scan.nii"
    nib.save(nib.Nifti1Image(np.ones((3, 3, 3), np.float32), np.eye(4)), path)

    assert choose(inventory(path), {T1C: path}).images.keys() == {T1C}


def test_nothing_at_all_is_no_case(brats_case):
    with pytest.raises(CaseError, match="has no sequence"):
        choose(inventory(brats_case().path), dict.fromkeys(Modality))


@pytest.mark.parametrize("depth", ["", "HGG"])
def test_a_folder_of_cases_names_one_of_them(brats_case, tmp_path, depth):
    data = tmp_path / "data"
    first = brats_case("BraTS2021_90001", under=data / depth).path
    brats_case("BraTS2021_90002", under=data / depth)

    with pytest.raises(CaseError, match=r"several cases: open one of them, for example") as error:
        choose(inventory(data))

    assert str(first) in str(error.value)


def test_a_folder_around_one_case_names_it(brats_case, tmp_path):
    case = brats_case(under=tmp_path / "data" / "deep").path

    with pytest.raises(CaseError, match="contains the case") as error:
        choose(inventory(tmp_path / "data"))

    assert str(case) in str(error.value)
