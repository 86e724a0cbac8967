"""The preparation of a study: only the necessary steps, each of them recorded.

scans ──▶ checked ──▶ needs ──nothing──▶ identical images
                        │
                        ▼
   reference ──▶ its brain mask ──▶ the others registered onto it
                                                │
   Prepared ◀── upright 1 mm grid ◀── brain mask of T1 or FLAIR, where the reference is neither

Each image is resampled once. The preparation is a generator that reports progress in planned
seconds. Closing it stops it between two steps; the longest (the brain mask) takes about ten
seconds. The folder `steps` has the steps.
"""

from dataclasses import replace

import numpy as np

from ccsd_core.domain.modality import Modality
from ccsd_core.preparation import reference as choice
from ccsd_core.preparation.adjustments import Adjustments, Step
from ccsd_core.preparation.needs import needs_of
from ccsd_core.preparation.prepared import Original, Prepared, as_brats
from ccsd_core.preparation.record import Done, Record
from ccsd_core.preparation.rigid import Matrix
from ccsd_core.preparation.scans import Scans, check
from ccsd_core.preparation.steps.brain import more_exact_brain, reference_and_brain
from ccsd_core.preparation.steps.grid import chosen_grid
from ccsd_core.preparation.steps.images import prepared_images
from ccsd_core.preparation.steps.planned import planned_s
from ccsd_core.preparation.steps.registrations import matrices as matrices_onto
from ccsd_core.preparation.steps.registrations import target
from ccsd_core.preparation.steps.work import Work
from ccsd_core.progress import Steps


def estimate_s(scans: Scans, adjustments: Adjustments | None = None) -> float:
    """Estimated duration of `prepare` on two cores, in seconds."""
    adjustments = adjustments or Adjustments()
    needs = needs_of(scans.volumes)
    if needs.nothing and not adjustments.changes_anything:
        return 0.0
    return float(planned_s(scans, needs, adjustments))


def prepare(scans: Scans, adjustments: Adjustments | None = None) -> Steps[Prepared]:
    """Prepare the sequences of a study for the model.

    Args:
        scans: The study.
        adjustments: The user's adjustments.

    Raises:
        CaseError: If the sequences are not of one head.
        MissingLibraryError: If a library that is needed is not installed.
    """
    adjustments = adjustments or Adjustments()
    check(scans)
    choice.check_given(adjustments.reference, scans.volumes)
    needs = needs_of(scans.volumes)
    if needs.nothing and not adjustments.changes_anything:
        return _unchanged(scans, adjustments)
    total = planned_s(scans, needs, adjustments)
    return (yield from _prepared(Work(scans, scans.volumes, adjustments, needs, total)))


def _prepared(work: Work) -> Steps[Prepared]:
    found = yield from reference_and_brain(work)
    reference = found.reference
    image = work.volumes[reference]
    onto = yield from target(work, found)
    matrices = yield from matrices_onto(work, found, onto.fixed)
    brain = yield from more_exact_brain(work, found, matrices)
    found = replace(found, brain=brain)
    shown = brain if brain.any() else onto.fixed.region
    grid = yield from chosen_grid(work, reference, shown)
    made = yield from prepared_images(work, found, matrices, grid, shading=onto.shading)
    given = work.adjustments.reference is not None
    record = Record(
        work.scans.id,
        reference,
        "chosen by user" if given else choice.why(work.volumes, reference),
        tuple(work.steps),
        matrices,
        tuple(work.warnings),
        work.adjustments.as_json(),
        (grid.shape, grid.world_from_voxel),
        onto.fixed.centre_mm,
    )
    originals = {m: _original(work.scans, m, matrices[m]) for m in work.volumes}
    kept = grid.same_grid(image)
    stored = work.scans.images[reference].stored if kept else as_brats(grid)
    return Prepared(made.images, made.mask, originals, record, stored, work.scans.notes)


def _unchanged(scans: Scans, adjustments: Adjustments) -> Prepared:
    volumes = scans.volumes
    first = min(volumes)
    why = "already skull-stripped, on one grid and in place"
    record = Record(
        scans.id,
        first,
        "the first sequence",
        tuple(Done(step, done=False, why=why) for step in (Step.REGISTRATION, Step.BRAIN_MASK)),
        {m: np.eye(4) for m in volumes},
        (),
        adjustments.as_json(),
        (volumes[first].shape, volumes[first].world_from_voxel),
    )
    originals = {m: _original(scans, m, np.eye(4)) for m in volumes}
    stored = scans.images[first].stored
    return Prepared(volumes, None, originals, record, stored, scans.notes)


def _original(scans: Scans, modality: Modality, matrix: Matrix) -> Original:
    image = scans.images[modality]
    return Original(image.stored, image.volume.world_from_voxel, image.volume.shape, matrix)
