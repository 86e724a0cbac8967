"""The average brain that every synthetic head is deformed from.

Source: ICBM 152 nonlinear symmetric template (Fonov et al., NeuroImage 2011) with grey- and
white-matter maps, as shipped by nilearn.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from scipy import ndimage

from ccsd_core.data.grid import network_shape, resize
from ccsd_core.data.synthetic.fields import signed_depth_mm
from ccsd_core.data.synthetic.noise import Field
from ccsd_core.data.synthetic.ventricles import distance_from_ventricles_mm
from ccsd_core.errors import MissingLibraryError


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """Maps of the average brain, canonical axes (x right, y anterior, z superior).

    Args:
        maps: Grey fraction, white fraction, texture, depth, distance from the lateral ventricles:
            float32 (5, x, y, z). `texture` is the part of the T1 image not explained by tissues,
            about −1 … 1; `depth` is in mm below the brain's surface, negative outside; the distance
            is in mm, negative within.
        middle: Voxel coordinates of the brain's centre.
        spacing_mm: Edge of the isotropic voxels in mm.
    """

    maps: Field
    middle: tuple[float, float, float]
    spacing_mm: float


@lru_cache(maxsize=2)
def template(spacing_mm: float) -> Template:
    """The average brain at the given spacing.

    Raises:
        MissingLibraryError: If nilearn is not installed.
    """
    fine = _fine_maps()
    x, y, z = fine.shape[1:]
    shape = network_shape((x, y, z), (1.0, 1.0, 1.0), target_mm=spacing_mm)
    maps = resize(torch.from_numpy(fine), shape).numpy()
    inside = np.argwhere(maps[3] > 0)
    a, b, c = ((inside.min(0) + inside.max(0)) / 2).tolist()
    return Template(maps, (a, b, c), spacing_mm)


def _fine_maps() -> Field:
    """The five maps at 1 mm."""
    try:
        from nilearn import datasets
    except ImportError as error:
        raise MissingLibraryError("synthetic cases need nilearn: pip install nilearn") from error

    def load(image: Any) -> Field:
        return np.asarray(image.get_fdata(dtype=np.float32))

    t1 = load(datasets.load_mni152_template(resolution=1))
    mask = load(datasets.load_mni152_brain_mask(resolution=1)) > 0.5
    brain = np.asarray(ndimage.binary_fill_holes(mask), bool)
    grey = np.clip(load(datasets.load_mni152_gm_template(resolution=1)), 0, 1) * brain
    white = np.clip(load(datasets.load_mni152_wm_template(resolution=1)), 0, 1) * brain
    excess = np.maximum(grey + white, 1)
    grey, white = grey / excess, white / excess
    fluid = np.where(brain, 1 - grey - white, 0)
    shares = np.stack([grey[brain], white[brain], fluid[brain]], axis=1)
    means, *_ = np.linalg.lstsq(shares, t1[brain], rcond=None)
    texture = np.zeros_like(t1)
    texture[brain] = t1[brain] - shares @ means
    texture = np.clip(texture / (3 * max(float(texture[brain].std()), 1e-6)), -1, 1)
    depth = signed_depth_mm(brain, spacing_mm=1.0)
    beside = distance_from_ventricles_mm(fluid, depth, spacing_mm=1.0)
    return np.stack([grey, white, texture, depth, beside]).astype(np.float32)
