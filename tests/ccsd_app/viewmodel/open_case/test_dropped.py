"""What dropped files are good for."""

import zipfile
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_app.engine.opening import Opening
from ccsd_app.settings import RecentCase
from ccsd_app.viewmodel.open_case.dropped import CannotOpen, doubt_of, drag_hint, dropped
from ccsd_app.viewmodel.open_case.recent import NAME_LENGTH, recent_entry
from ccsd_core.domain.modality import Modality
from ccsd_core.storage.cases.case_offer import CaseOffer
from ccsd_core.storage.studies.study_record import StudyRecord, write_record


def of(path, *suffixes):
    return [path / f"{path.name}_{suffix}.nii.gz" for suffix in suffixes]


def test_a_folder_and_a_single_image_are_opened_as_they_are(brats_case):
    path = brats_case().path
    (image,) = of(path, "t1")

    assert dropped([path]) == Opening(path)
    assert dropped([image]) == Opening(image)


def test_known_names_make_one_case_of_exactly_these_files(brats_case):
    path = brats_case().path
    t2, labels = of(path, "t2", "seg")

    opening = dropped([labels, t2])

    assert isinstance(opening, Opening)
    assert opening.path == path
    nothing = dict.fromkeys(Modality)
    assert opening.files == {**nothing, Modality.T2: t2, "labels": labels}


def test_files_of_another_kind_among_them_do_no_harm(brats_case, tmp_path):
    path = brats_case().path
    (tmp_path / "notes.json").touch()

    assert isinstance(dropped([*of(path, "t1", "t2"), tmp_path / "notes.json"]), Opening)
    assert dropped([*of(path, "t1"), tmp_path / "notes.json"]) == Opening(of(path, "t1")[0])


def test_an_image_that_no_name_explains_is_not_dropped_silently(brats_case, tmp_path):
    adc = tmp_path / "adc.nii"
    nib.save(nib.Nifti1Image(np.ones((3, 3, 3), np.float32), np.eye(4)), adc)

    asked = dropped([*of(brats_case().path, "t1", "t2"), adc])

    assert isinstance(asked, CaseOffer)
    assert len(asked.images) == 3


def test_a_folder_among_files_is_not_guessed_at(brats_case, tmp_path):
    path = brats_case().path

    assert isinstance(dropped([path, *of(path, "t1")]), CannotOpen)
    assert isinstance(dropped([]), CannotOpen)


@pytest.mark.parametrize(
    ("names", "accepted"), [(["t1"], True), (["t1", "t2"], True), (["nothing"], False)], ids=str
)
def test_the_hint_welcomes_what_will_be_opened(brats_case, names, accepted):
    files = of(brats_case().path, *names)

    assert drag_hint(files).accepted is accepted
    assert isinstance(dropped(files), CannotOpen) is not accepted


def test_files_of_two_folders_are_not_taken_for_one_patient_without_asking(brats_case, tmp_path):
    first = brats_case().path
    (t2,) = of(first, "t2")
    (tmp_path / "else").mkdir()
    elsewhere = tmp_path / "else" / f"{first.name}_t1.nii.gz"
    elsewhere.write_bytes(of(first, "t1")[0].read_bytes())

    offer = dropped([t2, elsewhere])

    assert isinstance(offer, CaseOffer)
    assert "2 folders: do they belong to one patient?" in doubt_of(offer)


def entry(path):
    return recent_entry(RecentCase.of(path, None))


def test_a_recent_case_opened_with_files_chosen_by_hand_says_so(tmp_path):
    by_hand = recent_entry(RecentCase.of(tmp_path, {Modality.T1: None}))

    assert "chosen by user" in by_hand.text
    assert "chosen by user" not in entry(tmp_path).text


def test_a_recent_case_that_was_deleted_is_marked_and_cannot_be_opened(tmp_path):
    here, gone = entry(tmp_path), entry(tmp_path / "absent")

    assert here.exists
    assert not gone.exists
    assert "not found" in gone.text
    assert str(tmp_path / "absent") in gone.hint


def test_a_long_name_is_cut_in_the_middle_and_the_hint_has_it_whole(tmp_path):
    name = "a" * 60 + "_b"

    long = entry(tmp_path / name)

    assert long.text.index(" — ") == NAME_LENGTH
    assert "…" in long.text
    assert name in long.hint


def test_dicom_is_opened_as_a_folder_a_zip_or_its_slices(write_series, tmp_path):
    slices = write_series("patient/series")
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        archive.write(slices[0], "a")

    assert dropped([tmp_path / "patient"]) == Opening(tmp_path / "patient")
    assert dropped([tmp_path / "s.zip"]) == Opening(tmp_path / "s.zip")
    assert dropped(slices) == Opening(tmp_path / "patient" / "series")
    assert drag_hint(slices).text == "Drop to open the DICOM study in series"
    other = write_series("other", number=2)
    assert isinstance(dropped([slices[0], other[0]]), CannotOpen)


def test_a_recent_study_is_listed_by_its_alias_and_not_by_the_patients_folder(tmp_path):
    folder = tmp_path / "cache" / "DICOM-C47F5B"
    folder.mkdir(parents=True)
    write_record(folder, StudyRecord(Path("/home/MUSTERMANN_ERIKA"), ()))

    entry = recent_entry(RecentCase.of(folder, None))

    assert entry.text == "DICOM-C47F5B — DICOM study"
    assert entry.hint == str(Path("/home/MUSTERMANN_ERIKA"))
