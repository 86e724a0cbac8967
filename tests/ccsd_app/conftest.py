"""Fakes that the app's tests share."""

import sys
from pathlib import Path

import pytest

FAKES = Path(__file__).parent / "fakes"


@pytest.fixture
def fake_worker(monkeypatch):
    """The module of the made-up inference process, importable by name in a spawned process."""
    monkeypatch.syspath_prepend(FAKES)
    import fake_worker

    yield fake_worker
    sys.modules.pop("fake_worker", None)
