"""A small head in two contrasts, with and without skull, moved as a test asks."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.rigid import Matrix, Nudge
from ccsd_core.preparation.scans import Scans
from ccsd_core.storage.stored_volume import StoredVolume

SHAPE = (56, 66, 56)
SPACING_MM = 3.0


@dataclass(frozen=True)
class Head:
    """Tissues on a grid of 3 mm.

    Args:
        tissue: 0 … 1, a different number for each kind.
        brain: Where the brain is.
        affine: Of the grid.
    """

    tissue: NDArray[np.float32]
    brain: NDArray[np.bool_]
    affine: NDArray[np.float64]

    def image(self, modality: Modality, *, stripped: bool, moved: Matrix | None = None) -> Volume:
        """One sequence; `moved` takes a world point of the head to where the image shows it."""
        contrast = {
            Modality.FLAIR: lambda t: 200 * (1.2 - t) ** 2,
            Modality.T1: lambda t: 300 * t,
            Modality.T1C: lambda t: 300 * t**2 + 20,
            Modality.T2: lambda t: 600 * np.abs(t - 0.4) + 20,
        }[modality]
        values = contrast(self.tissue).astype(np.float32) + 10
        shown = self.brain if stripped else self.tissue > 0
        values = np.where(shown, values, 0).astype(np.float32)
        if moved is not None:
            back = np.linalg.inv(moved @ self.affine) @ self.affine
            values = ndimage.affine_transform(values, back[:3, :3], back[:3, 3], order=1)
        if not stripped:  # air is noise, not zero
            noise = np.random.default_rng(int(modality)).uniform(0.5, 4, values.shape)
            values = values + noise.astype(np.float32)
        return Volume(values, self.affine)


@pytest.fixture(scope="session")
def head() -> Head:
    """A brain of uneven tissue within a skull; no side is like another."""
    rng = np.random.default_rng(1)
    axes = [(np.arange(n) - (n - 1) / 2) * SPACING_MM for n in SHAPE]
    x, y, z = np.meshgrid(*axes, indexing="ij")
    radius = np.sqrt((x / 62) ** 2 + (y / 76) ** 2 + ((z + 0.1 * y) / 60) ** 2)
    waves = ndimage.gaussian_filter(rng.normal(size=SHAPE), 2.5)
    waves = (waves - waves.min()) / np.ptp(waves)
    brain = radius < 1
    tissue = np.where(brain, 0.25 + 0.6 * waves, 0).astype(np.float32)
    tissue[(radius >= 1.08) & (radius < 1.2)] = 0.9
    affine = np.diag([SPACING_MM] * 3 + [1.0])
    affine[:3, 3] = [a[0] for a in axes]
    return Head(tissue, brain, affine)


MOVED = Nudge((4.0, -3.0, 5.0), (3.0, -4.0, 2.0)).matrix((0.0, 0.0, 0.0))


def scans_of(volumes: dict[Modality, Volume]) -> Scans:
    """A study of some volumes."""
    images = {
        m: StoredVolume(v, StoredGrid(v.shape, v.world_from_voxel)) for m, v in volumes.items()
    }
    return Scans("study", images, {m: f"{m.label}.nii.gz" for m in volumes})
