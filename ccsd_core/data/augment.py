"""Random variation of a training patch: space for all at once, intensities for each sequence alone.

The transforms are MONAI's. Ours is their order, and that background stays exactly 0 (the
network's word for "nothing here") whatever is done to the intensities.
"""

from typing import Any

import torch
from jaxtyping import Bool, Float
from monai.data.meta_tensor import MetaTensor
from monai.transforms.compose import Compose
from monai.transforms.intensity.array import (
    RandAdjustContrast,
    RandGaussianNoise,
    RandGaussianSmooth,
    RandScaleIntensity,
    RandStdShiftIntensity,
)
from monai.transforms.spatial.dictionary import RandAffined, RandFlipd
from torch import Tensor

_KEYS = ("image", "label")
_BLUR_VOXELS = (0.3, 0.9)


def vary(
    images: Float[Tensor, "m x y z"], regions: Bool[Tensor, "r x y z"], *, seed: int
) -> tuple[Float[Tensor, "m x y z"], Bool[Tensor, "r x y z"]]:
    """A random variation of one patch; the same seed gives the same variation."""
    moved: Any = _space(seed)({"image": images.clone(), "label": regions.float()})
    image, label = moved["image"].as_tensor(), moved["label"].as_tensor() > 0.5
    background = image == 0  # before: MONAI's shift writes into its input
    varied: list[Any] = [_intensity(seed * 8 + m)(c[None]) for m, c in enumerate(image)]
    stacked = torch.cat([v.as_tensor() if isinstance(v, MetaTensor) else v for v in varied])
    return stacked.masked_fill(background, 0.0), label


def _space(seed: int) -> Compose:
    """Mirror left and right, turn, stretch."""
    return Compose(
        [
            RandFlipd(_KEYS, prob=0.5, spatial_axis=0),
            RandAffined(
                _KEYS,
                prob=0.5,
                rotate_range=(0.26, 0.26, 0.26),
                scale_range=(0.15, 0.15, 0.15),
                mode=("bilinear", "nearest"),
                padding_mode="zeros",
            ),
        ]
    ).set_random_state(seed)


def _intensity(seed: int) -> Compose:
    """Blur, contrast curve, scale, shift and noise of one sequence."""
    return Compose(
        [
            RandGaussianSmooth(_BLUR_VOXELS, _BLUR_VOXELS, _BLUR_VOXELS, prob=0.1),
            RandAdjustContrast(prob=0.3, gamma=(0.7, 1.4)),
            RandScaleIntensity(factors=0.2, prob=0.6),
            RandStdShiftIntensity(factors=0.25, prob=0.6),
            RandGaussianNoise(prob=0.25, std=0.15),
        ]
    ).set_random_state(seed)
