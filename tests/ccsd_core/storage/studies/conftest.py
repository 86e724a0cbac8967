"""A cache of its own for each test."""

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """The folder of the user's cache."""
    monkeypatch.setenv("CCSD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"
