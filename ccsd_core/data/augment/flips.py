"""Mirroring a patch along any of its axes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Shaped
from torch import Tensor

LEFT_RIGHT = 0.5
"""A brain and its mirror image are equally likely: tumours know no side."""

OTHERS = 0.1
"""Front and back, top and bottom: every case comes in the same orientation, so that a head on its
head is no patient, and half of the training must not go to such. A few keep the network from
learning a tumour's looks together with its place."""


@dataclass(frozen=True, slots=True)
class Flips:
    """Mirrors along the chosen axes; done twice it is undone.

    Args:
        axes: Whether along x (left and right), y (front and back), z (top and bottom).
    """

    axes: tuple[bool, bool, bool] = (False, False, False)

    @classmethod
    def draw(cls, rng: np.random.Generator, *, others: float = OTHERS) -> "Flips":
        """Each axis by itself.

        Args:
            rng: Source of chance.
            others: Probability of the axes but left and right.
        """
        x, y, z = (rng.random(3) < (LEFT_RIGHT, others, others)).tolist()
        return cls((x, y, z))

    def apply(self, volume: Shaped[Tensor, "c x y z"]) -> Shaped[Tensor, "c x y z"]:
        """The mirrored volume."""
        return volume.flip([1 + axis for axis, wanted in enumerate(self.axes) if wanted])
