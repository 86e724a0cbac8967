"""The folder for files that can be recreated: the user's cache folder, or `$CCSD_CACHE`."""

import os
from pathlib import Path

import platformdirs


def user_cache() -> Path:
    """The folder; it may not exist yet."""
    chosen = os.environ.get("CCSD_CACHE")
    return Path(chosen) if chosen else platformdirs.user_cache_path("ccsd")
