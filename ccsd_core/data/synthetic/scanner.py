"""What a scanner adds to a clean image: coil shading, thick slices, noise, and its own units."""

import numpy as np
import torch
from numpy.typing import NDArray

from ccsd_core.data.grid import resize
from ccsd_core.data.synthetic.fields import blur, depth_mm
from ccsd_core.data.synthetic.noise import Field, Mask, smooth_noise


def scan(rng: np.random.Generator, clean: Field, brain: Mask, *, spacing_mm: float) -> Field:
    """A clean image as a scanner would deliver it after skull stripping; background 0."""
    image = blur(clean, sigma_mm=rng.uniform(0.2, 0.7), spacing_mm=spacing_mm)
    if rng.random() < 0.25:
        image = _thick_slices(rng, image, spacing_mm=spacing_mm)
    shading = smooth_noise(rng, brain.shape, scale_mm=90.0, spacing_mm=spacing_mm)
    image = image * np.exp(rng.uniform(0, 0.15) * shading)
    sigma = rng.uniform(0.005, 0.045)
    real = image + rng.normal(0, sigma, image.shape)
    image = np.hypot(real, rng.normal(0, sigma, image.shape))  # Rician
    return np.where(brain, np.maximum(image, 1e-3), 0).astype(np.float32)


def stripped(rng: np.random.Generator, brain: Mask, *, spacing_mm: float) -> Mask:
    """The brain mask as a stripping tool would cut it: a few millimetres off here and there."""
    inside = depth_mm(brain, spacing_mm=spacing_mm)
    outside = depth_mm(~brain, spacing_mm=spacing_mm)
    wave = smooth_noise(rng, brain.shape, scale_mm=30.0, spacing_mm=spacing_mm)
    return (inside - outside) > rng.uniform(-1.0, 1.0) + 0.8 * wave


def to_integers(rng: np.random.Generator, image: Field) -> NDArray[np.int16]:
    """Scanner units: anything from 0 … 300 to 0 … 32767, background exactly 0."""
    top = float(np.exp(rng.uniform(np.log(300), np.log(32000))))
    scaled = image / max(float(image.max()), 1e-6) * top
    return np.where(image > 0, np.maximum(np.rint(scaled), 1), 0).astype(np.int16)


def _thick_slices(rng: np.random.Generator, image: Field, *, spacing_mm: float) -> Field:
    axis = int(rng.integers(3))
    x, y, z = (
        max(2, round(n * spacing_mm / rng.uniform(3, 6))) if a == axis else n
        for a, n in enumerate(image.shape)
    )
    a, b, c = image.shape
    return resize(resize(torch.from_numpy(image.astype(np.float32))[None], (x, y, z)), (a, b, c))[
        0
    ].numpy()
