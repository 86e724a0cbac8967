"""What is seen of image files before they are opened, read as the case table reads them."""

import nibabel as nib
import numpy as np
import pytest

from ccsd_app.qt.open_case import preview_reader as module
from ccsd_app.qt.open_case.preview_reader import previews
from ccsd_app.scene.slices.preview import SIDE
from ccsd_core.errors import NiftiError
from ccsd_core.storage.cases.overrides import Channel

LAS = np.diag([-1.0, 1.0, 2.0, 1.0])


def saved(path, array, affine=LAS):
    nib.save(nib.Nifti1Image(array, affine), path)
    return path


@pytest.fixture
def head():
    """A head with something bright at the patient's right, in front; stored from left to right."""
    array = np.zeros((40, 50, 20), np.float32)
    array[5:35, 5:45, 4:16] = 100
    # LAS: the first index grows towards the patient's left, so the right side is at its start.
    array[6:10, 38:44, 9:11] = 900
    return array


def test_the_slice_lies_as_a_radiologist_looks_at_it_whatever_is_stored(head, tmp_path):
    ((part, seen),) = previews(saved(tmp_path / "a.nii.gz", head), radiological=True)

    assert part == tmp_path / "a.nii.gz"
    bright = np.argwhere(seen.grey == seen.grey.max())
    assert bright[:, 0].max() < seen.grey.shape[0] / 3  # in front is above
    assert bright[:, 1].max() < seen.grey.shape[1] / 3  # the patient's right is on the left
    assert seen.size_mm == (30, 40)  # cut to the head
    assert seen.values == (0, 900)


def test_the_other_convention_mirrors_it(head, tmp_path):
    path = saved(tmp_path / "a.nii.gz", head)
    ((_, ours),) = previews(path, radiological=True)
    ((_, theirs),) = previews(path, radiological=False)

    assert np.array_equal(theirs.grey, ours.grey[:, ::-1])
    assert not np.array_equal(theirs.grey, ours.grey)


def test_the_smallest_label_is_not_drawn_as_background(tmp_path):
    labels = np.zeros((20, 20, 4), np.uint8)
    for value, row in ((1, 2), (2, 8), (4, 14)):
        labels[row : row + 4] = value
    ((_, seen),) = previews(saved(tmp_path / "seg.nii.gz", labels), radiological=True)

    assert sorted(set(seen.grey.ravel().tolist())) == [0, 63, 127, 255]


def test_each_channel_is_seen_apart(head, tmp_path):
    path = saved(tmp_path / "four.nii.gz", np.stack([head, head * 2], axis=3))

    seen = dict(previews(path, radiological=True))

    assert [seen[Channel(path, i)].values[1] for i in range(2)] == [900, 1800]


def test_voxels_that_are_not_square_are_reported_by_their_size(head, tmp_path):
    sagittal = np.array([[0, 0, 3, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1.0]])
    ((_, seen),) = previews(saved(tmp_path / "a.nii.gz", head, sagittal), radiological=True)

    assert seen.grey.shape == (30, 12)
    assert seen.size_mm == (36, 30)


def test_a_long_side_is_thinned_out(tmp_path):
    ((_, seen),) = previews(
        saved(tmp_path / "a.nii.gz", np.ones((512, 300, 2), np.uint8)), radiological=True
    )

    assert max(seen.grey.shape) == SIDE


def test_an_empty_image_is_black(tmp_path):
    ((_, seen),) = previews(
        saved(tmp_path / "a.nii.gz", np.zeros((9, 8, 7), np.uint8)), radiological=True
    )

    assert not seen.grey.any()


def test_huge_files_are_not_looked_into_and_broken_ones_say_so(head, tmp_path, monkeypatch):
    path = saved(tmp_path / "a.nii.gz", head)
    monkeypatch.setattr(module, "MOST_VOXELS", head.size - 1)
    assert list(previews(path, radiological=True)) == []

    (tmp_path / "b.nii").write_bytes(b"no image")
    with pytest.raises(NiftiError):
        list(previews(tmp_path / "b.nii", radiological=True))
