"""The pose of the 3-D view's camera, as a value that can be rotated around the patient."""

import math
from dataclasses import dataclass

from ccsd_app.scene.view3d.viewpoint import Direction


@dataclass(frozen=True, slots=True)
class CameraPose:
    """A camera in world coordinates (RAS+ mm).

    Args:
        position_mm: Where it is.
        focal_point_mm: What it looks at.
        up: The direction that is up on the screen.
    """

    position_mm: Direction
    focal_point_mm: Direction
    up: Direction

    def turned(self, degrees: float) -> "CameraPose":
        """The pose rotated around the patient's long axis through the focal point.

        >>> CameraPose((0, 2, 1), (0, 0, 0), (0, 0, 1)).turned(90).position_mm
        (-2.0, 0.0, 1)
        """
        away = _minus(self.position_mm, self.focal_point_mm)
        position = _plus(self.focal_point_mm, _around_z(away, degrees))
        return CameraPose(position, self.focal_point_mm, _around_z(self.up, degrees))


def _around_z(v: Direction, degrees: float) -> Direction:
    angle = math.radians(degrees)
    c, s = math.cos(angle), math.sin(angle)
    x, y, z = v
    return round(c * x - s * y, 9), round(s * x + c * y, 9), z


def _plus(a: Direction, b: Direction) -> Direction:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def _minus(a: Direction, b: Direction) -> Direction:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]
