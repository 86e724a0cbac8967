"""Named choices of a network's architecture.

Without torch, so that a configuration can be read without importing it.
"""

from collections.abc import Mapping
from typing import Any, Literal

Backbone = Literal["light", "unet", "shaspec"]
"""Encoders and decoder: a U-Net in two sizes, or ShaSpec's residual network."""

Composition = Literal["residual", "plain", "bare"]
"""How shared and specific features are combined into one map (`ccsd_core.model.composition`)."""

MissingFill = Literal[
    "constant",
    "token",
    "literal",
    "mean_shared",
    "first_shared",
    "shaspec",
    "none",
    "zero_shared",
]
"""What replaces the features of a missing sequence (`ccsd_core.model.fill`).

`zero_shared` was used before `constant`; it is still supported, but not recommended.
"""

FORMER_FILLS: dict[str, MissingFill] = {"zero_shared_literal": "literal"}
"""Current names of fills by their former names in older manifests and configurations."""

FORMER_SETTINGS = {"looks": "tta", "window": "tile"}
"""Current names of settings by their former names in older files."""

Head = Literal["regions", "softmax"]
"""Kind of the output channels: logits of three regions, or of four classes."""


def with_current_names(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A model's settings with current names, even if stored under older names.

    >>> with_current_names({"looks": [], "levels": 4})
    {'tta': [], 'levels': 4}
    """
    return {FORMER_SETTINGS.get(name, name): value for name, value in settings.items()}
