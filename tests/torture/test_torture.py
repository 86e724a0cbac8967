"""A short run of `make torture`: a random user finds no exception, no warning, no stale result."""

import os
from pathlib import Path

from tests.torture.run import torture


def test_a_random_user_finds_nothing(qapp, monkeypatch):
    del qapp
    monkeypatch.setenv("CCSD_SETTINGS", os.environ.get("CCSD_SETTINGS", ""))
    monkeypatch.setenv("CCSD_CACHE", os.environ.get("CCSD_CACHE", ""))
    here = Path.cwd()
    try:
        report = torture(actions=80, cases=3, toggles=12, seed=1)
    finally:
        os.chdir(here)

    assert report.complaints == []
    assert report.stale == []
    assert report.counts == {"toggles": 12, "cases opened": 3, "random actions": 80}
