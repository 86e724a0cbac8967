"""The model card: what it states about weights."""

import re
import typing

from ccsd_core.model.choices import MissingFill
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.run.model_card import model_card


def card(**model: object) -> str:
    config = TrainingConfig.model_validate({"model": model})
    return model_card(config, trained_on=("one",), parameters=1, step=1, validation=None)


def test_it_says_of_every_fill_whether_it_is_the_papers_or_ours():
    """Only a zeroed channel through the shared encoder is what the paper states."""
    for fill in typing.get_args(MissingFill):
        text = re.search(rf"filled with `{fill}` \((.*)\)\n", card(missing_fill=fill))[1]

        assert text.startswith("as in the paper") == (fill == "literal")
        assert ("the paper's is `literal`" in text) == (fill != "literal")
        assert text.startswith("as in ShaSpec's code") == (fill == "shaspec")
