"""The registration of one sequence onto the reference, and whether it is to be believed.

several positions to begin at ──▶ the best ──▶ search ──▶ tells more? moves the brain? not too far?
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
"""The resolution at which mutual information before and after is stated."""
STILL_MM = 0.7
"""A registration that moves the brain by less is discarded: that is the error of the method."""
GAIN = 1.02
"""So is one that raises the mutual information by less than this factor."""
FARTHEST_MM, WIDEST_DEGREES = 60.0, 40.0
"""Patients do not move further between two sequences, and heads are not turned further between two
examinations: such a result has failed. How far two examinations lie apart is the scanners' choice;
then the distance counts from where the heads' middles meet."""
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
    with closing(_searched(fixed, volume)) as steps:
        while True:
            try:
                at = next(steps)
            except StopIteration as end:
                matrix = end.value
                break
            yield Progress(at.done, at.total, f"registering {modality.label} {at.what}")
    coarse = search.at_resolution(volume, COMPARED_MM)
    before, after = (information(fixed, coarse, t, mm=COMPARED_MM) for t in (still, matrix))
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
    apart = moved > FARTHEST_MM
    beyond = min(moved, _reach_mm(fixed, np.linalg.inv(centred(fixed, volume)) @ matrix))
    if beyond > FARTHEST_MM or degrees > WIDEST_DEGREES:
        failed = (
            f"{modality.label} could not be registered: it was left where its file says; check "
            "that it lies on the reference, or move it by hand"
        )
        return Registered(still, step_done("failed", done=False), (failed,))
    poor = (
        f"{modality.label} has little in common with the reference after registration (mutual "
        f"information {after:.2f}): check that it is of the same head, and in place"
    )
    elsewhere = (
        f"{modality.label} lay {moved:.0f} mm from the reference, as of another examination: check "
        "that it is of the same patient and date, and lies on the reference"
    )
    warnings = (*((poor,) if after < POOR else ()), *((elsewhere,) if apart else ()))
    return Registered(matrix, step_done(f"moved by up to {moved:.1f} mm", done=True), warnings)


def _searched(fixed: Fixed, volume: Volume) -> Steps[Matrix]:
    """The position that the search ends at; the choice of a start counts as one of its levels."""
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


def _reach_mm(fixed: Fixed, matrix: Matrix) -> float:
    """How far a matrix moves the part of the region that it moves most."""
    places = np.argwhere(fixed.region[::4, ::4, ::4]) * 4
    world = fixed.volume.world_from_voxel @ np.c_[places, np.ones(len(places))].T
    return float(np.linalg.norm(((matrix @ world) - world)[:3], axis=0).max(initial=0.0))
