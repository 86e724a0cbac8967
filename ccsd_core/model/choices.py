"""What one can choose when a network is built, by name.

Free of torch, so that a configuration can be read without it.
"""

from typing import Literal

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

Head = Literal["regions", "softmax"]
"""What the output channels are: see `ccsd_core.model.output`."""
