"""The boundary of a mask as closed lines, drawn sharp at any zoom.

Marching squares on a binary image: lines run halfway between a pixel inside and its neighbour
outside. Pixels that touch only at a corner are not connected.
"""

import numpy as np
from contourpy import LineType, contour_generator
from numpy.typing import NDArray

from ccsd_core.domain.box import tight_box

Line = NDArray[np.float32]
"""A closed line: (n, 2) points as (column, row); pixel (c, r) covers c…c+1 by r…r+1."""


def outlines(mask: NDArray[np.bool_]) -> tuple[Line, ...]:
    """The closed lines around a mask (rows, columns), holes included."""
    box = tight_box(mask)
    if box is None:
        return ()
    padded = np.pad(mask[box], 1).astype(np.float64)
    lines = contour_generator(z=padded, name="serial", line_type=LineType.Separate).lines(0.5)
    corner = np.array([side.start for side in reversed(box)]) - 0.5  # padded 1 is pixel 0, at 0.5
    return tuple(_points(line) + corner.astype(np.float32) for line in lines)


def _points(line: object) -> Line:
    """The points without the last one, which repeats the first."""
    return np.asarray(line, np.float32)[:-1]
