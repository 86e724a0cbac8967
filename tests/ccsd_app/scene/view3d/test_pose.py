"""Going around the patient."""

import math

import pytest

from ccsd_app.scene.view3d.pose import CameraPose

POSE = CameraPose((80.0, 200.0, 40.0), (10.0, -20.0, 30.0), (0.0, 0.0, 1.0))


def distance(pose: CameraPose) -> float:
    return math.dist(pose.position_mm, pose.focal_point_mm)


@pytest.mark.parametrize("degrees", [1, 45, 90, 180, 300])
def test_turning_keeps_the_distance_the_height_and_the_focal_point(degrees):
    turned = POSE.turned(degrees)
    assert distance(turned) == pytest.approx(distance(POSE))
    assert turned.position_mm[2] == POSE.position_mm[2]
    assert turned.focal_point_mm == POSE.focal_point_mm
    assert turned != POSE


def test_once_around_is_where_it_began():
    pose = POSE
    for _ in range(8):
        pose = pose.turned(45)
    assert pose.position_mm == pytest.approx(POSE.position_mm)


def test_seen_from_above_the_picture_turns_instead():
    above = CameraPose((0.0, 0.0, 300.0), (0.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    turned = above.turned(90)
    assert turned.position_mm == above.position_mm
    assert turned.up == pytest.approx((-1.0, 0.0, 0.0))
