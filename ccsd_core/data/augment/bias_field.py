"""A smooth field that brightens one side of a sequence, as receive coils do.

    field = exp Σ c_ijk P_i(x) P_j(y) P_k(z),   i + j + k ≤ 3,   x, y, z from −1 to 1

Source: the polynomial model of Van Leemput et al. (IEEE TMI 1999, doi:10.1109/42.811270), with
Legendre polynomials P, as in `RandBiasField` of MONAI and TorchIO. The difference: the field
multiplies the value above that of the darkest voxel, since a field multiplies signal, while
normalised values are negative for low signal.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from numpy.polynomial import legendre
from torch import Tensor

ORDER = 3
STRENGTH = 0.12
"""Largest absolute coefficient: the field then varies by about 30 % over a patch."""

TERMS = tuple(
    (i, j, k)
    for i in range(ORDER + 1)
    for j in range(ORDER + 1)
    for k in range(ORDER + 1)
    if 0 < i + j + k <= ORDER
)
"""The powers of each coefficient; the constant is left to `Brightness`."""


@dataclass(frozen=True, slots=True)
class BiasField:
    """Multiplies the foreground with a smooth field.

    Args:
        coefficients: Coefficient of each polynomial of `TERMS`.
    """

    coefficients: tuple[float, ...] = (0.0,) * len(TERMS)

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "BiasField":
        """Draw the coefficients independently."""
        return cls(tuple(rng.uniform(-STRENGTH, STRENGTH, len(TERMS)).tolist()))

    def field(self, shape: torch.Size) -> Float[Tensor, "x y z"]:
        """The field over a patch.

        Computed by numpy, because torch's powers differ in the last bit with the number of threads,
        and a worker must draw the same patch as the main process.
        """
        cube = np.zeros((ORDER + 1,) * 3)
        cube[tuple(np.transpose(TERMS))] = self.coefficients
        along = [legendre.legvander(np.linspace(-1, 1, n), ORDER) for n in shape]
        planes = np.einsum("ijk,xi,yj->kxy", cube, along[0], along[1])
        exponent = np.einsum("kxy,zk->xyz", planes.astype(np.float32), along[2].astype(np.float32))
        return torch.from_numpy(np.exp(exponent))

    def apply(
        self, image: Float[Tensor, "x y z"], inside: Bool[Tensor, "x y z"]
    ) -> Float[Tensor, "x y z"]:
        """The image multiplied by the field; 0 outside."""
        darkest = float(image.min())  # background, at 0, is brighter than the darkest tissue
        return (
            (image - darkest).mul_(self.field(image.shape)).add_(darkest).masked_fill_(~inside, 0)
        )
