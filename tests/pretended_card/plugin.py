"""A pytest plugin: the whole run has a pretended card.

    python -m pytest -p tests.pretended_card.plugin tests/pretended_card/on_card_training.py

It is loaded before torch, as the card's library has to be. `PRETENDED_CAPABILITY=7.5` pretends an
older card. The tests marked for a real card run on it, too.
"""

import contextlib
import os

import pytest

from tests.pretended_card.library import load

load()
STACK = contextlib.ExitStack()


def pytest_configure() -> None:
    from tests.pretended_card.card import card

    major, minor = os.environ.get("PRETENDED_CAPABILITY", "9.0").split(".")
    STACK.enter_context(card(capability=(int(major), int(minor))))


def pytest_unconfigure() -> None:
    STACK.close()


@pytest.fixture
def ledger():
    """What the card was asked for; memory as large as a large card's again afterwards."""
    from tests.pretended_card.tensor import LEDGER

    room = LEDGER.room
    LEDGER.reset()
    yield LEDGER
    LEDGER.room = room
