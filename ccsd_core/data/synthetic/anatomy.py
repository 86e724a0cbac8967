"""A healthy head: the MNI152 average brain, turned, stretched, mirrored and bent.

Source: ICBM 152 nonlinear symmetric template (Fonov et al., NeuroImage 2011) with grey- and
white-matter maps, as shipped by nilearn.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from scipy.spatial.transform import Rotation
from torch.nn import functional

from ccsd_core.data.grid import network_shape, resize
from ccsd_core.data.synthetic.noise import Field, Mask, Shape, smooth_noise
from ccsd_core.errors import MissingLibraryError


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """Tissue shares of each voxel, canonical axes (x right, y anterior, z superior).

    Args:
        grey, white, fluid: Shares in 0 … 1 that sum to 1 within the brain.
        texture: What the template shows beyond its tissues, about −1 … 1.
        brain: Where the brain is.
        spacing_mm: Voxel edge.
    """

    grey: Field
    white: Field
    fluid: Field
    texture: Field
    brain: Mask
    spacing_mm: float

    @property
    def shape(self) -> Shape:
        x, y, z = self.brain.shape
        return x, y, z


@lru_cache(maxsize=2)
def template(spacing_mm: float) -> Anatomy:
    """The average brain at the given spacing.

    Raises:
        MissingLibraryError: If nilearn is not installed.
    """
    try:
        from nilearn import datasets
    except ImportError as error:
        raise MissingLibraryError("synthetic cases need nilearn: pip install nilearn") from error

    def load(image: Any) -> Field:
        values = np.asarray(image.get_fdata(dtype=np.float32))
        shape = network_shape(values.shape, (1.0, 1.0, 1.0), target_mm=spacing_mm)
        return resize(torch.from_numpy(values)[None], shape)[0].numpy()

    t1 = load(datasets.load_mni152_template(resolution=1))
    grey = np.clip(load(datasets.load_mni152_gm_template(resolution=1)), 0, 1)
    white = np.clip(load(datasets.load_mni152_wm_template(resolution=1)), 0, 1)
    brain = load(datasets.load_mni152_brain_mask(resolution=1)) > 0.5
    grey, white = grey * brain, white * brain
    excess = np.maximum(grey + white, 1)
    grey, white = grey / excess, white / excess
    fluid = np.where(brain, 1 - grey - white, 0).astype(np.float32)
    shares = np.stack([grey[brain], white[brain], fluid[brain]], axis=1)
    means, *_ = np.linalg.lstsq(shares, t1[brain], rcond=None)
    texture = np.zeros_like(t1)
    texture[brain] = t1[brain] - shares @ means
    texture /= 3 * max(float(texture[brain].std()), 1e-6)
    return Anatomy(grey, white, fluid, np.clip(texture, -1, 1), brain, spacing_mm)


def draw_anatomy(
    rng: np.random.Generator, *, spacing_mm: float, push: Field | None = None
) -> Anatomy:
    """A deformed head.

    Args:
        rng: Random numbers.
        spacing_mm: Voxel edge.
        push: Extra displacement in mm (3, x, y, z): where a tumour pushes tissue from.
    """
    average = template(spacing_mm)
    shape = average.shape
    middle = (np.asarray(shape, np.float32) - 1) / 2
    angles = rng.normal(0, 5, 3)
    turn = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
    stretch = np.diag(rng.uniform(0.88, 1.1, 3) * np.array([rng.choice([-1, 1]), 1, 1]))
    matrix = (turn @ stretch).astype(np.float32)

    axes = [np.arange(n, dtype=np.float32) - m for n, m in zip(shape, middle, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"))
    bend = np.stack(
        [smooth_noise(rng, shape, scale_mm=45.0, spacing_mm=spacing_mm) * 3.0 for _ in range(3)]
    )
    bend += np.stack(
        [smooth_noise(rng, shape, scale_mm=16.0, spacing_mm=spacing_mm) * 0.8 for _ in range(3)]
    )
    if push is not None:
        bend = bend + push
    points = points + bend / spacing_mm
    points = np.einsum("ij,jxyz->ixyz", matrix, points) + middle.reshape(3, 1, 1, 1)

    scale = 2 / (np.asarray(shape, np.float32) - 1)
    grid = torch.from_numpy(points * scale.reshape(3, 1, 1, 1) - 1).permute(1, 2, 3, 0).flip(-1)
    maps = np.stack(
        [average.grey, average.white, average.fluid, average.texture, average.brain]
    ).astype(np.float32)
    warped = functional.grid_sample(
        torch.from_numpy(maps)[None], grid[None].float(), align_corners=True
    )[0].numpy()
    grey, white, fluid, texture, brain = warped
    return Anatomy(grey, white, fluid, texture, brain > 0.5, spacing_mm)
