"""Surfaces in millimetres."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.scene.view3d.surface import brain_surface, mask_surface, region_surface
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume

RADIUS_MM = 24.0


def rotation(degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    about_z = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    return about_z @ about_x


def affine(matrix: np.ndarray) -> np.ndarray:
    out = np.eye(4)
    out[:3, :3] = matrix
    out[:3, 3] = 7, -31, 12
    return out


AFFINES = {
    "isotropic": affine(np.eye(3)),
    "anisotropic": affine(np.diag([1, 1.5, 3])),
    "mirrored": affine(np.diag([-1, 1, 1])),
    "twice mirrored": affine(np.diag([-1, -1.2, 2])),
    "oblique": affine(rotation(25) @ np.diag([1, 1.2, 2])),
    "oblique and mirrored": affine(rotation(25) @ np.diag([1, 1.2, -2])),
}
EVERY_AFFINE = [pytest.param(a, id=name) for name, a in AFFINES.items()]


def ball(world_from_voxel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A ball of RADIUS_MM in the middle of a grid, and its centre in mm."""
    shape = (64, 60, 58)
    voxels = np.stack(np.indices(shape), axis=-1)
    points = voxels @ world_from_voxel[:3, :3].T + world_from_voxel[:3, 3]
    middle = (np.asarray(shape) // 2) @ world_from_voxel[:3, :3].T + world_from_voxel[:3, 3]
    return np.linalg.norm(points - middle, axis=-1) <= RADIUS_MM, middle


@pytest.mark.parametrize("world_from_voxel", EVERY_AFFINE)
def test_a_balls_surface_has_its_volume_and_its_centre(world_from_voxel):
    mask, centre = ball(world_from_voxel)
    mesh = mask_surface(mask, world_from_voxel)
    true_ml = 4 / 3 * np.pi * RADIUS_MM**3 / 1000
    assert mesh.volume_ml == pytest.approx(true_ml, rel=0.03)
    assert mesh.points_mm.mean(axis=0) == pytest.approx(centre, abs=0.2)
    distances = np.linalg.norm(mesh.points_mm - centre, axis=1)
    assert np.abs(distances - RADIUS_MM).mean() < 0.6


@pytest.mark.parametrize("world_from_voxel", EVERY_AFFINE)
def test_triangles_face_outwards(world_from_voxel):
    mask, centre = ball(world_from_voxel)
    mesh = mask_surface(mask, world_from_voxel)
    a, b, c = (mesh.points_mm[mesh.triangles[:, i]] for i in range(3))
    outwards = (a + b + c) / 3 - centre
    facing = np.einsum("ij,ij->i", np.cross(b - a, c - a), outwards)
    assert (facing > 0).mean() > 0.999


@pytest.mark.parametrize("world_from_voxel", EVERY_AFFINE)
def test_a_crop_with_its_offset_gives_the_surface_of_the_whole(world_from_voxel):
    mask, _ = ball(world_from_voxel)
    whole = mask_surface(mask, world_from_voxel)
    crop = mask_surface(mask[3:, 2:, 1:], world_from_voxel, offset_voxel=(3, 2, 1))
    np.testing.assert_allclose(crop.points_mm, whole.points_mm, atol=1e-4)


def test_a_mask_that_touches_the_edge_is_closed():
    mesh = mask_surface(np.ones((6, 6, 6), bool), np.eye(4))
    edges = np.sort(mesh.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, counts = np.unique(edges, axis=0, return_counts=True)
    assert (counts == 2).all()
    assert mesh.points_mm.min() >= -1.0 - 1e-5  # the corners that smoothing takes are made up for
    assert mesh.points_mm.max() <= 6.0 + 1e-5


@pytest.mark.parametrize("world_from_voxel", EVERY_AFFINE)
def test_a_surface_encloses_as_much_as_the_voxels_also_of_a_ragged_region(world_from_voxel):
    x, y, z = np.indices((24, 24, 24))
    blobs = np.sin(x / 1.7) + np.sin(y / 2.1) + np.sin(z / 1.9) > 0.9
    voxels_ml = blobs.sum() * abs(np.linalg.det(world_from_voxel[:3, :3])) / 1000
    smoothed = mask_surface(blobs, world_from_voxel, keep_volume=False)
    assert smoothed.volume_ml < 0.9 * voxels_ml
    assert mask_surface(blobs, world_from_voxel).volume_ml == pytest.approx(voxels_ml, rel=0.01)


def test_an_empty_mask_has_an_empty_surface():
    mesh = mask_surface(np.zeros((4, 4, 4), bool), np.eye(4))
    assert (mesh.cells, mesh.volume_ml) == (0, 0.0)


def test_nested_regions_have_nested_surfaces(marked_state):
    grid = marked_state.case.grid
    volumes = [region_surface(marked_state.result, r, grid).volume_ml for r in Region]
    assert volumes == sorted(volumes, reverse=True)
    assert min(volumes) > 0


def test_a_result_without_tumour_has_empty_surfaces(marked_state):
    empty = replace(marked_state.result, nested_labels=np.zeros((0, 0, 0), np.uint8))
    assert [region_surface(empty, r, marked_state.case.grid).cells for r in Region] == [0, 0, 0]


@pytest.mark.parametrize("world_from_voxel", EVERY_AFFINE)
def test_the_brain_is_filled_and_stray_voxels_are_left_out(world_from_voxel):
    mask, centre = ball(world_from_voxel)
    head = np.where(mask, 300.0, 0.0)
    head[30:34, 28:32, 27:31] = 0
    head[0, 0, 0] = 300.0
    mesh = brain_surface(Volume(head, world_from_voxel))
    assert mesh.volume_ml == pytest.approx(4 / 3 * np.pi * RADIUS_MM**3 / 1000, rel=0.1)
    assert mesh.points_mm.mean(axis=0) == pytest.approx(centre, abs=2.0)


def test_noisy_air_is_not_taken_for_the_patient():
    x, y, z = np.ogrid[-40:41, -40:41, -40:41]
    head = np.where(x**2 + y**2 + z**2 <= RADIUS_MM**2, 300.0, 0.0)
    noisy = head + np.random.default_rng(0).uniform(1, 9, head.shape)
    mesh = brain_surface(Volume(noisy, np.eye(4)))
    assert mesh.volume_ml == pytest.approx(4 / 3 * np.pi * RADIUS_MM**3 / 1000, rel=0.1)
