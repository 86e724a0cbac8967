"""What the app remembers between runs, in one small JSON file of the user.

A damaged or foreign file is never an error: preferences are not worth a failed start, so the
defaults are used and the file is replaced at the next save.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import platformdirs
from pydantic import BaseModel, ConfigDict, field_validator

from ccsd_core.domain.region import SCHEMES
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.cases.naming import Role
from ccsd_core.storage.cases.overrides import ROLES, Channel, FilesByHand, LabelFile, Said, file_of

RECENT_LIMIT = 10
"""How many cases the list of recent ones keeps."""


class SaidFile(BaseModel):
    """What was said by hand about one role of a case.

    Args:
        role: Name of a `Modality`, or `labels`.
        path: The file; None where there is nothing for this role.
        channel: Of a 4-D file, from 0; None for a file of its own.
        scheme: What the integers of a label map mean; None where that was not said.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: str
    path: Path | None = None
    channel: int | None = None
    scheme: str | None = None


class RecentCase(BaseModel):
    """A case that was opened, as it was opened.

    Args:
        path: Folder or file.
        said: What was said about its files by hand.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    path: Path
    said: tuple[SaidFile, ...] = ()

    @classmethod
    def of(cls, path: Path, files: FilesByHand | None) -> "RecentCase":
        """What to remember of an opening; equal openings are equal, in whatever order."""
        said = files or {}
        return cls(path=path, said=tuple(_said(role, said[role]) for role in ROLES if role in said))

    def opens_as(self, other: "RecentCase") -> bool:
        """Whether both are one opening, by whichever names of the path."""
        same = os.path.realpath(self.path) == os.path.realpath(other.path)
        return same and self.said == other.said

    @property
    def files(self) -> FilesByHand | None:
        """What was said by hand, as opening wants it; roles of another version are left out."""
        roles: dict[str, Role] = {_name(role): role for role in ROLES}
        said: dict[Role, Said | None] = {
            roles[s.role]: _part(s) for s in self.said if s.role in roles
        }
        return said or None


def _name(role: Role) -> str:
    return role if isinstance(role, str) else role.name


def _said(role: Role, part: Said | None) -> SaidFile:
    return SaidFile(
        role=_name(role),
        path=None if part is None else file_of(part).absolute(),
        channel=part.index if isinstance(part, Channel) else None,
        scheme=part.scheme.name if isinstance(part, LabelFile) else None,
    )


def _part(said: SaidFile) -> Said | None:
    if said.path is None:
        return None
    if said.scheme in SCHEMES:
        return LabelFile(said.path, SCHEMES[said.scheme])
    return said.path if said.channel is None else Channel(said.path, said.channel)


class Settings(BaseModel):
    """Preferences of one user.

    Args:
        radiological: Patient's right on the left of the screen.
        mouse: Whose habits the mouse follows: the name of a `MousePreset`.
        colours: Of regions and labels: the name of a `ColourScheme`.
        tour_offered: Whether the guided tour was offered once.
        recent_cases: Cases opened last, newest first.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    radiological: bool = True
    mouse: str = ""
    colours: str = ""
    tour_offered: bool = False
    recent_cases: tuple[RecentCase, ...] = ()

    @field_validator("recent_cases", mode="before")
    @classmethod
    def _read_paths(cls, value: object) -> object:
        """Version 0.1 kept paths alone."""
        if not isinstance(value, list | tuple):
            return value
        entries = cast("Iterable[object]", value)
        return [{"path": entry} if isinstance(entry, str) else entry for entry in entries]

    def with_recent(self, case: RecentCase) -> "Settings":
        """The settings after `case` was opened."""
        others = [one for one in self.recent_cases if not one.opens_as(case)]
        return self.model_copy(update={"recent_cases": (case, *others)[:RECENT_LIMIT]})


def settings_path() -> Path:
    """The file: `$CCSD_SETTINGS`, else the platform's folder for preferences."""
    chosen = os.environ.get("CCSD_SETTINGS")
    return Path(chosen) if chosen else platformdirs.user_config_path("ccsd") / "settings.json"


def load_settings() -> Settings:
    """Read the file; defaults where there is none or it makes no sense."""
    try:
        return Settings.model_validate(json.loads(settings_path().read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return Settings()


def save_settings(settings: Settings) -> None:
    """Write the file in one step, so that a crash leaves the old one.

    Raises:
        ResourceError: If the folder cannot be written.
    """
    write_text(settings_path(), settings.model_dump_json(indent=2) + "\n")
