"""The first paragraph of a model's card, for places where the whole card is too long."""

from ccsd_core.errors import CcsdError
from ccsd_core.storage.models.find import describe_model
from ccsd_core.storage.models.manifest import MODEL_CARD


def short_card(model: str | None) -> str:
    """The first paragraph without its markup; "" if the model has no card.

    Args:
        model: What `find_model` accepts.
    """
    try:
        card = (describe_model(model).folder / MODEL_CARD).read_text(encoding="utf-8")
    except (CcsdError, OSError, UnicodeError):
        return ""
    return first_paragraph(card)


def first_paragraph(card: str) -> str:
    r"""The first paragraph that is neither heading, table, list nor picture.

    >>> first_paragraph("# Name\n\nA **small**\nnetwork.\n\nMore.")
    'A small network.'
    """
    paragraphs = [part.strip() for part in card.split("\n\n") if part.strip()]
    texts = [part for part in paragraphs if not part.startswith(("#", "|", "-", "!"))]
    return " ".join(texts[0].replace("**", "").split()) if texts else ""
