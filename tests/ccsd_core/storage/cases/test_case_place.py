"""Where the case of a path lies: image files where they are, DICOM studies in the cache."""

from pathlib import Path

from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_place import case_place


def test_image_files_stay_where_they_are(brats_case, tmp_path):
    case = brats_case().path
    image = next(case.iterdir())

    for path in (case, image, tmp_path, Path("nowhere")):
        assert drain(case_place(path)) == path


def test_a_dicom_file_beside_the_images_of_a_case_changes_nothing(brats_case, write_series):
    case = brats_case().path
    write_series(where=case.name)[0].rename(case / "slice.dcm")

    assert drain(case_place(case)) == case


def test_a_study_is_converted_and_its_folder_is_a_case_from_then_on(
    write_series, tmp_path, monkeypatch
):
    monkeypatch.setenv("CCSD_CACHE", str(tmp_path / "cache"))
    write_series()

    folder = drain(case_place(tmp_path / "study"))

    assert folder.is_relative_to(tmp_path / "cache")
    assert drain(case_place(folder)) == folder
