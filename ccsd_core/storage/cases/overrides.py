"""What a user says about the files of a case, over what their names suggest.

{T1: a.nii, T2: Channel(b.nii, 3), "labels": None}
   T1 is this file · T2 is the fourth channel of that one · there are no expert labels;
   FLAIR and T1c are not mentioned: the names decide

{"labels": LabelFile(c.nii, BRATS2023)}
   what the integers mean is said, too
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import LabelScheme
from ccsd_core.storage.cases.naming import Role

ROLES: tuple[Role, ...] = (*Modality, "labels")
"""Everything a file can be to a case, sequences first."""
BY_HAND = "chosen by user"
NUMBERS_BY_HAND = "label scheme chosen by user"


@dataclass(frozen=True, slots=True, order=True)
class Channel:
    """One image of a 4-D file.

    Args:
        path: The file.
        index: Along the fourth axis, from 0.
    """

    path: Path
    index: int


Part = Path | Channel
"""Where one image lies: a file of its own, or a channel of a 4-D file."""


@dataclass(frozen=True, slots=True)
class LabelFile:
    """A label map, and what its integers mean.

    Args:
        path: The file.
        scheme: It wins over what the names tell.
    """

    path: Path
    scheme: LabelScheme


Said = Part | LabelFile
FilesByHand = Mapping[Role, Said | None]
"""A role that is there is decided: by this part, or by None, nothing. The names decide the rest."""


def file_of(part: Said) -> Path:
    """The file that a part lies in."""
    return part if isinstance(part, Path) else part.path


def part_of(said: Said) -> Part:
    """Where the image lies."""
    return said.path if isinstance(said, LabelFile) else said


def said_scheme(files: FilesByHand) -> LabelScheme | None:
    """What the integers of the labels mean, if that was said."""
    labels = files.get("labels")
    return labels.scheme if isinstance(labels, LabelFile) else None


def role_name(role: Role | None) -> str:
    """For people.

    >>> role_name(Modality.T1C), role_name("labels"), role_name(None)
    ('T1c', 'expert labels', 'not used')
    """
    if role is None:
        return "not used"
    return role.label if isinstance(role, Modality) else "expert labels"
