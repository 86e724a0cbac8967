"""Scanner effects on a clean image: resolution, thick slices, motion, shading, noise."""

from dataclasses import dataclass

import numpy as np
import torch

from ccsd_core.data.grid import resize
from ccsd_core.data.synthetic.fields import blur
from ccsd_core.data.synthetic.noise import Field, smooth_noise


@dataclass(frozen=True, slots=True)
class Scanner:
    """The artefacts of one sequence.

    Args:
        blur_mm: Standard deviation of its point spread.
        slice_mm: Slice thickness; 0 for negligible.
        slice_axis: Axis across the slices.
        shift_voxel: Displacement from the other sequences, per axis.
        motion: Strength of ghosts, 0 none.
        shading: Strength of the coil's shading.
        noise: Standard deviation of the noise, white matter at 1.
        smooth_noise: Whether resampling has smoothed the noise.
    """

    blur_mm: float
    slice_mm: float
    slice_axis: int
    shift_voxel: tuple[float, float, float]
    motion: float
    shading: float
    noise: float
    smooth_noise: bool


def draw_scanner(rng: np.random.Generator, *, spacing_mm: float, worst: float = 1.0) -> Scanner:
    """Draw the artefacts of one sequence.

    Args:
        rng: Generator of random numbers.
        spacing_mm: Edge of the isotropic voxels in mm.
        worst: Largest strength of artefacts; below 1 for images of a real scanner.
    """
    thick = rng.random() < 0.3 * worst
    shifted = rng.random() < 0.3 * worst
    x, y, z = (rng.normal(0, 0.4, 3) / spacing_mm).tolist() if shifted else (0.0, 0.0, 0.0)
    return Scanner(
        blur_mm=float(rng.uniform(0.2, 1.0) * worst),
        slice_mm=float(rng.uniform(2.5, 6.5)) if thick else 0.0,
        slice_axis=int(rng.choice(3, p=(0.12, 0.13, 0.75))),
        shift_voxel=(x, y, z),
        motion=float(rng.uniform(0.1, 0.7) * worst) if rng.random() < 0.12 * worst else 0.0,
        shading=float(rng.uniform(0, 0.14) * worst),
        noise=float(rng.choice([rng.uniform(0.004, 0.03), rng.uniform(0.02, 0.06)], p=(0.8, 0.2)))
        * worst
        * min(1.0, 1.2 / spacing_mm),  # coarse voxels are averages of fine ones
        smooth_noise=bool(rng.random() < 0.6),
    )


def scan(
    rng: np.random.Generator, clean: Field, brain: Field, scanner: Scanner, *, spacing_mm: float
) -> Field:
    """A clean image with scanner artefacts, after skull stripping; background 0.

    Args:
        rng: Generator of random numbers.
        clean: The image.
        brain: Fraction of each voxel that remains after skull stripping, 0 … 1.
        scanner: Its artefacts.
        spacing_mm: Edge of the isotropic voxels in mm.
    """
    image = clean.astype(np.float32)
    if scanner.blur_mm > 0.25 * spacing_mm:
        image = blur(image, sigma_mm=scanner.blur_mm, spacing_mm=spacing_mm)
    if scanner.slice_mm > spacing_mm:
        image = thick_slices(image, scanner, spacing_mm=spacing_mm)
    for axis, shift in enumerate(scanner.shift_voxel):
        if shift:
            image = _moved(image, shift, axis)
    if scanner.motion:
        image = _ghosts(rng, image, scanner.motion, spacing_mm=spacing_mm)
    shading = smooth_noise(rng, brain.shape, scale_mm=rng.uniform(60, 120), spacing_mm=spacing_mm)
    image = image * np.exp(np.float32(scanner.shading) * shading)
    real, imaginary = (_noise(rng, brain, scanner) for _ in range(2))
    image = np.hypot(image + real, imaginary)  # Rician
    return np.where(brain > 0, np.maximum(image * brain, 1e-3), 0).astype(np.float32)


def thick_slices(image: Field, scanner: Scanner, *, spacing_mm: float) -> Field:
    """The image resampled to thick slices and back to its grid."""
    x, y, z = (
        max(2, round(n * spacing_mm / scanner.slice_mm)) if axis == scanner.slice_axis else n
        for axis, n in enumerate(image.shape)
    )
    a, b, c = image.shape
    thick = resize(torch.from_numpy(image)[None], (x, y, z))
    return resize(thick, (a, b, c))[0].numpy()


def _moved(image: Field, shift: float, axis: int) -> Field:
    whole = int(np.floor(shift))
    part = np.float32(shift - whole)
    return (1 - part) * np.roll(image, whole, axis) + part * np.roll(image, whole + 1, axis)


def _ghosts(rng: np.random.Generator, image: Field, amount: float, *, spacing_mm: float) -> Field:
    """Ghosts along one axis, from motion while some lines of k-space were read."""
    axis = int(rng.integers(2))
    n = image.shape[axis]
    k = np.fft.rfft(image, axis=axis)
    lines = np.arange(k.shape[axis])
    path = np.cumsum(rng.normal(0, 1, len(lines)))
    path -= path[0]
    path *= amount * 1.5 / spacing_mm / max(float(np.abs(path).max()), 1e-6)
    path *= np.clip((lines - 0.03 * n) / (0.06 * n), 0, 1)  # no motion at the centre of k-space
    shape = [-1 if a == axis else 1 for a in range(3)]
    turned = np.exp(-2j * np.pi * lines / n * path).reshape(shape)
    return np.abs(np.fft.irfft(k * turned, n=n, axis=axis)).astype(np.float32)


def _noise(rng: np.random.Generator, brain: Field, scanner: Scanner) -> Field:
    noise = rng.standard_normal(brain.shape, dtype=np.float32)
    if scanner.smooth_noise:  # cheap smoothing: each voxel with its neighbours
        for axis in range(3):
            noise = (noise + 0.6 * np.roll(noise, 1, axis)) * np.float32(1 / np.hypot(1, 0.6))
    return noise * np.float32(scanner.noise)
