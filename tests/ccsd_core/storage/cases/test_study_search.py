"""Finding DICOM studies under a folder: each examination is one, its series are not."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_list import list_cases
from ccsd_core.storage.cases.study_search import find_studies

pydicom = pytest.importorskip("pydicom")


def series(folder: Path, *, study: str, number: int) -> Path:
    """A folder with two headers of one series."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

    folder.mkdir(parents=True)
    for image in range(2):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = MRImageStorage
        meta.MediaStorageSOPInstanceUID = f"{study}.{number}.{image}"
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        path = folder / f"{image}.dcm"
        one = FileDataset(path, {}, file_meta=meta, preamble=b"\0" * 128)
        one.SOPClassUID, one.SOPInstanceUID = MRImageStorage, meta.MediaStorageSOPInstanceUID
        one.StudyInstanceUID, one.SeriesInstanceUID = study, f"{study}.{number}"
        one.Modality = "MR"
        one.save_as(path, enforce_file_format=True)
    return folder


@pytest.fixture
def data(tmp_path) -> Path:
    """Anna: one study of two series; Bert: two studies; Carl: a zip, and files without folders."""
    data = tmp_path / "patients"
    series(data / "Anna" / "s1", study="1.2.1", number=1)
    series(data / "Anna" / "s2", study="1.2.1", number=2)
    series(data / "Bert" / "2024" / "s1", study="1.2.2", number=1)
    series(data / "Bert" / "2025" / "s1", study="1.2.3", number=1)
    carl = series(tmp_path / "Carl", study="1.2.4", number=1)
    with zipfile.ZipFile(data / "Carl.zip", "w") as archive:
        for file in carl.iterdir():
            archive.write(file, file.name)
    shutil.move(carl, data / "Carl again")
    (data / "notes").mkdir()
    (data / "notes" / "a.txt").write_text("no images")
    return data


def test_each_examination_is_found_once_and_its_alias_hides_the_patient(data):
    found = {str(path.relative_to(data)): alias for path, alias in find_studies(data).items()}

    assert set(found) == {"Anna", "Bert/2024/s1", "Bert/2025/s1", "Carl.zip", "Carl again"}
    assert found["Carl.zip"] == found["Carl again"]
    assert len(set(found.values())) == 4
    assert all(alias.startswith("DICOM-") for alias in found.values())


def test_a_folder_that_is_one_study_is_that_study(data):
    assert list(find_studies(data / "Anna")) == [data / "Anna"]
    assert list(find_studies(data / "Carl again")) == [data / "Carl again"]
    assert find_studies(data / "notes") == {}


def test_studies_are_listed_beside_cases_under_unique_aliases(data, brats_case):
    case = brats_case("BraTS2021_90001", under=data).path

    chosen = {os.path.realpath(case): {Modality.T1: None}}
    plain = drain(list_cases(data, corrections=chosen))
    listed = drain(list_cases(data, studies=True))

    assert [(one.id, Modality.T1 in one.sequences) for one in plain] == [(case.name, False)]
    assert [one.id for one in listed if Modality.T1 in one.sequences] == [case.name]
    names = [one.id for one in listed if one.study]
    assert len(set(names)) == 5
    assert not [name for name in names if "Anna" in name or "Bert" in name or "Carl" in name]
