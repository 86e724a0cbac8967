"""One opening lists its folder once and reads each header once."""

import os
from collections import Counter
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases import entry
from ccsd_core.storage.cases.case_folder import find_cases, load_case
from ccsd_core.storage.cases.case_offer import case_offer
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory, inventory_of
from ccsd_core.storage.cases.not_opened import claimed_parts
from tests.ccsd_core.storage.cases.case_samples import msd_case
from tests.ccsd_core.unprivileged import unprivileged


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each folder was listed, and each header read."""
    counted: Counter[str] = Counter()
    list_folder, read_header = os.scandir, entry.read_header

    def listing(folder: Path):
        counted[str(folder)] += 1
        return list_folder(folder)

    def reading(path: Path):
        counted[str(path)] += 1
        return read_header(path)

    monkeypatch.setattr(os, "scandir", listing)
    monkeypatch.setattr(entry, "read_header", reading)
    return counted


def test_everything_that_is_asked_of_a_folder_lists_it_once_and_reads_each_header_once(
    brats_case, looks: Counter[str], tmp_path: Path
):
    path = brats_case().path
    elsewhere = tmp_path / "scan.nii"
    nib.save(nib.Nifti1Image(np.ones((3, 3, 3, 2), np.float32), np.eye(4)), elsewhere)

    place = inventory(path)
    choose(place)
    choose(place, {Modality.T2: None})
    claimed_parts(place)
    for _ in range(2):
        offered = case_offer(place, {Modality.T1: elsewhere})

    images = [path / f"{path.name}_{end}.nii.gz" for end in ("flair", "t1", "t1ce", "t2", "seg")]
    assert {image.part for image in offered.images} >= set(images)
    assert looks == dict.fromkeys(map(str, (path, *images, elsewhere)), 1)


def test_the_header_of_a_file_is_read_once(looks: Counter[str], tmp_path: Path):
    path = msd_case(tmp_path)
    sequence = msd_case(tmp_path / "two").rename(tmp_path / "two" / "p_t1.nii.gz")
    labels = tmp_path / "labelsTr" / path.name

    for place in (inventory(path), inventory(sequence)):
        choose(place)
        case_offer(place)

    seen = (path.parent, sequence.parent, path, labels, sequence)
    assert looks == dict.fromkeys(map(str, seen), 1)


def test_loading_a_case_lists_its_folder_once(brats_case, looks: Counter[str]):
    path = brats_case().path

    load_case(path)

    labels = path / f"{path.name}_seg.nii.gz"
    assert looks == {str(path): 1, str(labels): 1}, "whether the labels are a prediction is asked"


def test_opening_one_of_many_reads_no_others_header(looks: Counter[str], tmp_path: Path):
    path = msd_case(tmp_path)
    for index in range(2, 5):
        (path.parent / f"BRATS_00{index}.nii.gz").touch()

    choose(inventory(path))

    headers = (path, tmp_path / "labelsTr" / path.name)
    assert looks == dict.fromkeys(map(str, (path.parent, *headers)), 1)


def test_a_search_lists_every_folder_once_and_reads_no_header(
    brats_case, looks: Counter[str], tmp_path: Path
):
    data = tmp_path / "data"
    cases = [brats_case(name, under=data / "HGG").path for name in ("a", "b")]

    assert find_cases(data) == cases

    assert looks == dict.fromkeys(map(str, (data, data / "HGG", *cases)), 1)


def test_headers_of_dropped_files_are_read_once(brats_case, looks: Counter[str]):
    path = brats_case().path
    images = [path / f"{path.name}_{end}.nii.gz" for end in ("flair", "t2", "seg")]

    case_offer(inventory_of(images))

    assert looks == dict.fromkeys(map(str, (path, *images)), 1)


def test_a_file_in_a_folder_that_cannot_be_listed_is_opened(brats_case):
    path = brats_case().path
    path.chmod(0o300)
    try:
        with unprivileged():
            with pytest.raises(CaseError, match="permissions"):
                inventory(path)
            found = choose(inventory(path / f"{path.name}_t1.nii.gz"))
        assert found.images.keys() == {Modality.T1}
    finally:
        path.chmod(0o755)


def test_a_link_that_leads_to_itself_is_neither_file_nor_folder(tmp_path: Path):
    loop = tmp_path / "p_t1.nii"
    loop.symlink_to(loop)

    place = inventory(tmp_path)

    assert (place.entries, place.folders) == ((), ())
