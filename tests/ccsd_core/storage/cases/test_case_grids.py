"""Reading cases: sequences on other grids, and images that look wrong."""

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2021
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.case_folder import load_case
from tests.ccsd_core.storage.cases.case_samples import T1, T1C, T2, assert_read, labels_of


def test_one_sequence_in_another_orientation_lies_where_the_rest_lie(brats_case):
    written = brats_case()
    path = written.path / f"{written.path.name}_t1ce.nii.gz"
    nib.save(nib.as_closest_canonical(nib.load(path)), path)
    case = load_case(written.path)
    assert_read(case, written)
    assert case.notes == ()
    assert nib.aff2axcodes(case.stored.affine) == ("L", "P", "S")


def test_signed_zeros_in_an_affine_are_the_same_grid(brats_case):
    written = brats_case()
    path = written.path / f"{written.path.name}_seg.nii.gz"
    affine = written.affine.copy()
    affine[affine == 0] = -0.0
    nib.save(nib.Nifti1Image(written.labels, affine), path)
    assert load_case(written.path).notes == ()


def test_another_grid_is_resampled_onto_the_first_and_noted(brats_case):
    written = brats_case(labels=labels_of(1, 2, 4))
    path = written.path / f"{written.path.name}_t2.nii.gz"
    ramp = np.broadcast_to(np.arange(12.0)[:, None, None], (12, 14, 10)).astype(np.float32)
    coarse = written.affine @ np.diag([2.0, 2, 2, 1])
    nib.save(nib.Nifti1Image(ramp, coarse), path)
    case = load_case(written.path)
    assert case.grid.shape == (24, 28, 20)
    expected = np.arange(23) / 2
    assert np.allclose(case.volumes[T2].array[::-1][:23, 10, 8], expected)
    assert [n for n in case.notes if "T2" in n and "resampled" in n and "linear" in n]


def test_outside_a_resampled_sequence_is_its_own_background(brats_case):
    written = brats_case()
    path = written.path / f"{written.path.name}_t2.nii.gz"
    image = np.full((12, 28, 20), -3.0, np.float32)
    image[3:9, 3:25, 3:17] = 1
    nib.save(nib.Nifti1Image(image, written.affine), path)
    values = load_case(written.path).volumes[T2].array[::-1, ::-1]
    assert (values[12:] == -3).all()
    assert (values[:12] == image).all()


@pytest.mark.parametrize("modality", Modality, ids=lambda m: m.label)
def test_a_blank_sequence_is_taken_as_missing_and_reported_once(brats_case, modality: Modality):
    written = brats_case()
    path = load_case(written.path).sources[modality].path
    nib.save(nib.Nifti1Image(np.zeros_like(written.images[modality]), written.affine), path)
    case = load_case(written.path)
    (note,) = case.notes
    assert note.startswith(f"{modality.label} ({path.name}) is blank: every voxel is 0;")
    assert set(case.volumes) == set(Modality) - {modality}
    assert case.absence(modality) == "missing"
    assert modality not in case.sources


@pytest.mark.parametrize("value", [0, 7.5])
def test_a_case_of_blank_sequences_alone_is_refused(brats_case, value):
    written = brats_case(available=ModalitySubset.parse("T2"), dtype="float32")
    (path,) = (s.path for m, s in load_case(written.path).sources.items() if m is T2)
    blank = np.full_like(written.images[T2], value)
    nib.save(nib.Nifti1Image(blank, written.affine), path)
    with pytest.raises(CaseError, match="is blank"):
        load_case(written.path)


@pytest.mark.parametrize("modality", Modality, ids=lambda m: m.label)
def test_voxels_without_a_value_are_noted_once(brats_case, modality: Modality):
    written = brats_case(dtype="float32")
    path = load_case(written.path).sources[modality].path
    values = written.images[modality].copy()
    values[:3] = np.nan
    nib.save(nib.Nifti1Image(values, written.affine), path)
    (note,) = load_case(written.path).notes
    assert note.startswith(f"{path.name}: {3 * 28 * 20} voxels without a finite value")


@pytest.mark.parametrize("modality", Modality, ids=lambda m: m.label)
def test_thick_slices_are_reported_of_the_file_not_of_the_grid_it_comes_onto(
    brats_case, modality: Modality
):
    written = brats_case()
    path = load_case(written.path).sources[modality].path
    affine = written.affine @ np.diag([1.0, 1, 4, 1])
    nib.save(nib.Nifti1Image(written.images[modality][:, :, ::4], affine), path)
    (note,) = [note for note in load_case(written.path).notes if "slices thicker" in note]
    assert note.startswith(f"{modality.label} ({path.name}): voxel size 1 × 1 × 4 mm")


def test_a_file_that_is_there_twice_is_reported(brats_case):
    written = brats_case()
    sources = load_case(written.path).sources
    sources[T1C].path.write_bytes(sources[T1].path.read_bytes())
    (note,) = load_case(written.path).notes
    assert f"{sources[T1].path.name}) and T1c ({sources[T1C].path.name}) look like one" in note


def test_labels_on_another_grid_stay_labels(brats_case):
    written = brats_case()
    labels = written.labels[::2, ::2, ::2]
    affine = written.affine @ np.diag([2.0, 2, 2, 1])
    nib.save(nib.Nifti1Image(labels, affine), written.path / f"{written.path.name}_seg.nii.gz")
    case = load_case(written.path)
    assert case.reference is not None
    assert case.reference.array.dtype == np.uint8
    assert set(np.unique(case.reference.array)) <= set(BRATS2021.integers)
    assert (case.reference.array[::-1, ::-1][::2, ::2, ::2] == labels).all()
    assert any("nearest" in note for note in case.notes)


def test_a_sequence_that_lies_elsewhere_is_refused(brats_case):
    written = brats_case()
    away = written.affine.copy()
    away[:3, 3] += 500
    path = written.path / f"{written.path.name}_t2.nii.gz"
    nib.save(nib.Nifti1Image(written.images[T2], away), path)
    with pytest.raises(CaseError, match=r"T2 .*does not overlap.*register"):
        load_case(written.path)


@pytest.mark.parametrize("role", ["_flair", "_t2", "_seg"])
def test_a_file_without_a_place_lies_where_its_like_lie(brats_case, role: str):
    written = brats_case()
    path = written.path / f"{written.path.name}{role}.nii.gz"
    image = nib.load(path)
    image.set_sform(None, 0)
    image.set_qform(None, 0)
    nib.save(nib.Nifti1Image(np.asarray(image.dataobj), None, image.header), path)
    header = nib.load(path).header
    assert (int(header["qform_code"]), int(header["sform_code"])) == (0, 0)
    case = load_case(written.path)
    assert_read(case, written)
    assert ["other images of the same shape" in note for note in case.notes] == [True]
    assert (case.stored.sform_code == 0) == (role == "_flair")
