"""The words for grids that differ agree with what reading does about them."""

import itertools

import nibabel as nib
import numpy as np
import pytest
from nibabel.orientations import apply_orientation, inv_ornt_aff, ornt_transform

from ccsd_core.storage.nifti.grid_difference import grid_difference
from ccsd_core.storage.nifti.header import read_header
from ccsd_core.storage.nifti.reader import load_volume

SHAPE = (6, 8, 10)
AFFINE = np.diag([1.0, 1.5, 2.0, 1.0])
MOVED = AFFINE.copy()
MOVED[:2, 3] = 3, 4
TURNED = np.array([[0.8, -0.6, 0, 0], [0.6, 0.8, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])


def stored(path, shape=SHAPE, affine=AFFINE):
    nib.save(nib.Nifti1Image(np.zeros(shape, np.float32), affine), path)
    return path


@pytest.mark.parametrize("axes", list(itertools.permutations(range(3))), ids=str)
@pytest.mark.parametrize("flips", [(1, 1, 1), (-1, 1, 1), (1, -1, -1)], ids=str)
def test_the_order_of_storage_is_no_difference(tmp_path, axes, flips):
    turned = np.column_stack([axes, flips])
    turn = ornt_transform(np.column_stack([range(3), (1, 1, 1)]), turned)
    array = apply_orientation(np.zeros(SHAPE, np.float32), turn)
    affine = AFFINE @ inv_ornt_aff(turn, SHAPE)
    one, other = stored(tmp_path / "a.nii"), stored(tmp_path / "b.nii", array.shape, affine)

    assert load_volume(one).volume.same_grid(load_volume(other).volume)
    assert grid_difference(read_header(other), read_header(one)) == ""


@pytest.mark.parametrize(
    ("shape", "affine", "message"),
    [
        ((3, 8, 10), AFFINE, "3 × 8 × 10 voxels instead of 6 × 8 × 10"),
        (SHAPE, np.diag([2.0, 1.5, 2, 1]), "2 × 1.5 × 2 mm instead of 1 × 1.5 × 2"),
        (SHAPE, MOVED, "another origin, 5 mm"),
        (
            SHAPE,
            AFFINE @ TURNED,
            "mm instead of",
        ),
    ],
    ids=["size", "spacing", "origin", "sheared"],
)
def test_a_difference_is_reported_where_reading_resamples(tmp_path, shape, affine, message):
    one = stored(tmp_path / "a.nii")
    other = stored(tmp_path / "b.nii", shape, affine)

    assert not load_volume(one).volume.same_grid(load_volume(other).volume)
    assert message in grid_difference(read_header(other), read_header(one))


def test_a_rotation_is_reported(tmp_path):
    one = stored(tmp_path / "a.nii", affine=np.eye(4))
    other = stored(tmp_path / "b.nii", affine=TURNED)

    assert grid_difference(read_header(other), read_header(one)) == "axes in another direction"


def test_an_image_without_a_place_lies_where_its_like_lie(tmp_path):
    one, other = stored(tmp_path / "a.nii", affine=MOVED), stored(tmp_path / "b.nii")
    image = nib.load(other)
    image.set_sform(None, 0)
    image.set_qform(None, 0)
    nib.save(nib.Nifti1Image(np.zeros(SHAPE, np.float32), None, image.header), other)

    assert not read_header(other).placed
    assert grid_difference(read_header(other), read_header(one)) == ""
