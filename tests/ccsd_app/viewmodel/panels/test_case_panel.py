"""The side panel of real files: what is missing, what is left out, what lies on another grid."""

from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest

from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.provenance import input_line
from ccsd_app.viewmodel.panels.case_panel import case_header
from ccsd_app.viewmodel.panels.modality_toggles import toggles
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.storage.cases.case_folder import load_case

PAIRS = [pytest.param(pair, id=str(pair)) for pair in ModalitySubset.full().of_size(2)]


@pytest.mark.parametrize("pair", PAIRS)
def test_of_two_sequences_the_other_two_are_missing_and_one_can_be_left_out(brats_case, pair):
    state = State().opened(load_case(brats_case(available=pair).path))
    first, second = pair

    words = {t.modality: (t.status, t.checked, t.enabled) for t in toggles(state)}

    there, gone = ("present", True, True), ("missing", False, False)
    assert words == {m: there if m in pair else gone for m in Modality}

    words = {t.modality: (t.status, t.checked, t.enabled) for t in toggles(state.toggled(first))}

    assert words[first] == ("withheld", False, True)
    assert words[second] == ("present", True, False)  # one has to stay
    assert all(words[m] == gone for m in pair.missing)


@pytest.mark.parametrize("modality", list(Modality), ids=lambda m: m.name)
def test_a_sequence_that_was_set_aside_is_not_called_missing_in_the_data(brats_case, modality):
    state = State().opened(load_case(brats_case().path, files={modality: None}))

    words = {t.modality: (t.status, t.enabled) for t in toggles(state)}

    assert words == {m: ("not opened", False) if m == modality else ("present", True)
                     for m in Modality}  # fmt: skip
    assert case_header(state).files == f"{modality.label} not opened: see Files…"
    assert f"{modality.label} not opened" in input_line(replace(state, shown=state.used))


def test_beside_one_opened_file_the_others_are_not_opened(brats_case):
    path = brats_case().path
    file = path / f"{path.name}_t1.nii.gz"

    beside, alone = State().opened(load_case(file)), path.parent / "alone" / "x_t1.nii.gz"

    assert [t.status for t in toggles(beside)] == ["not opened", "present", *["not opened"] * 2]
    assert (
        case_header(beside).labels == "Expert labels not opened: agreement is shown instead of Dice"
    )
    alone.parent.mkdir()
    file.rename(alone)
    assert [t.status for t in toggles(State().opened(load_case(alone)))][::3] == ["missing"] * 2


def test_files_chosen_by_hand_are_said_to_be(brats_case):
    path = brats_case().path
    flair = path / f"{path.name}_flair.nii.gz"

    by_name, by_hand = (
        case_header(State().opened(load_case(path, files=files)))
        for files in (None, {Modality.T1: flair, Modality.FLAIR: None})
    )

    assert by_name.files == ""
    assert by_hand.files == "Files chosen by user: see Files…"


def test_a_sequence_on_another_grid_is_named_with_its_file(brats_case):
    written = brats_case()
    path = written.path / f"{written.path.name}_t2.nii.gz"
    affine = written.affine @ np.diag([1.0, 1, 2, 1])
    nib.save(nib.Nifti1Image(written.images[Modality.T2][:, :, ::2], affine), path)

    head = case_header(State().opened(load_case(written.path)))

    assert head.grid == "24 × 28 × 20 voxels, 1 × 1 × 1 mm"
    assert head.notes == (f"T2 ({path.name}) was resampled to the first sequence (linear)")


def test_files_can_be_shown_once_a_case_is_open(phantom_state):
    assert not case_header(State()).case_open
    assert case_header(phantom_state).case_open
