"""What one can choose when a network is built, by name.

Free of torch, so that a configuration can be read without it.
"""

from collections.abc import Mapping
from typing import Any, Literal

Backbone = Literal["light", "unet", "shaspec"]
"""Encoders and decoder: a U-Net in two sizes, or ShaSpec's residual network."""

Composition = Literal["residual", "plain", "bare"]
"""How shared and specific features become one: see `ccsd_core.model.composition`."""

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
"""What stands in for a missing sequence: see `ccsd_core.model.fill`.

`zero_shared` is what models were trained with before `constant`; it is read, not recommended.
"""

FORMER_FILLS: dict[str, MissingFill] = {"zero_shared_literal": "literal"}
"""Names that manifests and configurations of before have for a fill of today."""

FORMER_SETTINGS = {"looks": "tta", "window": "tile"}
"""Names that manifests and configurations of before have for a setting of today."""

Head = Literal["regions", "softmax"]
"""What the output channels are: see `ccsd_core.model.output`."""


def with_current_names(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A model's settings by their names of today, whichever names they were stored under.

    >>> with_current_names({"looks": [], "levels": 4})
    {'tta': [], 'levels': 4}
    """
    return {FORMER_SETTINGS.get(name, name): value for name, value in settings.items()}
