"""A coarse acquisition: thick slices along one axis, or large voxels along all.

    fine voxels   │.│.│.│.│.│.│      averaged over each thick slice, as the scanner does,
    thick slices  │  .  │  .  │      and interpolated back, as registration to 1 mm does

Source: the low-resolution transform of nnU-Net (Isensee et al., Nature Methods 2021,
doi:10.1038/s41592-020-01008-z) and TorchIO's `RandAnisotropy` (Billot et al., MIDL 2020,
arXiv:2004.10221); they take the nearest voxel, this averages.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

ONE_AXIS = 2 / 3
"""Probability of thick slices along one axis, as in clinical routine; otherwise all axes are
coarse."""

THICK = (1.5, 4.0)
COARSE = (1.2, 2.0)


@dataclass(frozen=True, slots=True)
class LowResolution:
    """Averages over larger voxels and interpolates back.

    Args:
        factors: The larger voxel's edge along x, y, z, in voxels.
    """

    factors: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "LowResolution":
        """Draw thick slices along one axis, or coarse voxels."""
        factors = [1.0, 1.0, 1.0]
        if rng.random() < ONE_AXIS:
            factors[int(rng.integers(3))] = float(rng.uniform(*THICK))
        else:
            factors = [float(rng.uniform(*COARSE))] * 3
        x, y, z = factors
        return cls((x, y, z))

    def apply(
        self, image: Float[Tensor, "x y z"], inside: Bool[Tensor, "x y z"]
    ) -> Float[Tensor, "x y z"]:
        """The image at low resolution; 0 outside."""
        size = [max(1, round(n / f)) for n, f in zip(image.shape, self.factors, strict=True)]
        if size == list(image.shape):
            return image
        coarse = functional.interpolate(image[None, None], size=size, mode="area")
        fine = functional.interpolate(coarse, size=image.shape, mode="trilinear")
        return fine[0, 0].masked_fill_(~inside, 0)
