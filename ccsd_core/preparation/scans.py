"""The sequences of a study as scanned, and checks whether they can be prepared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ccsd_core.domain.hounsfield import ct_problem
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError
from ccsd_core.storage.stored_volume import StoredVolume

FEWEST_SLICES = 8
"""Fewer slices do not show a whole brain."""
LEAST_OVERLAP = 0.25
"""Bounding boxes of sequences of one head overlap more than this, as in `dicom.selection`."""


@dataclass(frozen=True, slots=True, eq=False)
class Scans:
    """The sequences to prepare.

    Args:
        id: The study's name; an alias for a DICOM study.
        images: Each sequence as scanned.
        names: Name of each sequence in messages, with its file or series.
        notes: Notes from reading.
        sources: The file of each sequence; none for DICOM series.
    """

    id: str
    images: Mapping[Modality, StoredVolume]
    names: Mapping[Modality, str]
    notes: tuple[str, ...] = ()
    sources: Mapping[Modality, Path] = field(default_factory=dict[Modality, Path])

    @property
    def volumes(self) -> dict[Modality, Volume]:
        return {m: self.images[m].volume for m in sorted(self.images)}


def check(scans: Scans) -> None:
    """Refuse images that are not sequences of one head.

    Raises:
        CaseError: The message names the image and the remedy.
    """
    if not scans.images:
        raise CaseError(f"{scans.id} has no sequence: give at least one of FLAIR, T1, T1c, T2")
    for modality, volume in scans.volumes.items():
        name = scans.names[modality]
        if min(volume.shape) < FEWEST_SLICES:
            raise CaseError(
                f"{name} has {min(volume.shape)} slices, a brain needs at least {FEWEST_SLICES}: "
                "it may be a localiser; give the whole series"
            )
        if float(volume.array.min()) == float(volume.array.max()):
            raise CaseError(f"{name} is blank: leave it out, or export it again")
        problem = ct_problem(volume, name)
        if problem:
            raise CaseError(problem)
    _check_overlap(scans)


def _check_overlap(scans: Scans) -> None:
    boxes = {m: _box(volume) for m, volume in scans.volumes.items()}
    first = min(boxes)
    for modality, (low, high) in boxes.items():
        a, b = boxes[first]
        shared = float(np.prod(np.maximum(np.minimum(b, high) - np.maximum(a, low), 0)))
        smaller = min(float(np.prod(b - a)), float(np.prod(high - low)))
        if shared < LEAST_OVERLAP * smaller:
            raise CaseError(
                f"{scans.names[modality]} and {scans.names[first]} do not overlap in space: they "
                "are not of one head, or were moved in another program; leave one of them out"
            )


def _box(volume: Volume) -> tuple[np.ndarray, np.ndarray]:
    ends = [(-0.5, n - 0.5) for n in volume.shape]
    corners = np.asarray(np.meshgrid(*ends)).reshape(3, -1)
    world = (volume.world_from_voxel @ np.vstack([corners, np.ones(corners.shape[1])]))[:3]
    return world.min(axis=1), world.max(axis=1)
