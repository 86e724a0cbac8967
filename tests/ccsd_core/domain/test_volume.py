"""Volumes and where they lie."""

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.volume import Volume
from ccsd_core.errors import BadInputError

ONES = np.ones((2, 3, 4), np.float32)


def rotated(degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s, 0, 0], [s, c, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])


def test_spacing_and_voxel_volume_come_from_the_affine():
    volume = Volume(ONES, rotated(20) @ np.diag([0.5, 2.0, 3.0, 1.0]))
    assert volume.spacing_mm == pytest.approx((0.5, 2.0, 3.0))
    assert volume.voxel_ml == pytest.approx(0.003)
    assert volume.oblique_degrees == pytest.approx(20)
    assert volume.shape == (2, 3, 4)


def test_a_world_point_is_the_affine_of_the_voxel():
    affine = np.array([[-1.0, 0, 0, 10], [0, 2, 0, 20], [0, 0, 3, 30], [0, 0, 0, 1]])
    assert Volume(ONES, affine).world_from((1, 2, 3)) == (9, 24, 39)


@pytest.mark.parametrize("codes", ["RAS", "LPS", "LAS", "ARS", "SPR"])
def test_only_ras_is_canonical(codes: str):
    orientation = nib.orientations.axcodes2ornt(codes)
    affine = nib.orientations.inv_ornt_aff(orientation, (2, 3, 4))
    assert Volume(ONES, affine).is_canonical == (codes == "RAS")


def test_rounding_in_the_affine_leaves_the_grid_the_same():
    moved = np.eye(4)
    moved[0, 3] = -0.0
    moved[1, 3] = 1e-3
    assert Volume(ONES, np.eye(4)).same_grid(Volume(ONES, moved))


def test_another_shape_or_place_is_another_grid():
    moved = np.eye(4)
    moved[1, 3] = 0.5
    volume = Volume(ONES, np.eye(4))
    assert not volume.same_grid(Volume(ONES, moved))
    assert not volume.same_grid(Volume(ONES[:1], np.eye(4)))


def test_a_new_array_keeps_the_grid():
    volume = Volume(ONES, np.diag([1.0, 2, 3, 1]))
    assert volume.with_array(ONES * 2).same_grid(volume)


@pytest.mark.parametrize(
    ("affine", "message"),
    [
        (np.diag([1.0, 1, 0, 1]), "singular"),
        (np.full((4, 4), np.nan), "finite"),
        (np.eye(3), "4×4"),
    ],
    ids=["flat", "nan", "3×3"],
)
def test_an_unusable_affine_is_refused(affine: np.ndarray, message: str):
    with pytest.raises(BadInputError, match=message):
        Volume(ONES, affine)


def test_four_axes_are_refused():
    with pytest.raises(BadInputError, match=r"3 axes.*\(2, 3, 4, 1\)"):
        Volume(ONES[..., None], np.eye(4))


def test_grids_are_one_if_their_corners_lie_together_however_long_the_way():
    array = np.zeros((233, 20, 20), np.uint8)
    here = np.eye(4)
    wider, moved = np.diag([1.0095, 1, 1, 1]), np.eye(4)
    moved[0, 3] = 0.05

    assert not Volume(array, here).same_grid(Volume(array, wider))
    assert Volume(array, here).same_grid(Volume(array, moved))
    assert Volume(array, here).farthest_corner_mm(Volume(array, wider)) == pytest.approx(2.204)
