"""Smooth random fields: the raw material of shapes, textures and bias."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

Shape = tuple[int, int, int]
Field = NDArray[np.floating]
Mask = NDArray[np.bool_]


def smooth_noise(
    rng: np.random.Generator, shape: Shape, *, scale_mm: float, spacing_mm: float
) -> Field:
    """A random field of about zero mean and unit variance whose blobs are `scale_mm` wide."""
    step = max(scale_mm / spacing_mm, 1.0)
    x, y, z = (int(np.ceil(n / step)) + 3 for n in shape)
    coarse = torch.from_numpy(rng.standard_normal((1, 1, x, y, z), dtype=np.float32))
    if step > 4:  # rounds the creases of linear interpolation where they would be seen
        coarse = functional.interpolate(coarse, scale_factor=2, mode="trilinear")
        coarse = functional.avg_pool3d(coarse, 3, stride=1, padding=1)
    size = tuple(round(n * step) for n in (x, y, z))
    fine = functional.interpolate(coarse, size=size, mode="trilinear", align_corners=True)[0, 0]
    offsets = [int(rng.integers(0, f - n + 1)) for f, n in zip(fine.shape, shape, strict=True)]
    field = fine[tuple(slice(o, o + n) for o, n in zip(offsets, shape, strict=True))].numpy()
    return (field - field.mean()) / max(float(field.std()), 1e-6)


def rough_noise(
    rng: np.random.Generator, shape: Shape, *, scale_mm: float, spacing_mm: float
) -> Field:
    """Three octaves of smooth noise: the outline of something that grew."""
    total = np.zeros(shape, np.float32)
    for octave, weight in enumerate((1.0, 0.55, 0.3)):
        scale = scale_mm / 2**octave
        total += weight * smooth_noise(rng, shape, scale_mm=scale, spacing_mm=spacing_mm)
    return total / max(float(total.std()), 1e-6)
