"""A prediction on its case's grid: turned without a change, refused where it lies elsewhere."""

from itertools import permutations, product

import nibabel as nib
import numpy as np
import pytest
from nibabel.orientations import apply_orientation, inv_ornt_aff

from ccsd_core.domain.region import BRATS2021, BRATS2023
from ccsd_core.errors import CaseError, LabelSchemeError, NiftiError
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.predictions.prediction_map import read_prediction


@pytest.fixture
def written(brats_case):
    return brats_case("a")


@pytest.fixture
def case(written):
    return load_case(written.path)


def save(path, array, affine):
    nib.save(nib.Nifti1Image(array, affine), path)
    return path


def test_axes_in_any_order_and_direction_give_the_same_regions(written, case, tmp_path):
    for order, signs in product(permutations(range(3)), product((1, -1), repeat=3)):
        turn = np.array([order, signs]).T
        array = apply_orientation(written.labels, turn)
        affine = written.affine @ inv_ornt_aff(turn, written.labels.shape)
        path = save(tmp_path / "p.nii.gz", array, affine)
        regions, notes = read_prediction(path, case, scheme=BRATS2021)
        np.testing.assert_array_equal(regions, case.reference_regions)
        assert notes == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("shape", "23 × 28 × 20 voxels instead of 24 × 28 × 20"),
        ("spacing", "2 × 1 × 1 mm instead of 1 × 1 × 1"),
        ("origin", "another origin, 5 mm away"),
    ],
)
def test_other_voxels_are_refused_and_both_files_are_named(written, case, tmp_path, change, words):
    array, affine = written.labels, written.affine.copy()
    if change == "shape":
        array = array[1:]
    elif change == "spacing":
        affine[0, 0] = -2
    else:
        affine[2, 3] += 5
    path = save(tmp_path / "p.nii.gz", array, affine)
    with pytest.raises(CaseError) as caught:
        read_prediction(path, case, scheme=BRATS2021)
    for name in (str(path), "a_flair.nii.gz", words):
        assert name in str(caught.value)


def test_a_map_that_does_not_say_where_it_lies_is_laid_on_the_case_and_reported(
    written, case, tmp_path
):
    image = nib.Nifti1Image(written.labels, None)
    image.set_sform(None, 0)
    image.set_qform(None, 0)
    nib.save(image, tmp_path / "p.nii.gz")
    regions, notes = read_prediction(tmp_path / "p.nii.gz", case, scheme=BRATS2021)
    np.testing.assert_array_equal(regions, case.reference_regions)
    assert "does not state its orientation" in notes[0]


def test_the_scheme_says_what_the_integers_mean(written, case, tmp_path):
    path = save(tmp_path / "p.nii.gz", BRATS2023.labels(_stored(written)), written.affine)
    regions, _ = read_prediction(path, case, scheme=BRATS2023)
    np.testing.assert_array_equal(regions, case.reference_regions)
    with pytest.raises(LabelSchemeError, match=r"p\.nii\.gz.*label 3.*--predictions-scheme"):
        read_prediction(path, case, scheme=BRATS2021)


def test_probabilities_are_no_label_map(written, case, tmp_path):
    path = save(tmp_path / "p.nii.gz", written.labels * np.float32(0.3), written.affine)
    with pytest.raises(NiftiError, match="labels are whole numbers"):
        read_prediction(path, case, scheme=BRATS2021)


def _stored(written):
    return BRATS2021.regions(written.labels)
