"""What a case lacks because nobody has it, and what it lacks because its file was left."""

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.cases.overrides import Channel
from ccsd_core.storage.label_maps.segmentation_file import PREDICTION

T1, T2 = Modality.T1, Modality.T2


def image(path, *, description=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    written = nib.Nifti1Image(np.zeros((4, 4, 4), np.uint8), np.eye(4))
    written.header["descrip"] = description
    nib.save(written, path)
    return path


@pytest.mark.parametrize("modality", list(Modality), ids=lambda m: m.name)
def test_a_sequence_set_aside_is_not_opened(brats_case, modality):
    path = brats_case().path

    assert choose(inventory(path), {modality: None}).not_opened == {modality}
    assert choose(inventory(path)).not_opened == set()


def test_labels_set_aside_are_not_opened(brats_case):
    assert choose(inventory(brats_case().path), {"labels": None}).not_opened == {None}


def test_what_no_name_claims_is_missing_though_it_was_excluded(tmp_path):
    image(tmp_path / "x_t1.nii")

    assert choose(inventory(tmp_path), {Modality.FLAIR: None}).not_opened == set()


def test_every_file_may_be_opened_by_hand_and_the_rest_is_missing(tmp_path):
    first, other = image(tmp_path / "x_t1.nii"), image(tmp_path / "y.nii")

    assert choose(inventory(first), {T2: other}).not_opened == set()


def test_beside_one_file_it_counts_what_lies_there(tmp_path):
    first = image(tmp_path / "p_t1.nii")
    assert choose(inventory(first)).not_opened == set()

    image(tmp_path / "p_seg.nii", description=PREDICTION)
    assert choose(inventory(first)).not_opened == set(), (
        "a result of this program is nobody's labels"
    )

    image(tmp_path / "p_t2.nii")
    assert choose(inventory(first)).not_opened == {T2}


def test_channels_that_a_file_does_not_have_were_not_left(tmp_path):
    path = tmp_path / "BRATS_001.nii"
    nib.save(nib.Nifti1Image(np.zeros((4, 4, 4, 2), np.float32), np.eye(4)), path)
    messages = {Modality.FLAIR: Channel(path, 0), T1: None, Modality.T1C: None, T2: None}

    assert choose(inventory(path), messages).not_opened == {T1}


def test_a_neighbour_of_another_patient_is_nothing_that_was_left(tmp_path):
    image(tmp_path / "BraTS2021_00002_t2.nii")
    image(tmp_path / "BraTS2021_00001_flair.nii")

    found = choose(inventory(image(tmp_path / "BraTS2021_00001_t1.nii")))

    assert found.not_opened == {Modality.FLAIR}


def test_files_not_recognised_by_name_are_reported_where_a_sequence_is_missing(tmp_path):
    for name in ("ax FLAIR", "volume 3", "brain mask", "ADC", "volume 7"):
        image(tmp_path / f"{name}.nii")
    image(tmp_path / "result.nii", description=PREDICTION)

    (note,) = choose(inventory(tmp_path)).notes

    assert note.startswith("no T1 and no T1c and no T2 was found; volume 3.nii, volume 7")
    assert "under Files… (command line: --t1, --t1c, --t2)" in note
    assert "mask" not in note
    assert "ADC" not in note
    assert "result" not in note
    assert choose(inventory(tmp_path), {T1: tmp_path / "volume 3.nii"}).notes == ()


def test_where_every_sequence_is_there_other_files_do_not_matter(brats_case):
    path = brats_case().path
    image(path / "something.nii")

    assert choose(inventory(path)).notes == ()
