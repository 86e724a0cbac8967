"""Overrides: the files that the user chose for a case, instead of what the names suggest.

{T1: a.nii, T2: Channel(b.nii, 3), "labels": None}
   T1 is a.nii, T2 is the fourth channel of b.nii, and there are no expert labels;
   FLAIR and T1c are not listed, so the names decide

{"labels": LabelFile(c.nii, BRATS2023)}
   the expert labels are c.nii, with the label scheme of BraTS 2023
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import LabelScheme
from ccsd_core.storage.names.naming import Role

ROLES: tuple[Role, ...] = (*Modality, "labels")
"""Every role that a file can have, sequences first."""
CHOSEN_BY_USER = "chosen by user"
SCHEME_CHOSEN_BY_USER = "label scheme chosen by user"


@dataclass(frozen=True, slots=True, order=True)
class Channel:
    """One image of a 4-D file.

    Args:
        path: Path of the file.
        index: Its index along the fourth axis, from 0.
    """

    path: Path
    index: int


Part = Path | Channel
"""One image: a file, or a channel of a 4-D file."""


@dataclass(frozen=True, slots=True)
class LabelFile:
    """A label map, and what its integers mean.

    Args:
        path: Path of the file.
        scheme: The meaning of its integers; it takes precedence over what the names suggest.
    """

    path: Path
    scheme: LabelScheme


Override = Part | LabelFile
Overrides = Mapping[Role, Override | None]
"""The image of each role that it contains; None means that the role has no image. Names decide the
other roles."""


def file_of(part: Override) -> Path:
    """The file that contains a part."""
    return part if isinstance(part, Path) else part.path


def part_of(override: Override) -> Part:
    """The image that an override chooses, without the label scheme."""
    return override.path if isinstance(override, LabelFile) else override


def overridden_scheme(files: Overrides) -> LabelScheme | None:
    """The label scheme that the user chose; None if none was chosen."""
    labels = files.get("labels")
    return labels.scheme if isinstance(labels, LabelFile) else None


def role_name(role: Role | None) -> str:
    """The name of a role as the window and the messages write it.

    >>> role_name(Modality.T1C), role_name("labels"), role_name(None)
    ('T1c', 'expert labels', 'not used')
    """
    if role is None:
        return "not used"
    return role.label if isinstance(role, Modality) else "expert labels"
