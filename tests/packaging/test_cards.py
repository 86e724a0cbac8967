"""What ships beside the weights."""

import re
from pathlib import Path

import pytest

MODELS = Path(__file__).parents[2] / "resources" / "models"
CARDS = sorted(MODELS.glob("*/CARD.md"))


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.parent.name)
def test_what_a_card_shows_lies_beside_it(card):
    shown = re.findall(r"\]\(([^)#:]+)\)", card.read_text())

    assert shown
    assert [link for link in shown if not (card.parent / link).is_file()] == []


def test_every_bundled_model_has_a_card():
    assert [card.parent for card in CARDS] == sorted(
        m.parent for m in MODELS.glob("*/*.safetensors")
    )
