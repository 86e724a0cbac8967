"""Scaling and shifting the values of a sequence."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from torch import Tensor

FACTOR = 0.2
"""Largest relative change of contrast."""

SHIFT = 0.25
"""Largest shift in standard deviations."""


@dataclass(frozen=True, slots=True)
class Brightness:
    """Multiplies the foreground and adds to it.

    Args:
        factor: Factor of the contrast.
        shift: Shift in standard deviations, the unit of normalised values.
    """

    factor: float = 1.0
    shift: float = 0.0

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Brightness":
        """Draw factor and shift independently."""
        return cls(float(rng.uniform(1 - FACTOR, 1 + FACTOR)), float(rng.uniform(-SHIFT, SHIFT)))

    def apply(
        self, image: Float[Tensor, "x y z"], inside: Bool[Tensor, "x y z"]
    ) -> Float[Tensor, "x y z"]:
        """The scaled and shifted image; 0 outside."""
        return (image * self.factor).add_(self.shift).masked_fill_(~inside, 0)
