"""What the app remembers between runs, in one small JSON file of the user.

A damaged or foreign file is never an error: preferences are not worth a failed start, so the
defaults are used and the file is replaced at the next save.
"""

import json
import os
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ConfigDict

from ccsd_core.storage.atomic import write_text

RECENT_LIMIT = 10
"""How many cases the list of recent ones keeps."""


class Settings(BaseModel):
    """Preferences of one user.

    Args:
        radiological: Patient's right on the left of the screen.
        mouse: Whose habits the mouse follows: the name of a `MousePreset`.
        colours: Of regions and labels: the name of a `ColourScheme`.
        disclaimer_seen: Whether the notice of the first run was confirmed.
        recent_cases: Folders and files opened last, newest first.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    radiological: bool = True
    mouse: str = ""
    colours: str = ""
    disclaimer_seen: bool = False
    recent_cases: tuple[Path, ...] = ()

    def with_recent(self, case: Path) -> "Settings":
        """The settings after `case` was opened."""
        others = [path for path in self.recent_cases if path != case]
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
