"""A case to open, an opening that failed, and the messages about both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ccsd_core.dicom.study_choice import StudyChoice
from ccsd_core.errors import CcsdError, first_line
from ccsd_core.storage.cases.overrides import Override, Overrides, file_of, role_name
from ccsd_core.storage.names.naming import Role

OverridesNotFound = Mapping[Role, Override]
"""Earlier overrides whose files no longer exist."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A case to open, with the user's overrides.

    Args:
        path: Case folder or file.
        files: The user's overrides; None recognises all files by name.
        not_found: Earlier overrides whose files no longer exist.
        study: Which DICOM study, if the path holds several.
    """

    path: Path
    files: Overrides | None = None
    not_found: OverridesNotFound = field(default_factory=dict[Role, Override])
    study: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An opening that failed, and how it may succeed.

    Args:
        opening: What was requested; the user may assign the files differently.
        message: Why it could not be opened.
        studies: The DICOM studies, if the user has to choose one.
    """

    opening: Opening
    message: str
    studies: tuple[StudyChoice, ...] = ()


def not_found_message(role: Role, part: Override) -> str:
    """The message about an earlier override whose file no longer exists."""
    return (
        f"{file_of(part).name}, chosen as {role_name(role)} when the case was last opened, "
        "was not found: files are recognised from their names instead"
    )


def error_message(error: Exception) -> str:
    """Why a case could not be opened, in one line."""
    if isinstance(error, CcsdError):
        return str(error)
    return f"the case could not be opened: {type(error).__name__}: {first_line(error)}"
