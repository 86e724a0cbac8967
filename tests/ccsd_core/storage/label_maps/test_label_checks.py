"""Impossible labels: refused where they are needed, else excluded with a note."""

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.errors import LabelsError
from ccsd_core.storage.cases.case_folder import load_case


def labels_file(written):
    return written.path / f"{written.path.name}_seg.nii.gz"


def far(affine, by_mm=5000.0):
    moved = affine.copy()
    moved[0, 3] += by_mm
    return moved


UNUSABLE = {
    "truncated": lambda w: w.labels,
    "probabilities": lambda w: (w.labels > 0).astype(np.float32) * 0.3,
    "one channel a tissue": lambda w: np.stack([w.labels == k for k in (1, 2, 4)], -1),
    "negative": lambda w: np.where(w.labels > 0, w.labels.astype(np.int16), np.int16(-1)),
    "of another scheme": lambda w: np.where(w.labels > 0, np.uint8(9), np.uint8(0)),
    "a mask of the brain": lambda w: (next(iter(w.images.values())) > 0).astype(np.uint8),
    "off the brain": lambda w: _corner(w.labels),
}


def _corner(labels):
    marked = np.zeros_like(labels)
    marked[:2, :2, :1] = 1
    return marked


def write(written, case: str) -> None:
    path = labels_file(written)
    if case == "truncated":
        path.write_bytes(path.read_bytes()[:200])
        return
    array = UNUSABLE[case](written)
    array = array.astype(np.uint8) if array.dtype == bool else array
    nib.save(nib.Nifti1Image(array, written.affine), path)


@pytest.mark.parametrize("case", UNUSABLE)
def test_unusable_labels_are_named_and_the_images_can_be_used_without_them(brats_case, case):
    written = brats_case()
    write(written, case)

    with pytest.raises(LabelsError) as error:
        load_case(written.path)
    assert "_seg.nii.gz" in str(error.value)
    assert "\n" not in str(error.value)
    loaded = load_case(written.path, labels_needed=False)
    assert loaded.reference is None
    assert len(loaded.volumes) == 4
    assert loaded.notes[-1] == f"the expert labels were not used: {error.value}"


def test_labels_far_away_are_left_out_too(brats_case):
    written = brats_case()
    nib.save(nib.Nifti1Image(written.labels, far(written.affine)), labels_file(written))

    with pytest.raises(LabelsError, match="is misaligned with the images"):
        load_case(written.path)
    assert load_case(written.path, labels_needed=False).reference is None


@pytest.mark.parametrize("shift_mm", [None, 12.0], ids=["identity", "shifted"])
def test_labels_of_the_images_shape_that_lie_elsewhere_lost_their_affine(brats_case, shift_mm):
    written = brats_case()
    affine = np.eye(4) if shift_mm is None else far(written.affine, shift_mm)
    labels = np.zeros_like(written.labels)
    labels[3:6, 3:6, 3:6] = 2
    nib.save(nib.Nifti1Image(labels, affine), labels_file(written))

    with pytest.raises(LabelsError, match=r"is misaligned .* was its affine lost\?"):
        load_case(written.path)


def test_a_case_without_tumour_is_reported_and_kept(brats_case):
    written = brats_case()
    nib.save(nib.Nifti1Image(np.zeros_like(written.labels), written.affine), labels_file(written))

    case = load_case(written.path)

    assert case.reference is not None
    (note,) = case.notes
    assert note == f"{labels_file(written).name} has no labelled voxel: a case without tumour"


def test_usual_labels_say_nothing(brats_case):
    assert load_case(brats_case().path).notes == ()
