"""Rigid movements as six readable numbers and as 4×4 matrices that map world millimetres.

A registration is the matrix that maps world coordinates of the reference to those of the same
anatomy in another sequence.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Nudge:
    """A manual movement: six numbers.

    Args:
        shift_mm: Shift to the patient's right, front and top (RAS+).
        turn_degrees: Rotation about the axes that point there, applied in this order.

    >>> Nudge((0.0, 2.5, 0.0)).is_none
    False
    """

    shift_mm: Point = (0.0, 0.0, 0.0)
    turn_degrees: Point = (0.0, 0.0, 0.0)

    @property
    def is_none(self) -> bool:
        return not any((*self.shift_mm, *self.turn_degrees))

    def matrix(self, centre_mm: Point) -> Matrix:
        """The movement as a 4×4 matrix that rotates about a point and then shifts."""
        from scipy.spatial.transform import Rotation  # slow to import, and the window starts here

        turn = np.eye(4)
        turn[:3, :3] = Rotation.from_euler("xyz", self.turn_degrees, degrees=True).as_matrix()
        centre = np.asarray(centre_mm)
        turn[:3, 3] = centre - turn[:3, :3] @ centre + np.asarray(self.shift_mm)
        return turn


def size_of(matrix: Matrix, centre_mm: Point) -> tuple[float, float]:
    """How far a rigid matrix moves a point (mm), and its rotation angle (degrees).

    >>> size_of(Nudge((3.0, 0.0, 4.0), (0.0, 0.0, 2.0)).matrix((9.0, 9.0, 9.0)), (9.0, 9.0, 9.0))
    (5.0, 2.0)
    """
    from scipy.spatial.transform import Rotation

    moved = (matrix @ [*centre_mm, 1.0])[:3] - np.asarray(centre_mm)
    degrees = np.degrees(Rotation.from_matrix(matrix[:3, :3]).magnitude())
    return round(float(np.linalg.norm(moved)), 6), round(float(degrees), 6)
