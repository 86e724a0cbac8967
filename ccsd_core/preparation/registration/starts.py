"""The initial position of a registration.

position in the file  ┐                                ┌─▶ none is clearly better: the file's
                      ├─ also shifted and rotated ──▶ the best few, searched coarsely
centres aligned       ┘                                └─▶ the best of them

Patients are repositioned, and sequences of two examinations have no common coordinates. A search
that begins too far off ends in a wrong position whose mutual information is as high.
"""

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.registration.search import (
    Fixed,
    Level,
    Measure,
    at_resolution,
    information,
    searched,
)
from ccsd_core.preparation.rigid import Matrix, Nudge, Point
from ccsd_core.progress import Progress, Steps

ROTATIONS_DEGREES = (-24.0, -12.0, 12.0, 24.0)
"""Initial rotations about each axis; the search finds angles in between."""
SHIFTS_UP_MM = (-20.0, 0.0, 20.0)
"""Initial shifts towards the top, because the centre of the foreground depends on how much of the
neck is shown."""
START_GAIN = 1.05
"""Another start is used if its mutual information exceeds that of the header's position by this
factor."""
COARSE = Level(8.0, 5_000, 4)
"""The resolution at which starts are compared and searched."""
COMPARED_MM = 3.0
"""The resolution at which the results of these searches are compared. At the coarse one, wrong
positions 20 to 40 mm off had up to a tenth more mutual information than the right one in synthetic
heads; at this one, they had a third less."""
SEARCHED = 2
"""Number of starts of each kind that are searched, in addition to the position in the file."""


def best_start(fixed: Fixed, moving: Volume) -> Steps[Matrix]:
    """The initial position: the one in the file, unless another one is clearly better.

    Args:
        fixed: The reference.
        moving: The other sequence.
    """
    identity = np.eye(4)
    yield Progress(0, 2, "from several positions")
    coarse = at_resolution(moving, COARSE.mm)
    ends: list[Matrix] = [identity]
    for base in (identity, centred(fixed, moving)):
        # The bins are made from the values at a position, so each base has its own measure.
        measure = Measure.of(fixed, coarse, COARSE, base)
        starts = _best(measure, base, fixed.centre_mm)
        for start in [identity, *starts] if base is identity else starts:
            yield Progress(1, 2, "from several positions")
            ends.append(searched(measure, start, COARSE, centre_mm=fixed.centre_mm))
    finer = at_resolution(moving, COMPARED_MM)
    shared = [information(fixed, finer, end, mm=COMPARED_MM) for end in ends]
    best = int(np.argmax(shared))
    return ends[best] if shared[best] > START_GAIN * shared[0] else identity


def centred(fixed: Fixed, moving: Volume) -> Matrix:
    """The shift that moves the centre of an image's foreground to that of the reference."""
    matrix = np.eye(4)
    matrix[:3, 3] = _middle_mm(moving) - _middle_mm(fixed.volume)
    return matrix


def foreground(volume: Volume) -> NDArray[np.bool_]:
    """A rough foreground: voxels above a tenth of the 99th percentile."""
    return np.asarray(volume.array > 0.1 * np.percentile(volume.array.astype(np.float32), 99))


def _best(measure: Measure, base: Matrix, centre_mm: Point) -> list[Matrix]:
    """The best few of a position shifted up and rotated about the reference's centre."""
    moves: list[Nudge] = []
    for rise in SHIFTS_UP_MM:
        up = (0.0, 0.0, rise)
        moves.append(Nudge(up))
        for axis in range(3):
            for degrees in ROTATIONS_DEGREES:
                x, y, z = (degrees if a == axis else 0.0 for a in range(3))
                moves.append(Nudge(up, (x, y, z)))
    matrices = [base @ move.matrix(centre_mm) for move in moves]
    return sorted(matrices, key=lambda matrix: -measure.at(matrix))[:SEARCHED]


def _middle_mm(volume: Volume) -> NDArray[np.float64]:
    places = np.argwhere(foreground(volume)[::4, ::4, ::4]) * 4.0
    return (volume.world_from_voxel @ [*places.mean(axis=0), 1.0])[:3]
