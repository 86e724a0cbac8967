"""What one training patch goes through: space for all at once, intensities for each sequence alone.

    seed ──draw──▶ Variation                         a value: its repr repeats it
                   ├── turn, flips                   for every sequence and every region
                   └── sequences
                       ├── FLAIR   Gamma, Noise      in this order
                       ├── T1
                       ├── T1c     LowResolution
                       └── T2      Brightness

Background stays exactly 0 (the network's word for "nothing here") whatever is done to the
intensities, and with it every sequence that is absent.

Source: samplers and their deterministic twins are TorchIO's idea (Pérez-García et al., CMPB 2021,
doi:10.1016/j.cmpb.2021.106236).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from torch import Tensor

from ccsd_core.data.augment.affine import Turn
from ccsd_core.data.augment.bias_field import BiasField
from ccsd_core.data.augment.blur import Blur
from ccsd_core.data.augment.brightness import Brightness
from ccsd_core.data.augment.flips import LEFT_RIGHT, Flips
from ccsd_core.data.augment.gamma import Gamma
from ccsd_core.data.augment.low_resolution import LowResolution
from ccsd_core.data.augment.noise import Noise
from ccsd_core.data.choices import Augment

Intensity = Gamma | BiasField | Blur | LowResolution | Noise | Brightness

TURNED = 0.5
"""Share of patches that are turned and stretched."""

SHARES: dict[type[Intensity], float] = {
    Gamma: 0.3,
    BiasField: 0.2,
    Blur: 0.1,
    LowResolution: 0.15,
    Noise: 0.25,
    Brightness: 0.6,
}
"""Share of sequences that each is done to, in the order in which an image comes about: tissue
contrast, coil, optics, voxels, noise, and what normalising makes of it."""


@dataclass(frozen=True, slots=True)
class Variation:
    """All that is done to one patch.

    Args:
        turn: Rotation and scale.
        flips: Mirrored axes.
        sequences: What is done to each sequence, in channel order.
    """

    turn: Turn
    flips: Flips
    sequences: tuple[tuple[Intensity, ...], ...]

    @classmethod
    def draw(
        cls, rng: np.random.Generator, *, sequences: int = 4, augment: Augment = "full"
    ) -> "Variation":
        """A random one.

        Args:
            rng: Source of chance.
            sequences: How many a patch has.
            augment: What may be done: `none` is nothing, `flips_rotations` mirrors every axis of
                half of the patches and turns half of them (the paper states "random rotations
                and flips", no angle), `full` does all there is.
        """
        nothing = ((),) * sequences
        if augment == "none":
            return cls(Turn(), Flips(), nothing)
        if augment == "flips_rotations":
            turn = Turn.draw_rotation(rng) if rng.random() < TURNED else Turn()
            return cls(turn, Flips.draw(rng, others=LEFT_RIGHT), nothing)
        turn = Turn.draw(rng) if rng.random() < TURNED else Turn()
        flips = Flips.draw(rng)
        chosen = tuple(
            tuple(kind.draw(rng) for kind, share in SHARES.items() if rng.random() < share)
            for _ in range(sequences)
        )
        return cls(turn, flips, chosen)

    def reach(self, patch: tuple[int, int, int]) -> tuple[int, int, int]:
        """The size of the window that a patch is made from, about the same middle."""
        return self.turn.reach(patch)

    def apply(
        self,
        images: Float[Tensor, "m x y z"],
        regions: Bool[Tensor, "r x y z"],
        *,
        patch: tuple[int, int, int],
    ) -> tuple[Float[Tensor, "m u v w"], Bool[Tensor, "r u v w"]]:
        """The patch in the middle of a window, varied; the window is not touched."""
        images, regions = self.turn.apply(images, regions, patch=patch)
        varied, regions = self.flips.apply(images), self.flips.apply(regions)  # copies
        for channel, steps in enumerate(self.sequences):
            inside = varied[channel] != 0
            if steps and inside.any():
                image = varied[channel]
                for step in steps:
                    image = step.apply(image, inside)
                varied[channel] = image
        return varied, regions
