"""Label maps go back to the original grids, whatever their order and thickness."""

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.back import onto_original
from ccsd_core.preparation.prepared import Original
from ccsd_core.preparation.rigid import Nudge
from tests.ccsd_core.preparation.conftest import MOVED

pytest.importorskip("SimpleITK", reason="needs the extra [scanner]")


def _labels() -> Volume:
    affine = np.eye(4)
    affine[:3, 3] = -30
    array = np.zeros((60, 60, 60), np.uint8)
    array[15:40, 18:48, 20:44] = 2
    array[22:33, 25:40, 26:38] = 4
    return Volume(array, affine)


def _original(shape: tuple[int, int, int], stored: np.ndarray, matrix: np.ndarray) -> Original:
    image = nib.as_closest_canonical(nib.Nifti1Image(np.zeros(shape, np.uint8), stored))
    x, y, z = image.shape
    return Original(StoredGrid(shape, stored), image.affine, (x, y, z), matrix)


def test_the_same_grid_in_another_order_gets_the_same_labels():
    labels = _labels()
    stored = labels.world_from_voxel @ np.array(
        [[0, -1, 0, 59], [0, 0, 1, 0], [-1, 0, 0, 59], [0, 0, 0, 1.0]]
    )
    back = onto_original(labels, _original((60, 60, 60), stored, np.eye(4)))
    image = nib.as_closest_canonical(nib.Nifti1Image(back, stored))
    np.testing.assert_array_equal(image.get_fdata(), labels.array)


def test_a_moved_sequence_gets_labels_where_it_shows_the_tumour():
    labels = _labels()
    back = onto_original(labels, _original((60, 60, 60), labels.world_from_voxel, MOVED))
    where = np.argwhere(back == 4).mean(axis=0)
    middle = labels.world_from_voxel @ [*np.argwhere(labels.array == 4).mean(axis=0), 1.0]
    expected = np.linalg.inv(labels.world_from_voxel) @ MOVED @ middle
    np.testing.assert_allclose(where, expected[:3], atol=0.3)
    assert (back == 4).sum() == pytest.approx((labels.array == 4).sum(), rel=0.05)


def test_thick_slices_keep_the_volume():
    labels = _labels()
    stored = np.diag([0.7, 0.7, 5.0, 1.0])
    stored[:3, 3] = -29
    back = onto_original(labels, _original((80, 80, 12), stored, np.eye(4)))
    ml = np.count_nonzero(back) * 0.7 * 0.7 * 5
    assert ml == pytest.approx(np.count_nonzero(labels.array), rel=0.12)


def test_beyond_the_prepared_grid_there_is_nothing():
    far = Nudge((500.0, 0.0, 0.0)).matrix((0.0, 0.0, 0.0))
    back = onto_original(_labels(), _original((20, 20, 20), np.eye(4), far))
    assert not back.any()
