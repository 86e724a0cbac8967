"""The augmentation of one training patch: spatial for all sequences, intensities for each.

    seed ──draw──▶ Variation                         a value: its repr recreates it
                   ├── affine, flips                 for every sequence and every region
                   └── sequences
                       ├── FLAIR   Gamma, Noise      in this order
                       ├── T1
                       ├── T1c     LowResolution
                       └── T2      Brightness

Background and missing sequences stay exactly 0, as the network expects.

Source: separating random samplers from deterministic transforms follows TorchIO (Pérez-García et
al., CMPB 2021, doi:10.1016/j.cmpb.2021.106236).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from torch import Tensor

from ccsd_core.data.augment.affine import AffineTransform
from ccsd_core.data.augment.bias_field import BiasField
from ccsd_core.data.augment.blur import Blur
from ccsd_core.data.augment.brightness import Brightness
from ccsd_core.data.augment.flips import LEFT_RIGHT, Flips
from ccsd_core.data.augment.gamma import Gamma
from ccsd_core.data.augment.low_resolution import LowResolution
from ccsd_core.data.augment.noise import Noise
from ccsd_core.data.choices import Augment

Intensity = Gamma | BiasField | Blur | LowResolution | Noise | Brightness

TRANSFORMED = 0.5
"""Fraction of patches that are rotated and scaled."""

SHARES: dict[type[Intensity], float] = {
    Gamma: 0.3,
    BiasField: 0.2,
    Blur: 0.1,
    LowResolution: 0.15,
    Noise: 0.25,
    Brightness: 0.6,
}
"""Probability of each transform for a sequence, in the order of image formation: tissue contrast,
coil, point spread, voxels, noise, normalisation."""


@dataclass(frozen=True, slots=True)
class Variation:
    """The complete augmentation of one patch.

    Args:
        affine: Rotation and scale.
        flips: Mirrored axes.
        sequences: Intensity transforms of each sequence, in channel order.
    """

    affine: AffineTransform
    flips: Flips
    sequences: tuple[tuple[Intensity, ...], ...]

    @classmethod
    def draw(
        cls, rng: np.random.Generator, *, sequences: int = 4, augment: Augment = "full"
    ) -> "Variation":
        """A random variation.

        Args:
            rng: Random number generator.
            sequences: Number of sequences of a patch.
            augment: Kind of augmentation: `none`; `flips_rotations` mirrors every axis with
                probability one half and rotates half of the patches (the paper states "random
                rotations and flips", no angle); `full` applies all transforms.
        """
        nothing = ((),) * sequences
        if augment == "none":
            return cls(AffineTransform(), Flips(), nothing)
        if augment == "flips_rotations":
            affine = (
                AffineTransform.draw_rotation(rng)
                if rng.random() < TRANSFORMED
                else AffineTransform()
            )
            return cls(affine, Flips.draw(rng, others=LEFT_RIGHT), nothing)
        affine = AffineTransform.draw(rng) if rng.random() < TRANSFORMED else AffineTransform()
        flips = Flips.draw(rng)
        chosen = tuple(
            tuple(kind.draw(rng) for kind, share in SHARES.items() if rng.random() < share)
            for _ in range(sequences)
        )
        return cls(affine, flips, chosen)

    def source_shape(self, patch: tuple[int, int, int]) -> tuple[int, int, int]:
        """The size of the source box that a patch is made from, about the same middle."""
        return self.affine.source_shape(patch)

    def apply(
        self,
        images: Float[Tensor, "m x y z"],
        regions: Bool[Tensor, "r x y z"],
        *,
        patch: tuple[int, int, int],
    ) -> tuple[Float[Tensor, "m u v w"], Bool[Tensor, "r u v w"]]:
        """The augmented patch from the middle of a source box, which is not changed."""
        images, regions = self.affine.apply(images, regions, patch=patch)
        varied, regions = self.flips.apply(images), self.flips.apply(regions)  # copies
        for channel, steps in enumerate(self.sequences):
            inside = varied[channel] != 0
            if steps and inside.any():
                image = varied[channel]
                for step in steps:
                    image = step.apply(image, inside)
                varied[channel] = image
        return varied, regions
