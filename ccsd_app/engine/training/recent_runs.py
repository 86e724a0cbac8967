"""The training runs that were started or opened in the window, newest first, in one small file."""

import time
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ccsd_app.settings import settings_path
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.documents import json_text, parsed_json

LIMIT = 20
"""Most runs in the list."""


class RecentRun(BaseModel):
    """A training run that the window started or opened.

    Args:
        folder: Its folder.
        arguments: The arguments of `ccsd-app` that started it; empty if it was only opened.
        launched: When its process was last started from the window, in seconds since 1970; 0 if it
            never was.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    folder: Path
    arguments: tuple[str, ...] = ()
    launched: float = 0.0

    def now(self) -> "RecentRun":
        """The run, launched now."""
        return self.model_copy(update={"launched": time.time()})


class _Stored(BaseModel):
    model_config = ConfigDict(extra="ignore")

    runs: tuple[RecentRun, ...] = ()


def recent_runs() -> tuple[RecentRun, ...]:
    """The runs whose folders still exist; none if the file cannot be read."""
    try:
        stored = _Stored.model_validate(parsed_json(_path().read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return ()
    return tuple(run for run in stored.runs if run.folder.is_dir())


def remember_run(run: RecentRun) -> None:
    """Put a run first in the list.

    Raises:
        ResourceError: If the list cannot be written.
    """
    others = [one for one in recent_runs() if one.folder != run.folder]
    write_text(_path(), json_text(_Stored(runs=(run, *others[: LIMIT - 1]))))


def _path() -> Path:
    return settings_path().with_name("training-runs.json")
