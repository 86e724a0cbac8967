"""Preparing a case that is open in the window.

Case (as scanned) ──needs_anything──▶ no: it is used as it is
                          │
                          ▼
its files ──▶ scans ──▶ prepare_once ──▶ PreparedCase: the same name, notes and labels,
                                                       the prepared images
"""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from ccsd_core.domain.case import Case
from ccsd_core.domain.input_checks import warnings_about
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.preparation.back import labels_on
from ccsd_core.preparation.cache import prepare_once
from ccsd_core.preparation.itk_image import sampled
from ccsd_core.preparation.needs import needs_of
from ccsd_core.preparation.prepared import Prepared, PreparedCase
from ccsd_core.preparation.scans import Scans
from ccsd_core.preparation.study import scans_of
from ccsd_core.progress import Steps
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.cases.overrides import Overrides
from ccsd_core.storage.nifti.common_grid import resampled_note

COARSE = 64
"""Along axes with more voxels than this, every second voxel is checked."""


def needs_anything(case: Case) -> bool:
    """Whether a case may have to be prepared; takes less than 0.1 s."""
    if case.resampled:
        return True
    return not needs_of({m: _coarse(volume) for m, volume in case.volumes.items()}).nothing


def prepare_case(
    path: Path, files: Overrides | None, case: Case, adjustments: Adjustments
) -> Steps[PreparedCase | None]:
    """Prepare an open case, or read it from the cache; None if it needs no preparation.

    Args:
        path: The case; a DICOM study has been converted before.
        files: The user's overrides.
        case: The case as read by `load_case`.
        adjustments: The user's adjustments.

    Raises:
        BadInputError: If the sequences are not of one head.
        MissingLibraryError: If a library that is needed is not installed.
    """
    scans = yield from scans_of(choose(inventory(path), files))
    # Blank sequences were dropped when the case was read.
    scans = replace(scans, images={m: i for m, i in scans.images.items() if m in case.available})
    prepared = yield from _with_time_left(prepare_once(scans, adjustments))
    if not prepared.record.changed:
        return None
    return PreparedCase(
        as_prepared(case, prepared, scans), prepared, as_scanned(case, prepared, scans)
    )


def as_prepared(case: Case, prepared: Prepared, scans: Scans) -> Case:
    """A case with its images replaced by the prepared ones.

    The expert labels are assumed to belong to the first sequence and move with it. Notes about
    problems that the preparation corrected are replaced by notes on what was done.
    """
    first = min(prepared.originals)
    grid = prepared.volumes[first]
    labels = None
    if case.reference is not None:
        whole = case.reference.with_array(case.reference.array.astype(np.uint8, copy=False))
        labels = labels_on(grid, whole, prepared.originals[first].matrix)
    return replace(
        case,
        volumes=dict(prepared.volumes),
        stored=prepared.stored,
        reference=labels,
        notes=_notes(case, prepared, scans),
        resampled=frozenset(),
    )


def as_scanned(case: Case, prepared: Prepared, scans: Scans) -> Case:
    """A case as read, with its other sequences registered onto the first one."""
    first = min(prepared.originals)
    back = np.linalg.inv(prepared.originals[first].matrix)
    volumes = {first: case.volumes[first]}
    for m, image in scans.images.items():
        if m is not first:
            matrix = prepared.originals[m].matrix @ back
            volumes[m] = case.grid.with_array(sampled(image.volume, case.grid, matrix))
    notes = _notes(case, prepared, scans)
    return replace(case, volumes={m: volumes[m] for m in sorted(volumes)}, notes=notes)


def _notes(case: Case, prepared: Prepared, scans: Scans) -> tuple[str, ...]:
    """The notes that still apply to the case, and what was done."""
    corrected = {
        *warnings_about(scans.volumes, scans.names),
        *(resampled_note(name) for name in scans.names.values()),
    }
    return (*(n for n in case.notes if n not in corrected), *prepared.record.summary)


def _with_time_left(steps: Steps[Prepared]) -> Steps[Prepared]:
    """Add the remaining time to the progress, which is measured in seconds."""
    with closing(steps):
        while True:
            try:
                p = next(steps)
            except StopIteration as end:
                return end.value
            left = p.total - p.done
            yield replace(p, what=f"{p.what} · about {left} s left") if left else p


def _coarse(volume: Volume) -> Volume:
    steps = [2 if n > COARSE else 1 for n in volume.shape]
    affine = volume.world_from_voxel @ np.diag([*steps, 1.0])
    return Volume(volume.array[tuple(slice(None, None, step) for step in steps)], affine)
