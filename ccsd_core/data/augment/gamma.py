"""Gamma augmentation of a sequence's contrast.

Source: the gamma transform of nnU-Net (Isensee et al., Nature Methods 2021,
doi:10.1038/s41592-020-01008-z) with its `retain_stats`.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

EXPONENTS = (0.7, 1.5)
"""Range of exponents, drawn log-uniformly."""


@dataclass(frozen=True, slots=True)
class Gamma:
    """Raises the foreground, scaled to 0…1, to a power; its mean and spread are kept.

    Args:
        exponent: Below 1 increases the contrast of dark tissues, above 1 of bright ones.
    """

    exponent: float = 1.0

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Gamma":
        """Draw an exponent log-uniformly."""
        low, high = np.log(EXPONENTS)
        return cls(math.exp(rng.uniform(low, high)))

    def apply(
        self, image: Float[Tensor, "x y z"], inside: Bool[Tensor, "x y z"]
    ) -> Float[Tensor, "x y z"]:
        """The image with another contrast; 0 outside.

        Powers and sums are computed by numpy, because torch's differ in the last bit with the
        number of threads, and a worker must draw the same patch as the main process.
        """
        low = float(image.masked_fill(~inside, torch.inf).min())
        high = float(image.masked_fill(~inside, -torch.inf).max())
        if self.exponent == 1 or not high > low:
            return image
        unit = ((image - low) / (high - low)).clamp_(1e-6, 1)
        bent = torch.from_numpy(np.exp(np.log(unit.numpy()) * np.float32(self.exponent)))
        bent.masked_fill_(~inside, 0)
        count = int(inside.sum())
        (mean, spread), (bent_mean, bent_spread) = _moments(image, count), _moments(bent, count)
        return bent.sub_(bent_mean).mul_(spread / bent_spread).add_(mean).masked_fill_(~inside, 0)


def _moments(image: Tensor, count: int) -> tuple[float, float]:
    """Mean and deviation of the foreground; the rest is 0 and does not change the sums."""
    values = image.numpy()
    mean = float(values.sum(dtype=np.float64)) / count
    square = float(np.square(values).sum(dtype=np.float64)) / count
    return mean, math.sqrt(max(square - mean * mean, 1e-12))
