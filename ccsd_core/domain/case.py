"""One patient at one time: a volume for each sequence that was acquired, perhaps expert labels."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.patient import keys_of
from ccsd_core.domain.region import BRATS2021, LabelScheme
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError

SYNTHETIC_PREFIX = "Synthetic_"
"""Prefix of the ids of synthetic cases."""

MISSING = "missing"
NOT_OPENED = "not opened"
"""Why a case lacks a sequence: it was not acquired, or its file was not opened."""


def count_cases(ids: Collection[str]) -> str:
    """How many cases, synthetic ones counted separately, since they are not patients.

    >>> count_cases(["Synthetic_00001", "Synthetic_00002", "BraTS2021_00006"])
    '2 synthetic and 1 real cases'
    >>> count_cases(["Synthetic_00001", "Synthetic_00002"])
    '2 synthetic cases'
    >>> count_cases(["BraTS2021_00006"])
    '1 case'
    """
    synthetic = sum(id.startswith(SYNTHETIC_PREFIX) for id in ids)
    if synthetic == len(ids) > 0:
        return f"{synthetic} synthetic {'case' if synthetic == 1 else 'cases'}"
    if synthetic:
        return f"{synthetic} synthetic and {len(ids) - synthetic} real cases"
    return f"{len(ids)} {'case' if len(ids) == 1 else 'cases'}"


@dataclass(frozen=True, slots=True, eq=False)
class StoredGrid:
    """The grid of the case's first sequence on disk, so that results are written on the same grid.

    Args:
        shape: Stored array shape.
        affine: Stored affine, before any reorientation.
        qform_code: NIfTI qform code of the stored header.
        sform_code: NIfTI sform code of the stored header.
    """

    shape: tuple[int, int, int]
    affine: NDArray[np.float64]
    qform_code: int = 1
    sform_code: int = 1


@dataclass(frozen=True, slots=True)
class Source:
    """The file that was read as a sequence, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """The scans of one patient on one canonical (RAS+) grid.

    Args:
        id: Name of the case: the folder's name for published layouts.
        volumes: One float32 volume per available modality; all share one grid.
        stored: The grid of the first available sequence as stored on disk.
        reference: Expert labels on the same grid (uint8), in `scheme`; None if there are none.
        scheme: Label scheme of the reference, and the default for what is written.
        sources: File of each sequence; key None is the label file.
        notes: What was corrected or assumed on reading, for the user.
        not_opened: Sequences whose files were not opened; None stands for the expert labels.
        also_named: Other names of the patient: those in the files' names (a folder is easily
            renamed), those of other years, and for a mixed case those of its sources.
        resampled: Sequences stored on a different voxel grid from the first one.
        study_folder: Folder of the converted DICOM study that the images come from; None for other
            cases.
        degraded: What was done to sequences on purpose, as a caption for each.

    Raises:
        CaseError: If there is no volume, or the grids differ.
    """

    id: str
    volumes: Mapping[Modality, Volume]
    stored: StoredGrid
    reference: Volume | None = None
    scheme: LabelScheme = BRATS2021
    sources: Mapping[Modality | None, Source] = field(default_factory=dict[Modality | None, Source])
    notes: tuple[str, ...] = ()
    not_opened: frozenset[Modality | None] = frozenset()
    also_named: frozenset[str] = frozenset()
    resampled: frozenset[Modality] = frozenset()
    study_folder: Path | None = None
    degraded: Mapping[Modality, str] = field(default_factory=dict[Modality, str])

    def __post_init__(self) -> None:
        if not self.volumes:
            raise CaseError(
                f"case {self.id!r} has no sequence: give at least one of FLAIR, T1, T1c, T2"
            )
        for modality, volume in self.volumes.items():
            if not volume.same_grid(self.grid):
                raise CaseError(
                    f"case {self.id!r}: {modality.label} has a different voxel grid from the "
                    "other sequences"
                )
        if self.reference is not None and not self.reference.same_grid(self.grid):
            raise CaseError(
                f"case {self.id!r}: the labels have a different voxel grid from the images"
            )

    @property
    def available(self) -> ModalitySubset:
        """The sequences the patient has."""
        return ModalitySubset.of(*self.volumes)

    def absence(self, modality: Modality) -> str:
        """Why a sequence is missing, as text; "" if it is available."""
        if modality in self.volumes:
            return ""
        return NOT_OPENED if modality in self.not_opened else MISSING

    @property
    def labels_absence(self) -> str:
        """Why there are no expert labels, as a clause; "" if there are some."""
        if self.reference is not None:
            return ""
        unread = None in self.not_opened
        return (
            f"the expert labels were {NOT_OPENED}" if unread else "this case has no expert labels"
        )

    @property
    def grid(self) -> Volume:
        """The first available sequence in channel order; all others share its grid."""
        return self.volumes[min(self.volumes)]

    @property
    def reference_regions(self) -> NDArray[np.bool_] | None:
        """The expert's nested regions (3, x, y, z), or None without labels."""
        return (
            None
            if self.reference is None
            else self.scheme.regions(self.reference.array.astype(np.uint8, copy=False))
        )

    def restricted_to(self, subset: ModalitySubset) -> "Case":
        """The case as if only `subset` had been acquired.

        Raises:
            CaseError: If a sequence of `subset` is missing.
        """
        absent = [m.label for m in subset if m not in self.volumes]
        if absent:
            raise CaseError(
                f"case {self.id!r} has no {', '.join(absent)}: it has {self.available.label}"
            )
        return replace(self, volumes={m: v for m, v in self.volumes.items() if m in subset})

    def is_among(self, ids: Collection[str]) -> bool:
        """Whether `ids` contains this patient under any known name."""
        return not keys_of(self.also_named | {self.id}).isdisjoint(keys_of(ids))
