"""What is recognised as a DICOM study from the first bytes of its files."""

import zipfile

import pytest

from ccsd_core.storage.studies.is_study import is_study


def test_folders_files_zips_and_dicomdirs_of_dicom_are_studies(write_series, tmp_path):
    paths = write_series("study/deep/er")
    with zipfile.ZipFile(tmp_path / "s.ZIP", "w") as archive:
        archive.write(paths[0], "a/b")
    (tmp_path / "DICOMDIR").write_bytes(b"")

    asked = (tmp_path / "study", paths[0], tmp_path / "s.ZIP", tmp_path / "DICOMDIR")
    assert [is_study(path) for path in asked] == [True] * 4


def test_files_without_a_preamble_are_known_by_their_first_element(write_series):
    (path, *_) = write_series()
    whole = path.read_bytes()
    # what follows preamble and file meta information, whose length its first element states
    meta = int.from_bytes(whole[140:144], "little")
    path.write_bytes(whole[144 + meta :])

    assert is_study(path)


@pytest.mark.parametrize("name", ["notes.txt", "empty.zip", "image.nii.gz"])
def test_nothing_else_is_a_study(tmp_path, name):
    (tmp_path / name).write_bytes(bytes(400))

    assert not is_study(tmp_path / name)
    assert not is_study(tmp_path)
    assert not is_study(tmp_path / "not there")
