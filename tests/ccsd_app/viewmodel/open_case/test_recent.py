"""The list of recent cases."""

import os

import pytest

from ccsd_app.settings import RecentCase
from ccsd_app.viewmodel.open_case.recent import corrections_of, recent_entry
from ccsd_core.domain.modality import Modality


@pytest.fixture
def flat_folder(brats_case, tmp_path):
    """A folder in which the images of two patients lie side by side."""
    folder = tmp_path / "flat"
    folder.mkdir()
    for name in ("P1", "P2"):
        for file in brats_case(name, under=tmp_path / "apart").path.iterdir():
            file.rename(folder / file.name)
    return folder


def test_a_patient_without_a_folder_of_his_own_is_there_while_his_images_are(flat_folder):
    entry = recent_entry(RecentCase.of(flat_folder / "P1", None))
    assert entry.exists
    assert "not found" not in entry.text

    for file in flat_folder.glob("P1_*"):
        file.unlink()
    assert not recent_entry(RecentCase.of(flat_folder / "P1", None)).exists


def test_a_case_that_was_moved_is_reported(tmp_path):
    entry = recent_entry(RecentCase.of(tmp_path / "gone", None))

    assert not entry.exists
    assert entry.text.endswith("(not found)")


def test_the_files_chosen_last_count_and_those_that_are_gone_do_not(tmp_path):
    case, other = tmp_path / "case", tmp_path / "other"
    for folder in (case, other):
        folder.mkdir()
    there = case / "b.nii"
    there.touch()
    newest = RecentCase.of(case, {Modality.T1: there, Modality.T2: case / "gone.nii"})
    older = RecentCase.of(case, {Modality.FLAIR: there})

    assert corrections_of([newest, RecentCase.of(other, None), older]) == {
        os.path.realpath(case): {Modality.T1: there}
    }
