"""The registration of one sequence onto the reference, and whether it is to be believed.

two places to begin at ──▶ the better ──▶ search ──▶ tells more? moves the brain? not too far?
                                                          └─▶ matrix, record, warnings
"""

from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.adjustments import Step
from ccsd_core.preparation.record import Done
from ccsd_core.preparation.registration.search import Fixed, best_start, information, register
from ccsd_core.preparation.rigid import Matrix, size_of
from ccsd_core.progress import Progress, Steps

STILL_MM = 0.7
"""A registration that moves the brain by less is discarded: that is the error of the method."""
GAIN = 1.02
"""So is one that raises the mutual information by less than this factor."""
FARTHEST_MM, WIDEST_DEGREES = 60.0, 40.0
"""Patients do not move further between two sequences: such a result has failed."""
POOR = 0.08
"""Registered sequences with less mutual information, in nats, may not fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """What became of a registration.

    Args:
        matrix: From the reference's world to the sequence's; the identity where it is left alone.
        step: The record of the step.
        warnings: What the user should look at.
    """

    matrix: Matrix
    step: Done
    warnings: tuple[str, ...] = ()


def register_sequence(fixed: Fixed, modality: Modality, volume: Volume) -> Steps[Registered]:
    """Register one sequence; where that fails, or changes nothing, it stays where its file says.

    Args:
        fixed: The reference.
        modality: The sequence.
        volume: Its image.
    """
    still = np.eye(4)
    start = best_start(fixed, volume, (still, _centred(fixed, volume)))
    with closing(register(fixed, volume, start)) as steps:
        while True:
            try:
                at = next(steps)
            except StopIteration as end:
                matrix = end.value
                break
            yield Progress(at.done, at.total, f"registering {modality.label} {at.what}")
    before, after = (information(fixed, volume, t) for t in (still, matrix))
    shift, degrees = size_of(matrix, fixed.centre_mm)
    numbers = {
        "information_before": before,
        "information_after": after,
        "shift_mm": shift,
        "turn_degrees": degrees,
    }

    def step_done(why: str, *, done: bool) -> Done:
        return Done(Step.REGISTRATION, done, why, modality, numbers)

    moved = _reach_mm(fixed, matrix)
    if moved < STILL_MM or (after < GAIN * before and moved < FARTHEST_MM):
        return Registered(still, step_done("already in place", done=False))
    if moved > FARTHEST_MM or degrees > WIDEST_DEGREES:
        failed = (
            f"{modality.label} could not be registered: it was left where its file says; check "
            "that it lies on the reference, or move it by hand"
        )
        return Registered(still, step_done("failed", done=False), (failed,))
    poor = (
        f"{modality.label} has little in common with the reference after registration (mutual "
        f"information {after:.2f}): check that it is of the same head, and in place"
    )
    warnings = (poor,) if after < POOR else ()
    return Registered(matrix, step_done(f"moved by up to {moved:.1f} mm", done=True), warnings)


def where_shown(volume: Volume) -> NDArray[np.bool_]:
    """About where an image shows something: brighter than a tenth of the bright."""
    return np.asarray(volume.array > 0.1 * np.percentile(volume.array.astype(np.float32), 99))


def _centred(fixed: Fixed, moving: Volume) -> Matrix:
    """The movement that brings the middle of what an image shows onto that of the reference."""
    matrix = np.eye(4)
    matrix[:3, 3] = _middle_mm(moving) - _middle_mm(fixed.volume)
    return matrix


def _middle_mm(volume: Volume) -> NDArray[np.float64]:
    places = np.argwhere(where_shown(volume)[::4, ::4, ::4]) * 4.0
    return (volume.world_from_voxel @ [*places.mean(axis=0), 1.0])[:3]


def _reach_mm(fixed: Fixed, matrix: Matrix) -> float:
    """How far a matrix moves the part of the region that it moves most."""
    places = np.argwhere(fixed.region[::4, ::4, ::4]) * 4
    world = fixed.volume.world_from_voxel @ np.c_[places, np.ones(len(places))].T
    return float(np.linalg.norm(((matrix @ world) - world)[:3], axis=0).max(initial=0.0))
