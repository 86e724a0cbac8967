"""Scanner noise."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

LARGEST = 0.15


@dataclass(frozen=True, slots=True)
class Noise:
    """Adds Gaussian noise to the foreground.

    Args:
        deviation: Standard deviation of the noise, relative to that of the sequence.
        seed: Seed of the noise.
    """

    deviation: float = 0.0
    seed: int = 0

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Noise":
        """Draw the deviation uniformly from 0 to `LARGEST`."""
        return cls(float(rng.uniform(0, LARGEST)), int(rng.integers(2**31)))

    def apply(
        self, image: Float[Tensor, "x y z"], inside: Bool[Tensor, "x y z"]
    ) -> Float[Tensor, "x y z"]:
        """The noisy image; 0 outside."""
        generator = torch.Generator().manual_seed(self.seed)
        noise = torch.randn(image.shape, generator=generator)
        return noise.mul_(self.deviation).add_(image).masked_fill_(~inside, 0)
