"""The registration of one sequence onto the reference, and whether the result is plausible.

initial positions ──▶ the best ──▶ search ──▶ more information? moves the brain? not too far?
                                                                └─▶ matrix, record, warnings
"""

from contextlib import closing
from dataclasses import dataclass

import numpy as np

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.adjustments import Step
from ccsd_core.preparation.record import Done
from ccsd_core.preparation.registration import search
from ccsd_core.preparation.registration.search import Fixed, information, register
from ccsd_core.preparation.registration.starts import best_start, centred
from ccsd_core.preparation.rigid import Matrix, size_of
from ccsd_core.progress import Progress, Steps

COMPARED_MM = 3.0
"""Resolution of the stated mutual information before and after registration."""
MIN_MOVEMENT_MM = 0.7
"""A registration that moves the brain by less is discarded: this is the error of the method."""
MIN_GAIN = 1.02
"""So is one that raises the mutual information by less than this factor."""
MAX_MOVEMENT_MM, MAX_DEGREES = 60.0, 40.0
"""Patients do not move further between two sequences, and heads are not rotated further between two
examinations; a larger movement means failure. The offset between two examinations is arbitrary, so
for these the distance is measured after aligning the centres of the heads."""
LOW_INFORMATION = 0.08
"""Mutual information in nats below which a registered sequence gets a warning."""


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """The result of a registration.

    Args:
        matrix: From the reference's world coordinates to the sequence's; the identity if it is not
            moved.
        step: The record of the step.
        warnings: Warnings for the user.
    """

    matrix: Matrix
    step: Done
    warnings: tuple[str, ...] = ()


def register_sequence(fixed: Fixed, modality: Modality, volume: Volume) -> Steps[Registered]:
    """Register one sequence; if that fails or changes little, it keeps the position in its file.

    Args:
        fixed: The reference.
        modality: The sequence.
        volume: Its image.
    """
    identity = np.eye(4)
    with closing(_searched(fixed, volume)) as steps:
        while True:
            try:
                at = next(steps)
            except StopIteration as end:
                matrix = end.value
                break
            yield Progress(at.done, at.total, f"registering {modality.label} {at.what}")
    coarse = search.at_resolution(volume, COMPARED_MM)
    before, after = (information(fixed, coarse, t, mm=COMPARED_MM) for t in (identity, matrix))
    shift, degrees = size_of(matrix, fixed.centre_mm)
    numbers = {
        "information_before": before,
        "information_after": after,
        "shift_mm": shift,
        "turn_degrees": degrees,
    }

    def step_done(why: str, *, done: bool) -> Done:
        return Done(Step.REGISTRATION, done, why, modality, numbers)

    moved = _largest_movement_mm(fixed, matrix)
    if moved < MIN_MOVEMENT_MM or (after < MIN_GAIN * before and moved < MAX_MOVEMENT_MM):
        return Registered(identity, step_done("already in place", done=False))
    far_apart = moved > MAX_MOVEMENT_MM
    after_centring = min(
        moved, _largest_movement_mm(fixed, np.linalg.inv(centred(fixed, volume)) @ matrix)
    )
    if after_centring > MAX_MOVEMENT_MM or degrees > MAX_DEGREES:
        failed = (
            f"{modality.label} could not be registered: it was left where its file says; check "
            "that it lies on the reference, or move it by hand"
        )
        return Registered(identity, step_done("failed", done=False), (failed,))
    poor = (
        f"{modality.label} has little in common with the reference after registration (mutual "
        f"information {after:.2f}): check that it is of the same head, and in place"
    )
    elsewhere = (
        f"{modality.label} lay {moved:.0f} mm from the reference, as in another examination: check "
        "that it is of the same patient and date, and lies on the reference"
    )
    warnings = (*((poor,) if after < LOW_INFORMATION else ()), *((elsewhere,) if far_apart else ()))
    return Registered(matrix, step_done(f"moved by up to {moved:.1f} mm", done=True), warnings)


def _searched(fixed: Fixed, volume: Volume) -> Steps[Matrix]:
    """The result of the search; the choice of a start counts as one of its levels."""
    with closing(best_start(fixed, volume)) as starts:
        while True:
            try:
                what = next(starts).what
            except StopIteration as end:
                start: Matrix = end.value
                break
            yield Progress(0, len(search.LEVELS) + 1, what)
    with closing(register(fixed, volume, start)) as levels:
        while True:
            try:
                at = next(levels)
            except StopIteration as end:
                return end.value
            yield Progress(at.done + 1, at.total + 1, at.what)


def _largest_movement_mm(fixed: Fixed, matrix: Matrix) -> float:
    """The largest distance by which a matrix moves a point of the region."""
    places = np.argwhere(fixed.region[::4, ::4, ::4]) * 4
    world = fixed.volume.world_from_voxel @ np.c_[places, np.ones(len(places))].T
    return float(np.linalg.norm(((matrix @ world) - world)[:3], axis=0).max(initial=0.0))
