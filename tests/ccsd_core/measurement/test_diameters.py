"""Diameters in a slice: those of shapes whose diameters are known."""

import numpy as np
import pytest

from ccsd_core.measurement.diameters import diameters, lesion_at
from ccsd_core.measurement.plane_mm import distance_mm, mm_from_plane, slice_mm

SPACINGS = {
    "1 mm": (1.0, 1.0, 1.0),
    "in-plane anisotropic": (0.5, 1.25, 3.0),
    "thick": (0.9, 0.9, 6),
}


def ellipsoid(semi_mm: tuple[float, float, float], degrees: float, spacing_mm) -> np.ndarray:
    """An ellipsoid turned in the axial plane, its centre in the middle of the grid."""
    shape = [2 * int(np.ceil(max(semi_mm) * 1.2 / mm)) + 1 for mm in spacing_mm]
    points = (np.stack(np.indices(shape), -1) - np.array(shape) // 2) * np.asarray(spacing_mm)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = points @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    return (np.square(turned / np.asarray(semi_mm)).sum(-1)) <= 1


@pytest.mark.parametrize("spacing_mm", SPACINGS.values(), ids=SPACINGS)
@pytest.mark.parametrize("degrees", [0, 17, 45, 80, 90, 133])
def test_an_ellipsoids_diameters_are_twice_its_semi_axes_at_any_angle(degrees, spacing_mm):
    mask = ellipsoid((22.3, 13.4, 18.0), degrees, spacing_mm)
    found = diameters(mask, np.diag([*spacing_mm, 1.0]))
    pixel = max(spacing_mm[:2])
    assert found.longest_mm == pytest.approx(44.6, abs=0.8 * pixel)
    assert found.perpendicular_mm == pytest.approx(26.8, abs=0.8 * pixel)
    assert found.product_mm2 == found.longest_mm * found.perpendicular_mm


@pytest.mark.parametrize("degrees", [0, 33, 118])
def test_the_ends_have_these_lengths_and_are_at_right_angles_in_the_world(degrees):
    turn = np.eye(4)
    angle = np.radians(25)
    turn[:3, :3] = [
        [1, 0, 0],
        [0, np.cos(angle), -np.sin(angle)],
        [0, np.sin(angle), np.cos(angle)],
    ]
    affine = turn @ np.diag([-0.7, 1.1, 4.0, 1.0])
    mask = ellipsoid((20.0, 9.0, 12.0), degrees, (0.7, 1.1, 4.0))
    found = diameters(mask, affine)

    assert distance_mm(affine, *found.longest) == pytest.approx(found.longest_mm)
    assert distance_mm(affine, *found.perpendicular) == pytest.approx(found.perpendicular_mm)
    along, across = (
        affine[:3, :3] @ np.subtract(*ends) for ends in (found.longest, found.perpendicular)
    )
    assert along @ across == pytest.approx(0, abs=1e-3)
    assert len({point[2] for point in (*found.longest, *found.perpendicular)}) == 1


def test_the_slice_with_the_longest_diameter_is_measured():
    mask = np.zeros((40, 40, 3), bool)
    mask[10:20, 10:12, 0] = mask[10:15, 10:30, 1] = mask[10:12, 10:12, 2] = True
    found = diameters(mask, np.eye(4))
    assert found.longest[0][2] == 1
    assert found.longest_mm == pytest.approx(np.hypot(20, 5), abs=1)


def test_a_hole_does_not_shorten_a_diameter_and_a_second_lesion_does_not_lengthen_it():
    whole = ellipsoid((15, 10, 12), 30, (1, 1, 1))
    hollow = whole & ~_eroded(whole, 3)
    assert diameters(hollow, np.eye(4)) == diameters(whole, np.eye(4))

    two = np.pad(whole, ((0, 40), (0, 0), (0, 0)))
    two[-5:, 5:9, 5:9] = True
    assert diameters(lesion_at(two), np.eye(4)) == diameters(whole, np.eye(4))
    small = lesion_at(two, (two.shape[0] - 2, 6, 6))
    assert small.sum() == 5 * 4 * 4
    assert lesion_at(two, (999, 0, 0)).sum() == whole.sum()


def _eroded(mask: np.ndarray, voxels: int) -> np.ndarray:
    for _ in range(voxels):
        for axis in range(3):
            mask = mask & np.roll(mask, 1, axis) & np.roll(mask, -1, axis)
    return mask


def test_one_voxel_is_as_wide_as_a_voxel_and_nothing_has_no_diameter():
    one = np.zeros((3, 3, 3), bool)
    one[1, 1, 1] = True
    found = diameters(one, np.diag([2.0, 2.0, 5.0, 1.0]))
    assert (found.longest_mm, found.perpendicular_mm) == (2.0, 2.0)
    assert diameters(np.zeros((3, 3, 3), bool), np.eye(4)) is None


def test_a_distance_counts_thick_slices_and_turned_grids():
    affine = np.diag([0.5, 0.5, 5.0, 1.0])
    assert distance_mm(affine, (0, 0, 0), (0, 0, 3)) == 15
    assert distance_mm(affine, (0, 0, 0), (24, 0, 1)) == 13
    sheared = affine.copy()
    sheared[0, 2] = 2.0  # a tilted gantry
    assert distance_mm(sheared, (0, 0, 0), (0, 0, 1)) == pytest.approx(np.hypot(2, 5))
    assert slice_mm(sheared, 2) == pytest.approx(5.0)
    assert np.linalg.norm([3, 4] @ mm_from_plane(sheared, 2)) == pytest.approx(2.5)
