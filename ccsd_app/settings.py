"""What the app remembers between runs, in one small JSON file per user.

A damaged file is never an error: preferences are not worth a failed start, so the defaults are
used, and the file is renamed and kept.
"""

import os
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import cast

import platformdirs
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator

from ccsd_core.domain.region import SCHEMES
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.cases.overrides import (
    ROLES,
    Channel,
    LabelFile,
    Override,
    Overrides,
    file_of,
)
from ccsd_core.storage.documents import json_text, parsed_json
from ccsd_core.storage.names.naming import Role

RECENT_LIMIT = 10
"""Most cases in the list of recent cases."""


class FileOverride(BaseModel):
    """What the user chose for one role of a case, instead of what the file names suggest.

    Args:
        role: Name of a `Modality`, or `labels`.
        path: The file; None if no file has this role.
        channel: Index of the image along the fourth axis of a 4-D file; None for a 3-D file.
        scheme: Name of the `LabelScheme` of a label map; None where the user chose none.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: str
    path: Path | None = None
    channel: int | None = None
    scheme: str | None = None


_OVERRIDES_KEYS = AliasChoices("overrides", "said")


class RecentCase(BaseModel):
    """A case in the list of recent cases, with the files that the user chose for it.

    Args:
        path: Folder or file.
        overrides: The user's choice of files, by role. Version 0.1 wrote the key `said`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    path: Path
    overrides: tuple[FileOverride, ...] = Field((), validation_alias=_OVERRIDES_KEYS)

    @classmethod
    def of(cls, path: Path, files: Overrides | None) -> "RecentCase":
        """The entry of a case with these files; the order of the choices does not matter."""
        overrides = files or {}
        stored = tuple(_stored(role, overrides[role]) for role in ROLES if role in overrides)
        return cls(path=path, overrides=stored)

    def opens_as(self, other: "RecentCase") -> bool:
        """Whether both are the same case with the same files, even under different paths."""
        same = os.path.realpath(self.path) == os.path.realpath(other.path)
        return same and self.overrides == other.overrides

    @property
    def files(self) -> Overrides | None:
        """The user's choice of files as `open` takes it; roles of other versions are left out."""
        roles: dict[str, Role] = {_name(role): role for role in ROLES}
        overrides: dict[Role, Override | None] = {
            roles[one.role]: _override(one) for one in self.overrides if one.role in roles
        }
        return overrides or None


def _name(role: Role) -> str:
    return role if isinstance(role, str) else role.name


def _stored(role: Role, part: Override | None) -> FileOverride:
    return FileOverride(
        role=_name(role),
        path=None if part is None else file_of(part).absolute(),
        channel=part.index if isinstance(part, Channel) else None,
        scheme=part.scheme.name if isinstance(part, LabelFile) else None,
    )


def _override(stored: FileOverride) -> Override | None:
    if stored.path is None:
        return None
    if stored.scheme in SCHEMES:
        return LabelFile(stored.path, SCHEMES[stored.scheme])
    return stored.path if stored.channel is None else Channel(stored.path, stored.channel)


class Settings(BaseModel):
    """Preferences of one user.

    Args:
        radiological: Patient's right on the left of the screen.
        mouse: Which program's mouse buttons the slice views follow: the name of a `MousePreset`.
        colours: Colours of regions and labels: the name of a `ColourScheme`.
        prepare: Whether raw cases are prepared when they are opened.
        tour_offered: Whether the guided tour has been offered; it is offered only once.
        recent_cases: Cases opened last, newest first.
        theme: Colours of the window: the name of a `ThemeName`.
        text_percent: Size of text and controls, in percent of what suits the screen.
        device: Device to compute on, unless the command line names one.
        threads: Threads to compute with; 0 is one for each core.
        memory_mb: Main memory for computing, in MB; 0 is no limit.
        disk_mb: Largest size of the results kept on disk, in MB; 0 keeps none.
        label_scheme: Label scheme if names do not state one; "" is BraTS 2021.
        model: Folder or file of the model; "" is the bundled one.
        models: Folders or files of models that the user added to the list.
        scan_minutes: Minutes of scanner time by name of the sequence; missing ones are the
            defaults of `ccsd_app.session.scan_minutes`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    radiological: bool = True
    mouse: str = ""
    colours: str = ""
    prepare: bool = True
    tour_offered: bool = False
    recent_cases: tuple[RecentCase, ...] = ()
    theme: str = ""
    text_percent: int = Field(default=100, ge=80, le=200)
    device: str = "auto"
    threads: int = Field(default=0, ge=0)
    memory_mb: int = Field(default=0, ge=0)
    disk_mb: int = Field(default=500, ge=0)
    label_scheme: str = ""
    model: str = ""
    models: tuple[Path, ...] = ()
    scan_minutes: dict[str, float] = Field(default_factory=dict[str, float])

    @field_validator("recent_cases", mode="before")
    @classmethod
    def _read_paths(cls, value: object) -> object:
        """Accept the list of bare paths that version 0.1 wrote."""
        if not isinstance(value, list | tuple):
            return value
        entries = cast("Iterable[object]", value)
        return [{"path": entry} if isinstance(entry, str) else entry for entry in entries]

    def with_model(self, path: Path) -> "Settings":
        """The settings with one more model in the list, at its end, if it is not there."""
        if path in self.models:
            return self
        return self.model_copy(update={"models": (*self.models, path)})

    def with_recent(self, case: RecentCase) -> "Settings":
        """The settings after `case` was opened."""
        others = [one for one in self.recent_cases if not one.opens_as(case)]
        return self.model_copy(update={"recent_cases": (case, *others)[:RECENT_LIMIT]})


def settings_path() -> Path:
    """The file: `$CCSD_SETTINGS`, else the platform's folder for preferences."""
    chosen = os.environ.get("CCSD_SETTINGS")
    return Path(chosen) if chosen else platformdirs.user_config_path("ccsd") / "settings.json"


def load_settings() -> Settings:
    """Read the file; the defaults if there is none or it cannot be parsed."""
    try:
        return Settings.model_validate(parsed_json(settings_path().read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return Settings()


def move_damaged_settings() -> str:
    """Rename a file that cannot be read, so that it is not overwritten.

    Returns:
        What was done, for the user; "" where the file is sound or there is none.
    """
    path = settings_path()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        text, reason = "", str(error)
    else:
        try:
            Settings.model_validate(parsed_json(text))
        except ValueError as error:
            reason = str(error).splitlines()[0]
        else:
            return ""
    kept_as = next(
        place
        for place in (path.with_suffix(f".damaged-{number}.json") for number in count(1))
        if not place.exists()
    )
    try:
        path.rename(kept_as)
    except OSError:
        return f"The preferences could not be read ({reason}); the defaults are used"
    return (
        f"The preferences could not be read ({reason}): the defaults are used, and the file was "
        f"kept as {kept_as.name}"
    )


def save_settings(settings: Settings) -> None:
    """Write the file in one step, so that a crash leaves the old one.

    Raises:
        ResourceError: If the folder cannot be written.
    """
    write_text(settings_path(), json_text(settings))
