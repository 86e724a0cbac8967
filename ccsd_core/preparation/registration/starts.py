"""Where the search for a sequence's position begins.

where its file says    ┐                             ┌─▶ none is clearly better: the file's
                       ├─ also raised and turned ──▶ the best few, searched coarsely
middle on the middle   ┘                             └─▶ the best of them

Patients are repositioned, and sequences of two examinations have nothing in common but the head:
a search that begins too far off ends in a wrong place that looks as good as a right one.
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

TURNS_DEGREES = (-24.0, -12.0, 12.0, 24.0)
"""About each axis; the search itself finds what lies between."""
RISES_MM = (-20.0, 0.0, 20.0)
"""Towards the top: how much of a neck is shown moves the middle of what is shown."""
WORTH = 1.05
"""Another start is used if it has more mutual information than the header's, by this factor."""
ROUGH = Level(8.0, 5_000, 4)
"""The resolution at which starts are compared and searched."""
JUDGED_MM = 3.0
"""The resolution at which the ends of these searches are compared. At the rough one, wrong places
20 to 40 mm off told up to a tenth more than the right one in synthetic heads; at this one, they
told a third less."""
FEW = 2
"""How many of each kind are searched, beside the position that the file says."""


def best_start(fixed: Fixed, moving: Volume) -> Steps[Matrix]:
    """The position to begin at: the file's, unless another one is clearly better.

    Args:
        fixed: The reference.
        moving: The other sequence.
    """
    still = np.eye(4)
    yield Progress(0, 2, "from several positions")
    coarse = at_resolution(moving, ROUGH.mm)
    ends: list[Matrix] = [still]
    for base in (still, centred(fixed, moving)):
        # The bins are made from the values at a position, so each base has a measure of its own.
        measure = Measure.of(fixed, coarse, ROUGH, base)
        starts = _best(measure, base, fixed.centre_mm)
        for start in [still, *starts] if base is still else starts:
            yield Progress(1, 2, "from several positions")
            ends.append(searched(measure, start, ROUGH, centre_mm=fixed.centre_mm))
    finer = at_resolution(moving, JUDGED_MM)
    shared = [information(fixed, finer, end, mm=JUDGED_MM) for end in ends]
    best = int(np.argmax(shared))
    return ends[best] if shared[best] > WORTH * shared[0] else still


def centred(fixed: Fixed, moving: Volume) -> Matrix:
    """The movement that brings the middle of what an image shows onto that of the reference."""
    matrix = np.eye(4)
    matrix[:3, 3] = _middle_mm(moving) - _middle_mm(fixed.volume)
    return matrix


def where_shown(volume: Volume) -> NDArray[np.bool_]:
    """About where an image shows something: brighter than a tenth of the bright."""
    return np.asarray(volume.array > 0.1 * np.percentile(volume.array.astype(np.float32), 99))


def _best(measure: Measure, base: Matrix, centre_mm: Point) -> list[Matrix]:
    """The best few of a position raised and turned about the reference's middle."""
    moves: list[Nudge] = []
    for rise in RISES_MM:
        up = (0.0, 0.0, rise)
        moves.append(Nudge(up))
        for axis in range(3):
            for degrees in TURNS_DEGREES:
                x, y, z = (degrees if a == axis else 0.0 for a in range(3))
                moves.append(Nudge(up, (x, y, z)))
    matrices = [base @ move.matrix(centre_mm) for move in moves]
    return sorted(matrices, key=lambda matrix: -measure.at(matrix))[:FEW]


def _middle_mm(volume: Volume) -> NDArray[np.float64]:
    places = np.argwhere(where_shown(volume)[::4, ::4, ::4]) * 4.0
    return (volume.world_from_voxel @ [*places.mean(axis=0), 1.0])[:3]
