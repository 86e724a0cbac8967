"""How label maps on the grids of a raw study's other sequences are named: `P1_on_T1c.nii.gz`."""

from pathlib import Path

from ccsd_core.domain.modality import Modality
from ccsd_core.storage.nifti.nifti_format import stem_of

_ON = "_on_"


def path_on(out: Path, sequence: Modality) -> Path:
    """Path of the label map on the grid of a sequence other than the case's first.

    >>> path_on(Path("OUT/P1.nii.gz"), Modality.T1C).as_posix()
    'OUT/P1_on_T1c.nii.gz'
    """
    stem = stem_of(out.name) or ""
    return out.with_name(f"{stem}{_ON}{sequence.label}{out.name[len(stem) :]}")


def is_on_sequence(stem: str) -> bool:
    """Whether a name has this suffix: such a file repeats the label map without the suffix.

    >>> is_on_sequence("P1_on_T1"), is_on_sequence("P1_T1")
    (True, False)
    """
    return stem.endswith(tuple(f"{_ON}{m.label}" for m in Modality))
