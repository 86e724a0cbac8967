"""Regions of interest: areas and voxels of shapes whose areas are known."""

import math

import numpy as np
import pytest

from ccsd_core.measurement.roi import (
    ellipse_area_mm2,
    ellipse_mask,
    intensities,
    polygon_area_mm2,
    polygon_mask,
)

TO_MM = np.diag([0.6, 1.7])
SHAPE = (90, 60)


def test_voxels_of_an_ellipse_fill_its_area():
    a, b = (11.3, 7.9), (70.1, 51.2)
    mask = ellipse_mask(a, b, SHAPE)
    voxel_mm2 = 0.6 * 1.7
    assert mask.sum() * voxel_mm2 == pytest.approx(ellipse_area_mm2(a, b, TO_MM), rel=0.01)
    assert ellipse_area_mm2(a, b, TO_MM) == ellipse_area_mm2(b, a, TO_MM)
    assert (mask == ellipse_mask(b, a, SHAPE)).all()
    assert not ellipse_mask(a, (a[0], 50.0), SHAPE).any()


@pytest.mark.parametrize("degrees", [0, 20, 77])
def test_a_turned_ellipse_as_a_polygon_has_its_area_in_mm_and_in_voxels(degrees):
    angles = np.linspace(0, 2 * math.pi, 400, endpoint=False)
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    points_mm = np.stack([18 * np.cos(angles), 9 * np.sin(angles)], 1) @ [[c, s], [-s, c]]
    points = [tuple(p) for p in (points_mm / [0.6, 1.7] + [40, 30]).tolist()]
    area = math.pi * 18 * 9
    assert polygon_area_mm2(points, TO_MM) == pytest.approx(area, rel=1e-3)
    assert polygon_mask(points, SHAPE).sum() * 0.6 * 1.7 == pytest.approx(area, rel=0.02)


def test_a_concave_polygon_leaves_its_notch_out():
    outside = [(-0.5, 9.5), (-0.5, -0.5), (9.5, -0.5), (9.5, 9.5)]
    u_shape = [*outside, (6.5, 9.5), (6.5, 3.5), (2.5, 3.5), (2.5, 9.5)]
    mask = polygon_mask(u_shape, (12, 12))
    assert mask.sum() == polygon_area_mm2(u_shape, np.eye(2)) == 100 - 4 * 6
    assert not mask[4, 6]


def test_mean_and_deviation_are_those_of_the_finite_voxels_inside():
    rng = np.random.default_rng(0)
    image = rng.normal(100, 15, SHAPE)
    mask = ellipse_mask((10, 10), (70, 50), SHAPE)
    inside = image[mask]
    found = intensities(image, mask)
    assert (found.voxels, found.mean) == (mask.sum(), pytest.approx(inside.mean()))
    assert found.sd == pytest.approx(inside.std(ddof=1))

    image[40, 30] = np.nan
    assert intensities(image, mask).voxels == mask.sum() - 1
    nothing = intensities(image, np.zeros(SHAPE, bool))
    assert nothing.voxels == 0
    assert math.isnan(nothing.mean)
    assert math.isnan(nothing.sd)
