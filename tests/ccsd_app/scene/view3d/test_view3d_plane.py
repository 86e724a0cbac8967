"""Slices as flat pieces of space."""

import numpy as np
import pytest

from ccsd_app.scene.planes import Plane
from ccsd_app.scene.view3d.surface import mask_surface
from ccsd_app.scene.view3d.view3d_plane import CLIPPED_SIDE, View3dPlane
from ccsd_core.domain.volume import Volume

SHAPE = (24, 30, 20)


def affine(matrix: np.ndarray) -> np.ndarray:
    out = np.eye(4)
    out[:3, :3] = matrix
    out[:3, 3] = 7, -31, 12
    return out


def rotation(degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.array(
        [[1, 0, 0], [0, c, -s], [0, s, c]]
    )


EVERY_AFFINE = [
    pytest.param(affine(matrix), id=name)
    for name, matrix in {
        "anisotropic": np.diag([1, 1.5, 3]),
        "mirrored": np.diag([-1, 1, 1.2]),
        "oblique": rotation(25) @ np.diag([1, 1.2, 2]),
        "oblique and mirrored": rotation(25) @ np.diag([1, 1.2, -2]),
    }.items()
]


@pytest.fixture(params=EVERY_AFFINE)
def grid(request) -> Volume:
    return Volume(np.zeros(SHAPE), request.param)


@pytest.mark.parametrize("plane", Plane)
def test_corners_are_the_outer_corners_of_the_voxels_in_world_millimetres(grid, plane):
    place = View3dPlane(plane, 7, grid)
    last = [n - 1 for n in SHAPE]
    for corner, (u, v) in zip(place.corners_mm, ((0, 0), (1, 0), (1, 1), (0, 1)), strict=True):
        point = [0.0, 0.0, 0.0]
        point[plane.normal_axis] = 7
        point[plane.column_axis] = last[plane.column_axis] + 0.5 if u else -0.5
        point[plane.row_axis] = last[plane.row_axis] + 0.5 if v else -0.5
        assert corner == pytest.approx(grid.world_from(tuple(point)))


@pytest.mark.parametrize("plane", Plane)
def test_a_plane_through_a_voxel_passes_through_its_middle(grid, plane):
    voxel = (5, 11, 9)
    place = View3dPlane(plane, voxel[plane.normal_axis], grid)
    off = (np.subtract(grid.world_from(voxel), place.corners_mm[0])) @ place.inwards
    assert off == pytest.approx(0, abs=1e-9)
    assert np.linalg.norm(place.inwards) == pytest.approx(1)


@pytest.mark.parametrize("plane", Plane)
def test_a_plane_halves_the_surface_of_a_box_around_it(grid, plane):
    mask = np.zeros(SHAPE, bool)
    mask[8:17, 9:20, 6:13] = True
    middle = (12, 14, 9)
    mesh = mask_surface(mask, grid.world_from_voxel)
    place = View3dPlane(plane, middle[plane.normal_axis], grid)
    heights = (mesh.points_mm - place.corners_mm[0]) @ place.inwards
    assert heights.max() == pytest.approx(-heights.min(), abs=1e-3)
    assert heights.mean() == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("plane", Plane)
def test_a_cut_leaves_the_half_that_the_preset_view_sees_from_the_cut(grid, plane):
    assert View3dPlane(plane, 3, grid).inwards @ np.asarray(CLIPPED_SIDE[plane].outwards) < 0
