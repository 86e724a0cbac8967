"""Mirroring a patch along any of its axes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Shaped
from torch import Tensor

LEFT_RIGHT = 0.5
"""Probability of a left-right flip: tumours are equally likely on both sides."""

OTHERS = 0.1
"""Probability of front-back and top-bottom flips. All cases have one orientation, so an upside-down
head is unrealistic and must not be half of the training data; a few prevent the network from
linking a tumour's appearance to its position."""


@dataclass(frozen=True, slots=True)
class Flips:
    """Mirrors along the chosen axes; it is its own inverse.

    Args:
        axes: Whether to mirror along x (left-right), y (front-back), z (top-bottom).
    """

    axes: tuple[bool, bool, bool] = (False, False, False)

    @classmethod
    def draw(cls, rng: np.random.Generator, *, others: float = OTHERS) -> "Flips":
        """Draw each axis independently.

        Args:
            rng: Random number generator.
            others: Probability for each axis other than left-right.
        """
        x, y, z = (rng.random(3) < (LEFT_RIGHT, others, others)).tolist()
        return cls((x, y, z))

    def apply(self, volume: Shaped[Tensor, "c x y z"]) -> Shaped[Tensor, "c x y z"]:
        """The mirrored volume."""
        return volume.flip([1 + axis for axis, wanted in enumerate(self.axes) if wanted])
