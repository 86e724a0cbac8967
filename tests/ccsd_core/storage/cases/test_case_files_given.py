"""Reading cases: files chosen by user, several files for one sequence, and our own predictions."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.label_maps.segmentation_file import save_labels
from tests.ccsd_core.storage.cases.case_samples import OWN, T1, T2, F, assert_read, msd_case

every_subset = pytest.mark.parametrize("subset", ModalitySubset.every(), ids=str)


def predict_into(folder: Path, name: str) -> None:
    """Write what this software would write for the case, under a name that looks like labels."""
    case = load_case(folder)
    zeros = np.zeros(case.grid.shape, np.uint8)
    save_labels(folder / name, case.grid.with_array(zeros), case.stored)


def test_files_given_by_hand_replace_what_the_names_say(brats_case, tmp_path: Path):
    written = brats_case()
    other = brats_case("other", seed=1)
    file = other.path / "other_t1.nii.gz"
    case = load_case(written.path, files={T1: file})
    assert (case.volumes[T1].array == other.images[T1][::-1, ::-1]).all()
    assert (case.volumes[F].array == written.images[F][::-1, ::-1]).all()
    assert case.sources[T1].reason == "chosen by user"


@every_subset
def test_files_chosen_by_the_user_need_no_recognised_names(brats_case, subset: ModalitySubset):
    names = {m: f"series{m}.nii.gz" for m in Modality} | {None: "x.nii.gz"}
    written = brats_case("own", names=names)
    files = {m: written.path / f"series{m}.nii.gz" for m in subset}
    case = load_case(written.path, files=files)
    assert case.available == subset
    assert (case.stored.affine == written.affine).all()


def test_two_files_for_one_sequence_are_both_named(brats_case):
    written = brats_case("own", names=OWN)
    nib.save(nib.load(written.path / OWN[T1]), written.path / "COR T1.nii.gz")
    with pytest.raises(CaseError, match=r"AX T1\.nii\.gz and COR T1\.nii\.gz.*T1.*--t1") as error:
        load_case(written.path)
    assert "\n" not in str(error.value)
    by_hand = {T1: written.path / "COR T1.nii.gz"}
    assert load_case(written.path, files=by_hand).sources[T1].path.name == "COR T1.nii.gz"


def test_a_sequence_packed_and_unpacked_is_a_doubt(brats_case):
    written = brats_case()
    nib.save(
        nib.load(written.path / f"{written.path.name}_t2.nii.gz"),
        written.path / f"{written.path.name}_t2.nii",
    )
    with pytest.raises(CaseError, match=r"_t2\.nii and .*_t2\.nii\.gz"):
        load_case(written.path)


def test_one_file_cannot_be_two_sequences(brats_case):
    written = brats_case()
    file = written.path / f"{written.path.name}_t1.nii.gz"
    with pytest.raises(CaseError, match="as T1 and as T2"):
        load_case(written.path, files={T1: file, T2: file})


def test_an_original_is_preferred_to_its_bias_corrected_copy(brats_case):
    written = brats_case("own", names=OWN)
    nib.save(nib.load(written.path / OWN[T2]), written.path / "AX T2 bias.nii.gz")
    assert load_case(written.path).sources[T2].path.name == OWN[T2]


def test_a_prediction_beside_the_case_is_not_taken_for_expert_labels(brats_case):
    path = brats_case(with_labels=False).path
    predict_into(path, f"{path.name}_seg.nii.gz")
    case = load_case(path)
    assert case.reference is None
    (note,) = case.notes
    assert note.startswith("BraTS2021_90001_seg.nii.gz was not used")
    assert "written by this program" in note
    assert "by an expert" in note


def test_a_prediction_among_the_decathlons_labels_is_not_taken_for_an_experts(tmp_path: Path):
    path = msd_case(tmp_path)
    case = load_case(path)
    assert case.reference is not None
    save_labels(tmp_path / "labelsTr" / path.name, case.reference, case.stored)
    case = load_case(path)
    assert case.reference is None
    assert any("was not used" in note for note in case.notes)


def test_expert_labels_with_our_disclaimer_alone_are_expert_labels(brats_case):
    written = brats_case()
    path = written.path / f"{written.path.name}_seg.nii.gz"
    image = nib.load(path)
    image.header["descrip"] = "Research and teaching only, not for diagnosis"
    nib.save(nib.Nifti1Image(written.labels, image.affine, image.header), path)
    assert_read(load_case(written.path), written)


def test_a_prediction_beside_expert_labels_leaves_no_doubt(brats_case):
    written = brats_case("own", names=OWN)
    predict_into(written.path, "own_seg.nii.gz")
    assert_read(load_case(written.path), written)


@pytest.mark.parametrize("form", ["own_{}.nii.gz", "own_seg_{}.nii.gz"])
def test_files_of_one_region_each_are_reported_and_not_taken_as_labels(brats_case, form: str):
    written = brats_case("own", with_labels=False)
    regions = [form.format(name) for name in ("ET", "TC", "WT")]
    for name in regions:
        mask = np.zeros(written.labels.shape, np.uint8)
        nib.save(nib.Nifti1Image(mask, written.affine), written.path / name)
    case = load_case(written.path)
    assert case.reference is None
    (note,) = [note for note in case.notes if "one region" in note]
    assert all(name in note for name in regions)
    assert load_case(brats_case("with", with_labels=True).path).notes == ()
